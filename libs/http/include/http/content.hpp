// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kelisim::http {

// Content of a message (RFC 9110 6.4) that is taken piece by piece as it comes, because it may be more than is kept in memory. Used on
// the io thread of its connection, one call at a time.
class Content {
public:
    Content() = default;
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    virtual ~Content() = default;

    // The next bytes, which stand until the next call. Empty: that was all of it. Nothing: it broke off, was too slow, is over its limit
    // or is not HTTP; whoever passes it on has to show that it is not whole.
    virtual boost::asio::awaitable<std::optional<std::string_view>> next() = 0;
    // In bytes, where its sender declared it.
    virtual std::optional<std::uint64_t> length() const = 0;
};

}  // namespace kelisim::http
