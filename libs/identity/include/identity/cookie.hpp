// SPDX-License-Identifier: Apache-2.0
// What a browser keeps for a person as cookies (RFC 6265): out of reach of scripts, never sent across sites. Beside that of
// the session stands a token against forged requests, which only who reads our answers knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace kelisim::identity {

inline constexpr std::string_view csrf_header = "X-CSRF-Token";

inline constexpr std::string_view session_cookie = "kelisim";
inline constexpr std::string_view device_cookie = "kelisim-device";

class Cookie {
public:
    // Over https the name begins with __Host-, which keeps other hosts and paths from setting it; the loopback sandbox
    // speaks http, where browsers refuse that name.
    Cookie(std::string_view issuer, std::string_view name);

    std::string set(std::string_view token, std::chrono::seconds life) const;
    std::string clear() const;
    // Nothing when it is absent, or there twice: then nobody knows which one counts.
    std::optional<std::string_view> read(const http::Headers& headers) const;

private:
    std::string name_;
    std::string attributes_;
};

// GET and HEAD change nothing (RFC 9110 9.2.1); whatever else comes with a cookie has to show the token.
bool changes_something(std::string_view method);

}  // namespace kelisim::identity
