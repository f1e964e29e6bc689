// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "publication/description.hpp"

namespace kelisim::publication {

namespace {

using In = Place::In;
constexpr std::array<std::pair<std::string_view, In>, 4> words{
    {{"body", In::body}, {"query", In::query}, {"path", In::path}, {"header", In::header}}};

}  // namespace

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
