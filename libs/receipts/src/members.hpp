// SPDX-License-Identifier: Apache-2.0
// Reading a receipt that may be anybody's: nothing throws, what is not there is empty.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <initializer_list>
#include <string_view>

namespace kelisim::receipts {

// Down through objects, and through the first element of an array; null when the way ends.
inline const boost::json::value* member(const boost::json::object& from, std::initializer_list<std::string_view> path) {
    const boost::json::object* within = &from;
    const boost::json::value* found = nullptr;
    for (const std::string_view name : path) {
        if (within == nullptr) return nullptr;
        found = within->if_contains(name);
        if (found == nullptr) return nullptr;
        const boost::json::array* list = found->if_array();
        within = list != nullptr && !list->empty() ? list->front().if_object() : found->if_object();
    }
    return found;
}

inline std::string_view text_at(const boost::json::object& from, std::initializer_list<std::string_view> path) {
    const boost::json::value* found = member(from, path);
    const boost::json::string* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string_view{} : std::string_view(*text);
}

}  // namespace kelisim::receipts
