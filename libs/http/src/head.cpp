// SPDX-License-Identifier: Apache-2.0
#include "head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <stdexcept>

#include "ascii.hpp"
#include "http/content.hpp"

namespace kelisim::http {

std::string_view DateText::at(base::Time now) {
    const std::int64_t seconds = base::to_seconds(now);
    if (seconds == seconds_) return text_;
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(now - day)};
    text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday{day}.c_encoding()],
                        static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                        static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                        time.seconds().count());
    seconds_ = seconds;
    return text_;
}

bool valid_field(std::string_view name, std::string_view value) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char) &&
           std::none_of(value.begin(), value.end(), is_forbidden_control);
}

bool is_hop_by_hop(std::string_view name) {
    constexpr std::array<std::string_view, 9> names{
        "connection", "keep-alive",         "proxy-connection",   "te", "trailer", "transfer-encoding",
        "upgrade",    "proxy-authenticate", "proxy-authorization"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return same_name(one, name); });
}

namespace {

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(status));
    out += ' ';
    out.append(reason.data(), reason.size());
    out += "\r\n";
}

bool is_servers_own(std::string_view name) {
    return same_name(name, "content-length") || same_name(name, "date") || same_name(name, "request-id") ||
           is_hop_by_hop(name);
}

}  // namespace

std::string_view Chunks::before(std::size_t bytes) {
    text_ = fmt::format("{}{:x}\r\n", first_ ? "" : "\r\n", bytes);
    first_ = false;
    return text_;
}

std::string_view Chunks::end() {
    text_ = first_ ? "0\r\n\r\n" : "\r\n0\r\n\r\n";
    return text_;
}

void write_head(std::string& out, const Response& response, const HeadContext& context) {
    append_status_line(out, response.status);
    append_field(out, "Date", context.date);
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    for (const auto& [name, value] : response.headers) {
        if (!valid_field(name, value)) throw std::logic_error("a response header field holds control characters");
        if (!is_servers_own(name)) append_field(out, name, value);
    }
    if (!context.request_id.empty()) append_field(out, "Request-Id", context.request_id);
    // "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204"
    // (RFC 9110 8.6). In a 304 it would have to be that of the 200.
    if (response.status >= 200 && response.status != 204 && response.status != 304) {
        const auto length = response.content ? response.content->length() : response.body.size();
        // HTTP/1.0 knows no chunks: there the end of the connection is the end of the content.
        if (length)
            append_field(out, "Content-Length", std::to_string(*length));
        else if (context.version >= 11)
            append_field(out, "Transfer-Encoding", "chunked");
    }
    if (context.connection == Connection::close)
        out += "Connection: close\r\n";
    else if (context.version < 11)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
}

}  // namespace kelisim::http
