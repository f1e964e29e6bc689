// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "registry/entries.hpp"

namespace kelisim::registry {

// What a ground of art. 9 of Law 94-V says, in short; the code itself where its text is not known here. The texts were
// written from memory of the act and are to be confirmed against it before production.
Name name_of_ground(std::string_view code);

}  // namespace kelisim::registry
