// SPDX-License-Identifier: Apache-2.0
// The persons of the sandbox world, as the registry of persons knows them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/iin.hpp"

namespace kelisim::gbdfl {

enum class Gender { male, female };

struct Person {
    base::Iin iin;
    std::string surname;
    std::string name;
    std::chrono::year_month_day birth_date;
    Gender gender = Gender::male;
    std::optional<base::Iin> representative;
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

// Reads the [[person]] tables of a world file. Throws base::Outage with the line of what is missing or wrong: a registry
// with half of its persons would refuse the others for a reason that is none.
World load_world(const std::string& file);

}  // namespace kelisim::gbdfl
