// SPDX-License-Identifier: Apache-2.0
// How data are asked for once there is a token: over REST, or by messages of ШЭП.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connector/book.hpp"
#include "connector/gateway.hpp"

namespace kelisim::connector {

extern const base::Reason answer_not_signed;

// What is wanted of the service about one person.
struct Wanted {
    std::vector<std::string> fields;
    boost::json::object more = {};  // further members, for the owner; neither the person nor the fields stand there
};
struct Given {
    std::string body;       // JSON
    bool replayed = false;  // answered before under the same key, and not counted again, where the wire says so
};

// Used on one io thread.
class WayOut {
public:
    WayOut() = default;
    WayOut(const WayOut&) = delete;
    WayOut& operator=(const WayOut&) = delete;
    virtual ~WayOut() = default;

    // Whether this can be asked for so at all; looked at before anything is sent.
    virtual base::Result<void> admits(const Ask& ask, const Wanted& wanted) const = 0;
    // What was asked under this key of repeats before, again, where that needs no token; nothing: call() does it.
    virtual boost::asio::awaitable<std::optional<std::variant<Given, Told>>> repeat(const Consent& consent,
                                                                                    const Wanted& wanted,
                                                                                    std::string_view repeat_key) = 0;
    // Told::status 401: the token opens nothing (any more), and nothing was counted under it. Under the same `repeat_key` of a
    // consent the same is asked again and counted once; empty: there is none.
    virtual boost::asio::awaitable<std::variant<Given, Told>> call(const Held& held, const Consent& consent,
                                                                   const Wanted& wanted,
                                                                   std::string_view repeat_key) = 0;
};

}  // namespace kelisim::connector
