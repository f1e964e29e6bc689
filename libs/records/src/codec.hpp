// SPDX-License-Identifier: Apache-2.0
// Between values and the bytes of a row. What does not read back was damaged: it throws.
#pragma once

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// A stored value for as long as it is read: its parts lie together in memory of its own, most of it no heap.
class StoredJson {
public:
    StoredJson(std::string_view text, std::string_view what);  // throws Damaged
    StoredJson(const StoredJson&) = delete;
    StoredJson& operator=(const StoredJson&) = delete;

    const boost::json::value& value() const { return value_; }

private:
    std::array<unsigned char, 4096> room_;
    boost::json::monotonic_resource memory_{room_.data(), room_.size()};
    boost::json::value value_;  // last: it lies in the above
};

// A stored object that outlives its reading: a copy of one inside StoredJson would lie in the memory of that.
boost::json::object object_from(std::string_view text, std::string_view what);  // throws Damaged

template <class T>
std::string to_stored(const T& value) {
    return boost::json::serialize(boost::json::value_from(value));
}

template <class T>
T from_stored(std::string_view text, std::string_view what) {
    auto read = boost::json::try_value_to<T>(StoredJson(text, what).value());
    if (read.has_error()) throw Damaged("a stored value does not read: " + std::string(what));
    return std::move(*read);
}

template <class Id>
Id id_at(const store::Row& row, int column) {
    const auto id = Id::from_bytes(row.blob(column));
    if (!id) throw Damaged("a stored id is none");
    return *id;
}

// A member that holds an id as text.
template <class Id>
Id id_in(const boost::json::object& object, std::string_view member) {
    const auto id = Id::parse(object.at(member).as_string());
    if (!id) throw Damaged("a stored id is none");
    return *id;
}

// NULL for an id that is not there.
template <class Id>
store::Param id_param(const std::optional<Id>& id) {
    if (!id) return std::monostate{};
    return id->bytes();
}

// Names a part of what an id stands for, so that no sealed value is taken for another of the same row.
inline base::Bytes context_of(const base::RawId& id, std::string_view part) {
    std::string text(base::as_text(id.bytes()));
    text += part;
    const base::BytesView bytes = base::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

// Ids one after the other; zeros for one that is not there.
template <class Ids>
base::Bytes ids_to_bytes(const Ids& ids) {
    base::Bytes bytes;
    for (const auto& id : ids) {
        const base::RawId raw = id ? base::RawId(*id) : base::RawId{};
        bytes.insert(bytes.end(), raw.bytes().begin(), raw.bytes().end());
    }
    return bytes;
}
template <class Id>
std::vector<std::optional<Id>> ids_from_bytes(base::BytesView bytes) {
    constexpr std::size_t size = 16;
    if (bytes.size() % size != 0) throw Damaged("a stored list of ids is none");
    std::vector<std::optional<Id>> ids;
    for (; !bytes.empty(); bytes = bytes.subspan(size)) {
        const base::BytesView one = bytes.first(size);
        const bool none = std::all_of(one.begin(), one.end(), [](std::uint8_t byte) { return byte == 0; });
        const auto id = none ? std::nullopt : Id::from_bytes(one);
        if (!none && !id) throw Damaged("a stored id is none");
        ids.push_back(id);
    }
    return ids;
}

inline Digest digest_at(const store::Row& row, int column) {
    const base::BytesView stored = row.blob(column);
    Digest digest{};
    if (stored.size() != digest.size()) throw Damaged("a stored digest is none");
    std::copy(stored.begin(), stored.end(), digest.begin());
    return digest;
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
