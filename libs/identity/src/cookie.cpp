// SPDX-License-Identifier: Apache-2.0
#include "identity/cookie.hpp"

namespace kelisim::identity {

Cookie::Cookie(std::string_view issuer, std::string_view name) {
    const bool secure = issuer.starts_with("https://");
    name_ = (secure ? "__Host-" : "") + std::string(name);
    attributes_ = secure ? "; Path=/; Secure; HttpOnly; SameSite=Strict" : "; Path=/; HttpOnly; SameSite=Strict";
}

std::string Cookie::set(std::string_view token, std::chrono::seconds life) const {
    return name_ + "=" + std::string(token) + attributes_ + "; Max-Age=" + std::to_string(life.count());
}

std::string Cookie::clear() const {
    return name_ + "=" + attributes_ + "; Max-Age=0";
}

std::optional<std::string_view> Cookie::read(const http::Headers& headers) const {
    const auto field = headers.once("Cookie");  // "the user agent MUST NOT attach more than one" (RFC 6265 5.4)
    if (!field) return std::nullopt;
    std::optional<std::string_view> found;
    for (std::string_view rest = *field; !rest.empty();) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        if (!pair.starts_with(name_) || pair.size() <= name_.size() || pair[name_.size()] != '=') continue;
        if (found) return std::nullopt;
        found = pair.substr(name_.size() + 1);
    }
    return found;
}

bool changes_something(std::string_view method) {
    return method != "GET" && method != "HEAD";
}

}  // namespace kelisim::identity
