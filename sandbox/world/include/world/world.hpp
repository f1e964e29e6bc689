// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/entropy.hpp"
#include "people/person.hpp"
#include "registry/registry.hpp"

namespace kelisim::world {

// Acts for the authorized body or the operator.
struct Official {
    base::Iin iin;
    std::string organisation;  // BIN
};

struct World {
    registry::Entries entries;
    std::vector<people::Person> persons;
    std::vector<Official> officials;
};

// The file is not a world; the text names the place.
class Malformed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The world that comes with the program: sandbox/world.toml.
std::string_view default_world();

// Throws Malformed. Client secrets become hashes; keys of clients are added by the caller.
World load(std::string_view toml, std::string_view file_name);

// The default world and `count` more persons of the nineteenth century, each with a phone, as TOML.
std::string generate(std::size_t count, base::Entropy& entropy);

}  // namespace kelisim::world
