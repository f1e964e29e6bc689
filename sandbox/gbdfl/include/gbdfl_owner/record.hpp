// SPDX-License-Identifier: Apache-2.0
// What the registry answers about a person: names of fields and dictionary values as GBD FL writes them.
// What the world file does not tell is made up from the IIN, the same at each call and plainly fictitious.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "owner/service.hpp"
#include "owner/world.hpp"

namespace kelisim::gbdfl {

using owner::Person;
using owner::World;

// The integration services of this owner.
using owner::Service;
const Service& person_service();  // GBDFLUniversal_token
const Service& family_service();  // GBDFL_FamilyInfoToken
// Null for a key that is none of theirs.
const Service* find_service(std::string_view key);

// Exactly these fields, in this order. Precondition: they belong to the service.
boost::json::object person_record(const Person& person, const std::vector<std::string_view>& fields);
boost::json::object family_record(const World& world, const Person& person,
                                  const std::vector<std::string_view>& fields);

}  // namespace kelisim::gbdfl
