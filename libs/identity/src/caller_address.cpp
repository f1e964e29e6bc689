// SPDX-License-Identifier: Apache-2.0
#include "identity/caller_address.hpp"

#include <algorithm>

namespace kelisim::identity {

using boost::asio::ip::address;

namespace {

std::optional<address> read(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t'))
        text.remove_suffix(1);
    boost::system::error_code error;
    const address found = boost::asio::ip::make_address(text, error);
    if (error) return std::nullopt;
    if (found.is_v6() && found.to_v6().is_v4_mapped()) {
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, found.to_v6());
    }
    return found;
}

bool among(const Proxies& proxies, const address& one) {
    return std::find(proxies.begin(), proxies.end(), one) != proxies.end();
}

}  // namespace

std::optional<Proxies> parse_proxies(const std::vector<std::string>& texts) {
    Proxies proxies;
    for (const std::string& text : texts) {
        const auto one = read(text);
        if (!one) return std::nullopt;
        proxies.push_back(*one);
    }
    return proxies;
}

std::optional<address> caller_address(const http::Request& request, const Proxies& proxies) {
    auto hop = read(request.remote);
    std::string before = request.headers.list("X-Forwarded-For");
    while (hop && among(proxies, *hop)) {
        if (before.empty()) return std::nullopt;
        const std::size_t comma = before.rfind(',');
        hop = read(comma == std::string::npos ? before : before.substr(comma + 1));
        before.resize(comma == std::string::npos ? 0 : comma);
    }
    return hop;
}

}  // namespace kelisim::identity
