// SPDX-License-Identifier: Apache-2.0
// YAML 1.2 as the JSON that it stands for (core schema, section 10.3), under bounds: nothing in it is fetched, made an object of a program,
// or grows without end.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <variant>

#include "publication/description.hpp"

namespace kelisim::publication {

std::variant<boost::json::value, Unread> read_yaml(std::string_view text);

}  // namespace kelisim::publication
