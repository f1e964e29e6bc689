// SPDX-License-Identifier: Apache-2.0
// Members of a description and of its schemas, as far as they are what they should be.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace kelisim::publication {

// Schemas refer to themselves; deeper than this nothing is read, written or checked.
inline constexpr int schema_depth_max = 12;

// Null where there is no such member, or another kind of value.
inline const boost::json::object* object_at(const boost::json::object& from, std::string_view name) {
    const boost::json::value* found = from.if_contains(name);
    return found == nullptr ? nullptr : found->if_object();
}
inline const boost::json::array* array_at(const boost::json::object& from, std::string_view name) {
    const boost::json::value* found = from.if_contains(name);
    return found == nullptr ? nullptr : found->if_array();
}
// Empty likewise.
inline std::string_view text_at(const boost::json::object& from, std::string_view name) {
    const boost::json::value* found = from.if_contains(name);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

}  // namespace kelisim::publication
