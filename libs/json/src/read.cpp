// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "json/json.hpp"

namespace kelisim::json {

namespace bj = boost::json;
using base::Result;

namespace {

Result<std::string_view> text_of(const bj::value& value, std::size_t bytes_max) {
    const auto* text = value.if_string();
    if (text == nullptr) return json_member_type;
    const std::string_view view{text->data(), text->size()};
    if (view.size() > bytes_max || view.find('\0') != std::string_view::npos) return json_member_range;
    return view;
}

Result<std::int64_t> integer_of(const bj::value& value, Range range) {
    // An unsigned number is one above the largest signed: out of any range that we have.
    if (value.is_uint64()) return json_member_range;
    const auto* number = value.if_int64();
    if (number == nullptr) return json_member_type;
    if (*number < range.min || *number > range.max) return json_member_range;
    return *number;
}

Result<bool> boolean_of(const bj::value& value) {
    if (!value.is_bool()) return json_member_type;
    return value.get_bool();
}

Result<std::vector<std::string>> texts_of(const bj::value& value, std::size_t count_max) {
    const auto* items = value.if_array();
    if (items == nullptr) return json_member_type;
    if (items->size() > count_max) return json_member_range;
    std::vector<std::string> texts;
    texts.reserve(items->size());
    for (const auto& item : *items) {
        const auto text = text_of(item, text_bytes_max);
        if (!text) return text.error();
        texts.emplace_back(*text);
    }
    return texts;
}

Result<const bj::object*> object_of(const bj::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return json_member_type;
    return object;
}

template <class Read>
auto required(const bj::object& from, std::string_view name, Read read) -> decltype(read(std::declval<bj::value&>())) {
    const auto* value = from.if_contains(name);
    if (value == nullptr) return json_member_missing;
    return read(*value);
}

template <class T, class Read>
Result<std::optional<T>> optional(const bj::object& from, std::string_view name, Read read) {
    const auto* value = from.if_contains(name);
    if (value == nullptr) return std::optional<T>{};
    Result<T> got = read(*value);
    if (!got) return got.error();
    return std::optional<T>{std::move(*got)};
}

}  // namespace

Result<const bj::object*> as_object(const bj::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return json_not_an_object;
    return object;
}

Result<std::string_view> text(const bj::object& from, std::string_view name, std::size_t bytes_max) {
    return required(from, name, [&](const bj::value& value) { return text_of(value, bytes_max); });
}

Result<std::optional<std::string_view>> optional_text(const bj::object& from, std::string_view name,
                                                      std::size_t bytes_max) {
    return optional<std::string_view>(from, name, [&](const bj::value& value) { return text_of(value, bytes_max); });
}

Result<std::int64_t> integer(const bj::object& from, std::string_view name, Range range) {
    return required(from, name, [&](const bj::value& value) { return integer_of(value, range); });
}

Result<std::optional<std::int64_t>> optional_integer(const bj::object& from, std::string_view name, Range range) {
    return optional<std::int64_t>(from, name, [&](const bj::value& value) { return integer_of(value, range); });
}

Result<bool> boolean(const bj::object& from, std::string_view name) {
    return required(from, name, boolean_of);
}

Result<std::optional<bool>> optional_boolean(const bj::object& from, std::string_view name) {
    return optional<bool>(from, name, boolean_of);
}

Result<std::vector<std::string>> texts(const bj::object& from, std::string_view name, std::size_t count_max) {
    return required(from, name, [&](const bj::value& value) { return texts_of(value, count_max); });
}

Result<std::optional<std::vector<std::string>>> optional_texts(const bj::object& from, std::string_view name,
                                                               std::size_t count_max) {
    return optional<std::vector<std::string>>(from, name,
                                              [&](const bj::value& value) { return texts_of(value, count_max); });
}

Result<const bj::object*> object(const bj::object& from, std::string_view name) {
    return required(from, name, object_of);
}

Result<const bj::object*> optional_object(const bj::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    if (value == nullptr) return static_cast<const bj::object*>(nullptr);
    return object_of(*value);
}

Result<const bj::array*> array(const bj::object& from, std::string_view name, std::size_t count_max) {
    return required(from, name, [&](const bj::value& value) -> Result<const bj::array*> {
        const auto* items = value.if_array();
        if (items == nullptr) return json_member_type;
        if (items->size() > count_max) return json_member_range;
        return items;
    });
}

Result<void> only(const bj::object& from, std::initializer_list<std::string_view> known) {
    for (const auto& member : from) {
        const std::string_view key{member.key().data(), member.key().size()};
        if (std::find(known.begin(), known.end(), key) == known.end()) return json_member_unknown;
    }
    return {};
}

}  // namespace kelisim::json
