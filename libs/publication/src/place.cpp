// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "members.hpp"
#include "places.hpp"

namespace kelisim::publication {

using boost::json::object;
using boost::json::value;

namespace {

constexpr std::size_t id_bytes_max = 64;

using In = Place::In;
constexpr std::array<std::pair<std::string_view, In>, 4> words{
    {{"body", In::body}, {"query", In::query}, {"path", In::path}, {"header", In::header}}};

bool is_called_as_person(std::string_view name) {
    std::string lower(name.substr(name.rfind('/') + 1));
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    constexpr std::array<std::string_view, 6> names{"iin", "uin", "personiin", "person_iin", "ИИН", "ЖСН"};
    return std::ranges::find(names, lower) != names.end();
}

std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name)
        out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

void add_places_at(const object& schema, const std::string& at, std::vector<Place>& places, int depth) {
    const value* properties = schema.if_contains("properties");
    if (depth > schema_depth_max || properties == nullptr || !properties->is_object()) return;
    for (const auto& property : properties->get_object()) {
        const object* one = property.value().if_object();
        if (one == nullptr) continue;
        const std::string pointer = at + "/" + escaped(property.key());
        if (one->contains("properties"))
            add_places_at(*one, pointer, places, depth + 1);
        else
            places.push_back({.in = Place::In::body, .name = pointer});
    }
}

}  // namespace

void add_body_places(const object& schema, std::vector<Place>& places) {
    add_places_at(schema, "", places, 0);
}

std::vector<Place> persons_among(const std::vector<Place>& places) {
    std::vector<Place> persons;
    std::ranges::copy_if(places, std::back_inserter(persons),
                         [](const Place& place) { return is_called_as_person(place.name); });
    return persons;
}

std::vector<Field> fields_of(const object& schema) {
    std::vector<Field> fields;
    const value* properties = schema.if_contains("properties");
    if (properties == nullptr || !properties->is_object()) return fields;
    for (const auto& property : properties->get_object()) {
        const object* one = property.value().if_object();
        fields.push_back({.name = property.key(), .example = one == nullptr ? value() : example_of(*one)});
    }
    return fields;
}

std::string plain_id(std::string_view name) {
    std::string id;
    for (const char c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (plain)
            id += c;
        else if (!id.empty() && id.back() != '-')
            id += '-';
    }
    while (id.ends_with('-'))
        id.pop_back();
    return id.empty() ? "operation" : id.substr(0, id_bytes_max);
}

std::optional<Place> parse_place(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
    const std::string_view name = text.substr(colon + 1);
    for (const auto& [word, in] : words) {
        if (text.substr(0, colon) != word) continue;
        if (in == In::body && (name.front() != '/' || name.size() == 1)) return std::nullopt;
        return Place{.in = in, .name = std::string(name)};
    }
    return std::nullopt;
}

std::string to_string(const Place& place) {
    for (const auto& [word, in] : words) {
        if (in == place.in) return std::string(word) + ":" + place.name;
    }
    return {};
}

}  // namespace kelisim::publication
