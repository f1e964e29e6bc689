// SPDX-License-Identifier: Apache-2.0
#include "claims.hpp"

#include "json/json.hpp"

namespace kelisim::identity {

std::vector<std::string> audiences_of(const boost::json::object& payload) {
    if (const auto one = json::text(payload, "aud"); one.has_value()) return {std::string(*one)};
    auto several = json::texts(payload, "aud");
    return several.has_value() ? std::move(*several) : std::vector<std::string>{};
}

std::optional<base::Time> time_of(const boost::json::object& payload, std::string_view name) {
    constexpr std::int64_t seconds_max = 253'402'300'799;  // the year 9999
    const auto seconds = json::integer(payload, name, {.min = 0, .max = seconds_max});
    if (!seconds.has_value()) return std::nullopt;
    return base::Time{std::chrono::seconds{*seconds}};
}

}  // namespace kelisim::identity
