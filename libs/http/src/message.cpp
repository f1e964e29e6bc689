// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "ascii.hpp"

namespace kelisim::http {

Headers::Headers(std::initializer_list<Header> fields) {
    for (const auto& field : fields)
        add(field.name, field.value);
}

void Headers::add(std::string_view name, std::string_view value) {
    fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                       static_cast<std::uint32_t>(value.size())});
    text_ += name;
    text_ += value;
}

void Headers::clear() {
    text_.clear();
    fields_.clear();
}

Headers::Field Headers::operator[](std::size_t index) const {
    const Place& place = fields_[index];
    const std::string_view all = text_;
    return {all.substr(place.begin, place.name_bytes), all.substr(place.begin + place.name_bytes, place.value_bytes)};
}

std::size_t Headers::times(std::string_view name) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < size(); ++i)
        count += same_name((*this)[i].name, name) ? 1U : 0U;
    return count;
}

std::string Headers::list(std::string_view name) const {
    std::string all;
    for (std::size_t i = 0; i < size(); ++i) {
        if (!same_name((*this)[i].name, name)) continue;
        if (!all.empty()) all += ',';
        all += (*this)[i].value;
    }
    return all;
}

std::optional<std::string_view> Headers::first(std::string_view name) const {
    for (std::size_t i = 0; i < size(); ++i) {
        if (fields_[i].name_bytes == name.size() && same_name((*this)[i].name, name)) return (*this)[i].value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Headers::once(std::string_view name) const {
    return times(name) == 1 ? first(name) : std::nullopt;
}

std::string Trace::traceparent() const {
    return "00-" + trace_id + "-" + span_id + (sampled ? "-01" : "-00");
}

namespace {

constexpr std::size_t trace_id_digits = 32;
constexpr std::size_t span_id_digits = 16;

bool lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0 && lower(c) == c; });
}

bool all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<Trace> parse_traceparent(std::string_view text) {
    // version "-" trace-id "-" parent-id "-" trace-flags
    constexpr std::size_t length = 2 + 1 + trace_id_digits + 1 + span_id_digits + 1 + 2;
    if (text.size() < length) return std::nullopt;
    const auto version = text.substr(0, 2);
    const auto trace_id = text.substr(3, trace_id_digits);
    const auto parent_id = text.substr(36, span_id_digits);
    const auto flags = text.substr(53, 2);
    const bool dashes = text[2] == '-' && text[35] == '-' && text[52] == '-';
    if (!dashes || !lower_hex(version) || !lower_hex(trace_id) || !lower_hex(parent_id) || !lower_hex(flags))
        return std::nullopt;
    if (version == "ff" || all_zero(trace_id) || all_zero(parent_id)) return std::nullopt;
    // "The vendor MUST NOT parse or assume anything about unknown fields" of a later version: they follow a dash.
    const bool whole = text.size() == length || (version != "00" && text[length] == '-');
    if (!whole) return std::nullopt;
    return Trace{.trace_id = std::string(trace_id),
                 .parent_id = std::string(parent_id),
                 .span_id = {},
                 .sampled = (hex_digit(flags[1]) & 1) != 0};
}

std::string_view Request::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

std::string_view Request::parameter(std::string_view name) const {
    for (const auto& parameter : parameters) {
        if (parameter.name == name) return parameter.value;
    }
    throw std::logic_error("the route pattern has no such parameter");
}

Response json_response(int status, const boost::json::value& body) {
    return {.status = status,
            .content_type = "application/json",
            .headers = {{"Cache-Control", "no-store"}},
            .body = boost::json::serialize(body)};
}

Response text_response(int status, std::string body) {
    return {.status = status, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = std::move(body)};
}

Response empty_response(int status) {
    return {.status = status, .content_type = "", .headers = {}, .body = {}};
}

}  // namespace kelisim::http
