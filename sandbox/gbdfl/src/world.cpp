// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/world.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

namespace kelisim::gbdfl {

namespace {

[[noreturn]] void wrong(const toml::node& where, std::string_view what) {
    throw base::Outage(fmt::format("world file, line {}: {}", where.source().begin.line, what));
}

std::string text(const toml::table& table, std::string_view key) {
    const auto value = table[key].value<std::string>();
    if (!value || value->empty()) wrong(table, fmt::format("a person without {}", key));
    return *value;
}

base::Iin iin(const toml::table& table, std::string_view key) {
    const auto parsed = base::Iin::parse(text(table, key));
    if (!parsed) wrong(table, fmt::format("{} is no IIN", key));
    return *parsed;
}

bool flag(const toml::table& table, std::string_view key, bool otherwise) {
    const auto node = table[key];
    if (!node) return otherwise;
    const auto value = node.value<bool>();
    if (!value) wrong(table, fmt::format("{} is neither true nor false", key));
    return *value;
}

Person person(const toml::table& table) {
    Person person{.iin = iin(table, "iin"),
                  .surname = text(table, "surname"),
                  .name = text(table, "name"),
                  .birth_date = {},
                  .gender = text(table, "gender") == "female" ? Gender::female : Gender::male,
                  .representative = std::nullopt,
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

toml::table parse(const std::string& file) {
    try {
        return toml::parse_file(file);
    } catch (const toml::parse_error& error) {
        throw base::Outage(
            fmt::format("world file {}, line {}: {}", file, error.source().begin.line, error.description()));
    }
}

}  // namespace

const Person* World::find(const base::Iin& iin) const {
    const auto at = persons_.find(iin);
    return at == persons_.end() ? nullptr : &at->second;
}

World load_world(const std::string& file) {
    const toml::table world = parse(file);
    std::map<base::Iin, Person> persons;
    const auto* tables = world["person"].as_array();
    if (tables == nullptr) throw base::Outage("world file without persons: " + file);
    for (const auto& node : *tables) {
        const auto* table = node.as_table();
        if (table == nullptr) wrong(node, "a person is a table");
        Person one = person(*table);
        const base::Iin key = one.iin;
        if (!persons.emplace(key, std::move(one)).second) wrong(node, "a person given twice");
    }
    return World(std::move(persons));
}

}  // namespace kelisim::gbdfl
