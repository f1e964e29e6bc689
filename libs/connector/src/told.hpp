// SPDX-License-Identifier: Apache-2.0
// What answers of the gateway that give nothing become for the system beside the connector.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "connector/gateway.hpp"
#include "http/client.hpp"

namespace kelisim::connector {

inline constexpr int bad_gateway = 502, unavailable = 503, gateway_timeout = 504;
inline constexpr std::string_view retry_soon = "5";  // seconds

Told told(int status, const base::Reason& reason, std::string_view retry_after = {});
Told told(int status, const base::Refusal& refusal);
Told told_of(const http::Failure& failure);
// Seconds, where the answer names them; else empty.
std::string retry_after_of(const http::Answer& answer);

// Nothing when the body is no JSON object.
std::optional<boost::json::object> object_in(const http::Answer& answer);
// Empty when it is not there.
std::string_view text_in(const boost::json::object& body, std::string_view name);
// A code is what the catalogue can hold; whatever else stands there is not passed on.
bool is_code(std::string_view text);
// Of a problem (RFC 9457) or of an OAuth error; never empty.
Codes codes_in(const boost::json::object& body);

}  // namespace kelisim::connector
