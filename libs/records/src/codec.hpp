// SPDX-License-Identifier: Apache-2.0
// Between values and the bytes of a row. What does not read back was damaged: it throws.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

boost::json::value parse_stored(std::string_view text, std::string_view what);  // throws Damaged

template <class T>
std::string to_stored(const T& value) {
    return boost::json::serialize(boost::json::value_from(value));
}

template <class T>
T from_stored(std::string_view text, std::string_view what) {
    auto read = boost::json::try_value_to<T>(parse_stored(text, what));
    if (read.has_error()) throw Damaged("a stored value does not read: " + std::string(what));
    return std::move(*read);
}

template <class Id>
Id id_at(const store::Row& row, int column) {
    const auto id = Id::from_bytes(row.blob(column));
    if (!id) throw Damaged("a stored id is none");
    return *id;
}

inline std::int64_t micros(base::Time time) {
    return base::to_micros(time);
}
inline base::Time time_at(const store::Row& row, int column) {
    return base::from_micros(row.integer(column));
}

// Enumerations are stored by their number; their order is part of the schema.
template <class Enum>
std::int64_t number(Enum value) {
    return static_cast<std::int64_t>(value);
}
template <class Enum>
Enum enum_at(const store::Row& row, int column, Enum last) {
    const std::int64_t value = row.integer(column);
    if (value < 0 || value > number(last)) throw Damaged("a stored state is none");
    return static_cast<Enum>(value);
}

}  // namespace kelisim::records
