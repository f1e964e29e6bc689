// SPDX-License-Identifier: Apache-2.0
#include "gbdul_owner/entities.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "owner/world_file.hpp"

namespace kelisim::gbdul {

namespace {

constexpr int whole_share = 100;

base::Iin person_of(const toml::table& table, std::string_view key, const owner::World& persons) {
    const base::Iin iin = owner::iin(table, key);
    if (persons.find(iin) == nullptr) owner::wrong(table, fmt::format("{} is none of the persons", key));
    return iin;
}

std::vector<Founder> founders_of(const toml::table& table, const owner::World& persons) {
    std::vector<Founder> founders;
    std::int64_t shares = 0;
    owner::each_table(table, "founder", [&](const toml::table& of) {
        const auto share = of["share"].value<std::int64_t>();
        if (!share || *share < 1 || *share > whole_share) owner::wrong(of, "share is no percentage");
        const Founder founder{.iin = person_of(of, "iin", persons), .share = static_cast<int>(*share)};
        const bool twice = std::any_of(founders.begin(), founders.end(),
                                       [&](const Founder& other) { return other.iin == founder.iin; });
        if (twice) owner::wrong(of, "a founder given twice");
        founders.push_back(founder);
        shares += *share;
    });
    if (shares > whole_share) owner::wrong(table, "the founders have more than all of it");
    return founders;
}

// What the file does not tell is made up from the BIN, whose first four digits are year and month of the registration.
std::string registered(std::string_view bin) {
    return fmt::format("20{}-{}-01", bin.substr(0, 2), bin.substr(2, 2));
}
std::string address(std::string_view bin) {
    return fmt::format("Вымышленск, Вымышленная улица, {}", bin.substr(bin.size() - 3));
}

Entity entity_of(const toml::table& table, const owner::World& persons) {
    Entity entity{.bin = owner::bin(table, "bin"),
                  .name_ru = owner::text(table, "name_ru"),
                  .name_kk = owner::text(table, "name_kk"),
                  .registered_on = {},
                  .address = {},
                  .head = person_of(table, "head", persons),
                  .founders = founders_of(table, persons)};
    entity.registered_on =
        table.contains("registered_on") ? owner::text(table, "registered_on") : registered(entity.bin);
    entity.address = table.contains("address") ? owner::text(table, "address") : address(entity.bin);
    return entity;
}

Entity renamed(const toml::table& table, const owner::World& persons) {
    Entity entity{.bin = owner::bin(table, "bin"),
                  .name_ru = owner::text(table, "new_name"),
                  .name_kk = owner::text(table, "new_name"),
                  .registered_on = {},
                  .address = {},
                  .head = {},
                  .founders = {}};
    entity.registered_on = registered(entity.bin);
    entity.address = address(entity.bin);
    const base::Iin head = owner::iin(table, "head");
    if (persons.find(head) != nullptr) entity.head = head;
    return entity;
}

}  // namespace

std::vector<base::Iin> concerned(const Entity& entity) {
    std::vector<base::Iin> persons;
    if (entity.head) persons.push_back(*entity.head);
    for (const Founder& founder : entity.founders) {
        if (std::find(persons.begin(), persons.end(), founder.iin) == persons.end()) persons.push_back(founder.iin);
    }
    return persons;
}

Entities load_entities(const std::string& file, const owner::World& persons) {
    const toml::table world = owner::parse_world(file);
    Entities entities;
    owner::each_table(world, "legal_entity", [&](const toml::table& table) {
        Entity entity = entity_of(table, persons);
        std::string bin = entity.bin;
        if (!entities.emplace(std::move(bin), std::move(entity)).second)
            owner::wrong(table, "a legal entity given twice");
    });
    owner::each_table(world, "name_change", [&](const toml::table& table) {
        Entity entity = renamed(table, persons);
        std::string bin = entity.bin;
        entities.emplace(std::move(bin), std::move(entity));
    });
    return entities;
}

}  // namespace kelisim::gbdul
