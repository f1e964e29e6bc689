// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kelisim::http {

// RFC 3986 2.1. Nothing when an escape is incomplete or not hexadecimal, or the result holds NUL or is not UTF-8.
std::optional<std::string> percent_decode(std::string_view text);

// Everything but the unreserved characters of RFC 3986 2.3 is escaped: fit for one path segment or query value.
std::string percent_encode(std::string_view text);

// Whether a path can be read in one way only: begins with '/', escapes are whole, and no segment is "." or "..", however
// escaped. Such segments would be resolved by some readers (RFC 3986 5.2.4) and not by others.
bool unambiguous_path(std::string_view path);

// http://host:port or https://host:port without path, as upstreams and issuers are written in the configuration.
struct Authority {
    std::string host;
    unsigned short port = 80;
    bool tls = false;  // https
    bool operator==(const Authority&) const = default;
};
// As the field Host names it: an address of IPv6 in brackets, without the port that the scheme has anyway.
std::string host_of(const Authority& authority);
// Nothing for another scheme, user info, a path other than "/", a query, or anything that is not such a URL.
std::optional<Authority> parse_http_origin(std::string_view url);

// http[s]://host[:port][/path]: what stands before every address of another service.
struct Prefix {
    Authority upstream;
    std::string path;  // "" or "/a/b", never with a slash at its end
    bool operator==(const Prefix&) const = default;
};
// Nothing as above, and for a path that is not plain ASCII or can be read in two ways.
std::optional<Prefix> parse_http_prefix(std::string_view url);

// http[s]://host:port/path?query, as others register an address to be called at.
struct HttpUrl {
    Authority authority;
    std::string target;  // origin form
};
// Nothing for what parse_http_origin would refuse beside the path, or a path that can be read in two ways.
std::optional<HttpUrl> parse_http_url(std::string_view url);

// An absolute http or https URI without query and fragment in the one form that all its spellings share (RFC 3986 6.2.2 and
// 6.2.3: case, escapes, default port). Nothing for another one, or one with a user.
std::optional<std::string> normal_uri(std::string_view uri);

// Whether a host given as an address lies in a network of one's own (RFC 6890: loopback, private, link-local, shared,
// multicast and the like) or is the name localhost. Other names are known when they are resolved: Reach.
bool is_own_network(std::string_view host);

}  // namespace kelisim::http
