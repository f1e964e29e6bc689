// SPDX-License-Identifier: Apache-2.0
// Writing the head of a response (RFC 9112 section 4).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "http/message.hpp"

namespace kelisim::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7), made once a second.
class DateText {
public:
    std::string_view at(base::Time now);

private:
    std::int64_t seconds_ = -1;
    std::string text_;
};

enum class Connection { keep_alive, close };

struct HeadContext {
    std::string_view date;
    std::string_view request_id;
    int version = 11;  // of the request
    Connection connection = Connection::keep_alive;
};

// Whether name and value can stand in a header without becoming something else.
bool valid_field(std::string_view name, std::string_view value);

// Fields that speak of one connection only (RFC 9110 7.6.1), and that no handler and no forwarder may set.
bool is_hop_by_hop(std::string_view name);

// The frames of chunked content (RFC 9112 7.1): what stands before each chunk, and after the last.
class Chunks {
public:
    std::string_view before(std::size_t bytes);  // stands until the next call
    std::string_view end();

private:
    std::string text_;
    bool first_ = true;
};

// Appends to `out`. Throws std::logic_error for a field that is not valid: whoever put it there did not check it.
void write_head(std::string& out, const Response& response, const HeadContext& context);

}  // namespace kelisim::http
