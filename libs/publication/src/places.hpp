// SPDX-License-Identifier: Apache-2.0
// What descriptions of every kind have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "publication/description.hpp"

namespace kelisim::publication {

// Everything that a body in JSON of this schema names.
void add_body_places(const boost::json::object& schema, std::vector<Place>& places);
// The places that are called as the systems of the country call an IIN (wire.md B), whatever the case.
std::vector<Place> persons_among(const std::vector<Place>& places);
// Each member of an object of this schema.
std::vector<Field> fields_of(const boost::json::object& schema);
// Letters, digits, "-" and "_" of a name.
std::string plain_id(std::string_view name);

}  // namespace kelisim::publication
