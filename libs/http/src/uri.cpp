// SPDX-License-Identifier: Apache-2.0
#include "http/uri.hpp"

#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "ascii.hpp"
#include "base/text.hpp"
#include "decode.hpp"

namespace kelisim::http {

std::optional<std::string> decode(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == Plus::is_space) {
            c = ' ';
        }
        if (c == '\0') return std::nullopt;
        out += c;
    }
    if (!base::valid_utf8(out)) return std::nullopt;
    return out;
}

std::string encode(std::string_view text, Plus plus) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view unreserved_marks = "-._~";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (alphanumeric || unreserved_marks.find(c) != std::string_view::npos) {
            out += c;
        } else if (c == ' ' && plus == Plus::is_space) {
            out += '+';
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
    return decode(text, Plus::is_plus);
}

std::string percent_encode(std::string_view text) {
    return encode(text, Plus::is_plus);
}

namespace {

constexpr unsigned short http_port = 80, https_port = 443;

// Whether the segment has only whole escapes; counts its characters and how many of them are dots.
bool plain_segment(std::string_view segment) {
    std::size_t characters = 0;
    std::size_t dots = 0;
    for (std::size_t i = 0; i < segment.size(); ++i, ++characters) {
        char c = segment[i];
        if (c == '%') {
            if (segment.size() - i < 3) return false;
            const int high = hex_digit(segment[i + 1]);
            const int low = hex_digit(segment[i + 2]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') return false;
        if (c == '.') ++dots;
    }
    return characters != dots || characters == 0 || characters > 2;
}

}  // namespace

bool unambiguous_path(std::string_view path) {
    if (path.empty() || path.front() != '/') return false;
    // The usual path has neither, and is settled in one pass.
    if (path.find_first_of("%.") == std::string_view::npos) return true;
    std::string_view rest = path.substr(1);
    while (!rest.empty()) {
        if (!plain_segment(take_until(rest, '/'))) return false;
    }
    return true;
}

std::optional<Authority> parse_http_origin(std::string_view url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed) return std::nullopt;
    const bool bare = !parsed->has_userinfo() && !parsed->has_query() && !parsed->has_fragment() &&
                      (parsed->encoded_path().empty() || parsed->encoded_path() == "/");
    const bool tls = parsed->scheme_id() == boost::urls::scheme::https;
    if ((!tls && parsed->scheme_id() != boost::urls::scheme::http) || !bare || parsed->encoded_host().empty())
        return std::nullopt;
    // Boost.URL 1.81 takes a number over 65535 for what is left of it in 16 bits.
    const bool port_fits = parsed->port_number() != 0 && parsed->port() == std::to_string(parsed->port_number());
    if (parsed->has_port() && !port_fits) return std::nullopt;
    return Authority{.host = parsed->host_address(),
                     .port = parsed->has_port() ? parsed->port_number()
                             : tls              ? https_port
                                                : http_port,
                     .tls = tls};
}

std::optional<Prefix> parse_http_prefix(std::string_view url) {
    constexpr std::string_view plain_scheme = "http://", tls_scheme = "https://";
    if (!url.starts_with(plain_scheme) && !url.starts_with(tls_scheme)) return std::nullopt;
    const auto slash = std::min(url.find('/', url.find("://") + 3), url.size());
    const auto upstream = parse_http_origin(url.substr(0, slash));
    std::string_view path = url.substr(slash);
    while (path.ends_with('/'))
        path.remove_suffix(1);
    const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
        return c > ' ' && c < '\x7f' && std::string_view("?#\\\"<>^`{|}").find(c) == std::string_view::npos;
    });
    if (!upstream || !plain || (!path.empty() && !unambiguous_path(path))) return std::nullopt;
    return Prefix{.upstream = *upstream, .path = std::string(path)};
}

std::optional<HttpUrl> parse_http_url(std::string_view url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->has_fragment()) return std::nullopt;
    const auto origin = std::string(parsed->scheme()) + "://" + std::string(parsed->encoded_authority());
    auto authority = parse_http_origin(origin);
    const std::string path = parsed->encoded_path().empty() ? "/" : std::string(parsed->encoded_path());
    if (!authority || !unambiguous_path(path)) return std::nullopt;
    HttpUrl found{.authority = std::move(*authority), .target = path};
    if (parsed->has_query()) found.target += "?" + std::string(parsed->encoded_query());
    return found;
}

namespace {

// RFC 3986 6.2.2.1 and 6.2.2.2: escapes in upper case, and none for what needs none. A slash that was escaped stays so.
std::string normal_escapes(std::string_view path) {
    std::string normal;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const int high = path[i] == '%' ? hex_digit(path[i + 1]) : -1;
        if (high < 0) {
            normal += path[i];
            continue;
        }
        const char decoded = static_cast<char>(high * 16 + hex_digit(path[i + 2]));
        const std::string escaped = percent_encode({&decoded, 1});
        normal += escaped;
        i += 2;
    }
    return normal;
}

}  // namespace

std::optional<std::string> normal_uri(std::string_view uri) {
    const auto parsed = boost::urls::parse_uri(uri);
    if (!parsed) return std::nullopt;
    const auto origin =
        parse_http_origin(std::string(parsed->scheme()) + "://" + std::string(parsed->encoded_authority()));
    const std::string path = parsed->encoded_path().empty() ? "/" : std::string(parsed->encoded_path());
    if (!origin || !unambiguous_path(path)) return std::nullopt;
    std::string normal = origin->tls ? "https://" : "http://";
    for (const char c : origin->host)
        normal += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return normal + ":" + std::to_string(origin->port) + normal_escapes(path);
}

std::string host_of(const Authority& authority) {
    const bool ipv6 = authority.host.find(':') != std::string::npos;
    std::string host = ipv6 ? "[" + authority.host + "]" : authority.host;
    if (authority.port != (authority.tls ? 443 : 80)) host += ":" + std::to_string(authority.port);
    return host;
}

}  // namespace kelisim::http
