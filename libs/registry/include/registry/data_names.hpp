// SPDX-License-Identifier: Apache-2.0
// What fields and acts are called in the languages of people. Passports of services carry codes alone; until they carry
// names, these are ours.
#pragma once

#include <string_view>

#include "registry/entries.hpp"

namespace kelisim::registry {

// The code itself where its name is not known here.
Name name_of_field(std::string_view code);
Name name_of_act(std::string_view code);  // 94-V ст.8: collection, processing, transfer to third parties, ...

}  // namespace kelisim::registry
