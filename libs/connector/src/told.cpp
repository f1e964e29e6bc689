// SPDX-License-Identifier: Apache-2.0
#include "told.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

namespace kelisim::connector {

Told told(int status, const base::Reason& reason, std::string_view retry_after) {
    return {.status = status, .codes = {std::string(reason.code)}, .retry_after = std::string(retry_after)};
}

Told told(int status, const base::Refusal& refusal) {
    Told told{.status = status, .codes = {}};
    for (const base::Reason* reason : refusal.reasons())
        told.codes.emplace_back(reason->code);
    return told;
}

Told told_of(const http::Failure& failure) {
    switch (failure.lost) {
        case http::Lost::not_sent:
            return told(unavailable, gateway_unreachable, retry_soon);
        case http::Lost::no_answer:
            return told(gateway_timeout, gateway_silent, retry_soon);
        case http::Lost::bad_answer:
            break;
    }
    return told(bad_gateway, gateway_unreadable);
}

std::string retry_after_of(const http::Answer& answer) {
    const std::string_view wait = answer.headers.first("Retry-After").value_or("");
    return std::string(base::parse_integer(wait) ? wait : "");
}

std::optional<boost::json::object> object_in(const http::Answer& answer) {
    auto value = json::parse(answer.body, {.bytes_max = base::limits::answer_body_bytes_max});
    if (value.has_error() || !value->is_object()) return std::nullopt;
    return std::move(value->get_object());
}

std::string_view text_in(const boost::json::object& body, std::string_view name) {
    const auto text = json::text(body, name);
    return text.has_value() ? *text : std::string_view();
}

bool is_code(std::string_view text) {
    constexpr std::size_t length_max = 64;
    return !text.empty() && text.size() <= length_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Codes codes_in(const boost::json::object& body) {
    Codes codes;
    const auto add = [&](const boost::json::object& from) {
        const std::string_view code = text_in(from, "code");
        if (is_code(code) && std::ranges::find(codes, code) == codes.end()) codes.emplace_back(code);
    };
    add(body);
    if (const auto reasons = json::array(body, "reasons"); reasons.has_value()) {
        for (const auto& reason : **reasons) {
            if (reason.is_object()) add(reason.get_object());
        }
    }
    if (codes.empty()) codes.emplace_back(gateway_unreadable.code);
    return codes;
}

}  // namespace kelisim::connector
