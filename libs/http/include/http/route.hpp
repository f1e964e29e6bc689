// SPDX-License-Identifier: Apache-2.0
// The route table. A route needs an Endpoint, and an Endpoint can only be made by saying who may call it: open() or
// authenticated(). A route without that choice does not compile.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace kelisim::http {

// Runs on the io thread of the connection and must not block it. The request lives until the answer is there.
// An exception becomes 503 (base::Outage) or 500 (any other), and its text goes to the Observer alone.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

// Who calls, or the answer that refuses them.
template <class Principal>
using Authenticator = std::function<boost::asio::awaitable<std::variant<Principal, Response>>(const Request&)>;

template <class Principal>
using HandlerOf = std::function<boost::asio::awaitable<Response>(const Principal&, const Request&)>;

// Asked before anything of an endpoint runs: an answer in place of its own, or nothing. As a handler.
using Guard = std::function<boost::asio::awaitable<std::optional<Response>>(const Request&)>;

class Endpoint {
public:
    // "none: <why>" or "authenticated"; for listings of the table.
    std::string_view authentication() const { return authentication_; }
    boost::asio::awaitable<Response> operator()(const Request& request) const { return handler_(request); }

private:
    Endpoint(std::string authentication, Handler handler)
        : authentication_(std::move(authentication)), handler_(std::move(handler)) {}

    friend Endpoint open(std::string_view why_no_authentication, Handler handler);
    friend Endpoint guarded(Guard guard, Endpoint endpoint);
    template <class Principal>
    friend Endpoint authenticated(Authenticator<Principal> who, std::type_identity_t<HandlerOf<Principal>> handler);

    std::string authentication_;
    Handler handler_;
};

// For everybody. Throws std::invalid_argument when the reason is empty.
Endpoint open(std::string_view why_no_authentication, Handler handler);
// The same endpoint behind a guard, which comes before its authentication.
Endpoint guarded(Guard guard, Endpoint endpoint);

namespace detail {

// Parameters by reference: the endpoint and the request outlive the call.
template <class Principal>
boost::asio::awaitable<Response> authenticate_first(const Authenticator<Principal>& who,
                                                    const HandlerOf<Principal>& handler, const Request& request) {
    std::variant<Principal, Response> caller = co_await who(request);
    if (auto* refused = std::get_if<Response>(&caller)) co_return std::move(*refused);
    co_return co_await handler(std::get<Principal>(caller), request);
}

}  // namespace detail

template <class Principal>
Endpoint authenticated(Authenticator<Principal> who, std::type_identity_t<HandlerOf<Principal>> handler) {
    static_assert(!std::is_same_v<Principal, Response>);
    return Endpoint("authenticated", [who = std::move(who), handler = std::move(handler)](const Request& request) {
        return detail::authenticate_first<Principal>(who, handler, request);
    });
}

struct RouteLimits {
    std::size_t body_bytes_max = base::limits::request_body_bytes_max;
    std::chrono::milliseconds deadline{10'000};  // from the whole request to the answer; then 503
    // Of content that is read as it comes: each step between two pieces of it may take `deadline`, all of it this.
    std::size_t content_bytes_max = 0;
    std::chrono::milliseconds content_deadline{60'000};
};

// Renders what the server itself answers. Called on io threads; must be thread-safe. `request` holds what was read so far.
using ErrorPage = std::function<Response(int status, const base::Reason& reason, const Request& request)>;

// "/consents/{id}/uses", "/assets/{path...}". A segment is a literal or one {name}; {name...} takes the rest (at least
// an empty segment) and stands last. A literal wins over {name}, and {name} over {name...}.
struct Route {
    std::string_view method;  // "ANY" takes every method that no other route of the same pattern takes
    std::string_view pattern;
    Endpoint endpoint;
    RouteLimits limits{};
    ErrorPage error_page = {};  // of callers who read nothing but their own protocol; empty: that of the server
    // Whether the endpoint reads the content of this request as it comes (Request::content). Asked on io threads when the head is there;
    // empty: never.
    std::function<bool(const Request&)> reads_content = {};
};

// Immutable; thread-safe.
class Routes {
public:
    // Throws std::invalid_argument for a malformed pattern or two routes that no request could tell apart.
    explicit Routes(std::vector<Route> routes);
    ~Routes();
    Routes(Routes&&) noexcept;
    Routes& operator=(Routes&&) noexcept;

    struct Match {
        const Route* route = nullptr;  // null: none
        std::string allowed;           // methods of the path when only the method does not fit (405), else empty (404)
    };
    // `path` is percent-encoded. HEAD finds the route of GET. Fills `parameters` when a route is found.
    Match match(std::string_view method, std::string_view path, std::vector<Parameter>& parameters) const;

    const std::vector<Route>& all() const { return routes_; }

private:
    struct Node;
    std::vector<Route> routes_;
    std::unique_ptr<Node> root_;
};

}  // namespace kelisim::http
