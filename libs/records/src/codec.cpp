// SPDX-License-Identifier: Apache-2.0
#include "codec.hpp"

#include <boost/json/parse.hpp>

namespace kelisim::records {

namespace {

boost::json::value parse(std::string_view text, std::string_view what, boost::json::storage_ptr memory) {
    boost::system::error_code error;
    auto value = boost::json::parse(text, error, std::move(memory));
    if (error) throw Damaged("a stored value is no JSON: " + std::string(what));
    return value;
}

}  // namespace

StoredJson::StoredJson(std::string_view text, std::string_view what) : value_(parse(text, what, &memory_)) {}

boost::json::object object_from(std::string_view text, std::string_view what) {
    auto value = parse(text, what, {});
    if (!value.is_object()) throw Damaged("a stored value is no object: " + std::string(what));
    return std::move(value.get_object());
}

}  // namespace kelisim::records
