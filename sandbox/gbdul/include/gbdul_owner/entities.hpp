// SPDX-License-Identifier: Apache-2.0
// The legal entities of the sandbox world, as the registry of legal entities knows them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "owner/world.hpp"

namespace kelisim::gbdul {

struct Founder {
    base::Iin iin;
    int share = 0;  // of the charter capital, percent
};

struct Entity {
    std::string bin;
    std::string name_ru, name_kk;
    std::string registered_on;  // "2020-01-15"
    std::string address;
    std::optional<base::Iin> head;
    std::vector<Founder> founders;  // natural persons alone
};

// Everybody whom a report about the entity would name: the head, and the founders in their order; each once.
std::vector<base::Iin> concerned(const Entity& entity);

using Entities = std::map<std::string, Entity, std::less<>>;  // by BIN

// Reads [[legal_entity]] of a world file, and of [[name_change]] those that it does not hold: older files have no other ones.
// Throws base::Outage for what is wrong, and for a head or founder who is none of `persons`.
Entities load_entities(const std::string& file, const owner::World& persons);

}  // namespace kelisim::gbdul
