// SPDX-License-Identifier: Apache-2.0
// The persons of the sandbox world: whom every registry knows by their IIN.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/iin.hpp"

namespace kelisim::owner {

enum class Gender { male, female };

struct Person {
    base::Iin iin;
    std::string surname;
    std::string name;
    std::chrono::year_month_day birth_date;
    Gender gender = Gender::male;
    std::optional<base::Iin> representative;
    std::string phone = {};  // registered to them; empty: none
    // What the world file says of few persons only.
    bool dead = false;
    bool abroad = false;
    bool capable = true;
    bool imprisoned = false;
    bool missing = false;
    bool minor = false;
};

// Immutable; thread-safe.
class World {
public:
    explicit World(std::map<base::Iin, Person> persons) : persons_(std::move(persons)) {}
    const Person* find(const base::Iin& iin) const;
    const std::map<base::Iin, Person>& persons() const { return persons_; }

private:
    std::map<base::Iin, Person> persons_;
};

// Reads the [[person]] tables of a world file. Throws base::Outage with the line of what is missing or wrong (world_file.hpp).
World load_world(const std::string& file);

}  // namespace kelisim::owner
