// SPDX-License-Identifier: Apache-2.0
#include "owner/world.hpp"

#include "owner/world_file.hpp"

namespace kelisim::owner {

namespace {

Person person(const toml::table& table) {
    Person person{.iin = iin(table, "iin"),
                  .surname = text(table, "surname"),
                  .name = text(table, "name"),
                  .birth_date = {},
                  .gender = text(table, "gender") == "female" ? Gender::female : Gender::male,
                  .representative = std::nullopt,
                  .phone = table.contains("phone") ? text(table, "phone") : std::string(),
                  .dead = table["life_status"].value_or(std::string()) == "dead",
                  .abroad = table["residence"].value_or(std::string()) == "abroad",
                  .capable = flag(table, "capable", true),
                  .imprisoned = flag(table, "imprisoned", false),
                  .missing = flag(table, "missing", false),
                  .minor = flag(table, "minor", false)};
    person.birth_date = person.iin.birth_date();
    if (table.contains("representative")) person.representative = iin(table, "representative");
    return person;
}

}  // namespace

const Person* World::find(const base::Iin& iin) const {
    const auto at = persons_.find(iin);
    return at == persons_.end() ? nullptr : &at->second;
}

World load_world(const std::string& file) {
    const toml::table world = parse_world(file);
    std::map<base::Iin, Person> persons;
    each_table(world, "person", [&](const toml::table& table) {
        Person one = person(table);
        const base::Iin key = one.iin;
        if (!persons.emplace(key, std::move(one)).second) wrong(table, "a person given twice");
    });
    if (persons.empty()) throw base::Outage("world file without persons: " + file);
    return World(std::move(persons));
}

}  // namespace kelisim::owner
