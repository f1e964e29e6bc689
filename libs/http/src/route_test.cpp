// SPDX-License-Identifier: Apache-2.0
#include "http/route.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <concepts>
#include <stdexcept>

namespace kelisim::http {
namespace {

boost::asio::awaitable<Response> nothing(const Request&) {
    co_return Response{};
}

// A route without an authentication choice does not compile.
static_assert(!std::default_initializable<Endpoint>);
static_assert(!std::constructible_from<Endpoint, Handler>);
static_assert(!std::constructible_from<Endpoint, std::string, Handler>);
static_assert(!std::convertible_to<Handler, Endpoint>);
template <class T>
concept RouteWithoutChoice = requires {
    T{"GET", "/"};
}
|| requires(Handler h) {
    T{"GET", "/", h};
};
static_assert(!RouteWithoutChoice<Route>);
template <class T>
concept RouteWithChoice = requires(Handler h) {
    T{"GET", "/", open("why", h)};
};
static_assert(RouteWithChoice<Route>);

TEST(Open, SaysWhy) {
    EXPECT_EQ(open("health probe", nothing).authentication(), "none: health probe");
    EXPECT_THROW(open("", nothing), std::invalid_argument);
}

Response answered(const Endpoint& endpoint) {
    boost::asio::io_context context;
    Response response;
    const Request request;
    auto call = [&]() -> boost::asio::awaitable<void> { response = co_await endpoint(request); };
    boost::asio::co_spawn(context, call, boost::asio::detached);
    context.run();
    return response;
}

TEST(Guarded, ComesBeforeTheEndpoint) {
    bool asked = false;
    const auto handler = [&](const Request&) -> boost::asio::awaitable<Response> {
        asked = true;
        co_return Response{.status = 204, .headers = {}, .body = {}};
    };
    const Guard refuses = [](const Request&) -> boost::asio::awaitable<std::optional<Response>> {
        co_return Response{.status = 403, .headers = {}, .body = {}};
    };
    const Guard lets_pass = [](const Request&) -> boost::asio::awaitable<std::optional<Response>> {
        co_return std::nullopt;
    };
    EXPECT_EQ(answered(guarded(refuses, open("test", handler))).status, 403);
    EXPECT_FALSE(asked);
    EXPECT_EQ(answered(guarded(lets_pass, open("test", handler))).status, 204);
    EXPECT_EQ(guarded(lets_pass, open("test", handler)).authentication(), "none: test") << "who may call it stays";
}

Routes table(std::initializer_list<std::pair<std::string_view, std::string_view>> rows) {
    std::vector<Route> routes;
    for (const auto& [method, pattern] : rows)
        routes.push_back({method, pattern, open("test", nothing)});
    return Routes(std::move(routes));
}

struct Found {
    std::string pattern;
    std::string allowed;
    std::string parameters;
    bool operator==(const Found&) const = default;
};

Found find(const Routes& routes, std::string_view method, std::string_view path) {
    std::vector<Parameter> parameters;
    const auto match = routes.match(method, path, parameters);
    Found found{match.route == nullptr ? "" : std::string(match.route->pattern), match.allowed, ""};
    for (const auto& p : parameters)
        found.parameters += std::string(p.name) + "=" + p.value + ";";
    return found;
}

TEST(Routes, PreferTheMoreSpecific) {
    const auto routes = table({{"GET", "/a/{x}"},
                               {"GET", "/a/b"},
                               {"GET", "/a/{y}/c"},
                               {"GET", "/a/b/d"},
                               {"GET", "/a/{rest...}"},
                               {"POST", "/a/b"},
                               {"POST", "/a/{x}"},
                               {"PUT", "/a/{z}"}});
    EXPECT_EQ(find(routes, "GET", "/a/b"), (Found{"/a/b", "", ""}));
    EXPECT_EQ(find(routes, "GET", "/a/q"), (Found{"/a/{x}", "", "x=q;"}));
    EXPECT_EQ(find(routes, "GET", "/a/b/c"), (Found{"/a/{y}/c", "", "y=b;"}));
    EXPECT_EQ(find(routes, "GET", "/a/b/d"), (Found{"/a/b/d", "", ""}));
    EXPECT_EQ(find(routes, "GET", "/a/b/e/f"), (Found{"/a/{rest...}", "", "rest=b/e/f;"}));
    EXPECT_EQ(find(routes, "GET", "/a/"), (Found{"/a/{rest...}", "", "rest=;"}));
    EXPECT_EQ(find(routes, "PUT", "/a/b"), (Found{"/a/{z}", "", "z=b;"}));  // the literal has no PUT
}

TEST(Routes, TellNotFoundFromNotAllowed) {
    const auto routes = table({{"GET", "/a"}, {"POST", "/a"}, {"DELETE", "/b/{x}"}});
    EXPECT_EQ(find(routes, "GET", "/c"), Found{});
    EXPECT_EQ(find(routes, "GET", "/a/"), Found{});
    EXPECT_EQ(find(routes, "GET", "/b/"), Found{});  // an empty segment names nothing
    EXPECT_EQ(find(routes, "GET", "/a/b"), Found{});
    EXPECT_EQ(find(routes, "GET", "*"), Found{});
    EXPECT_EQ(find(routes, "PUT", "/a").allowed, "GET, HEAD, POST");
    EXPECT_EQ(find(routes, "get", "/a").allowed, "GET, HEAD, POST");
    EXPECT_EQ(find(routes, "GET", "/b/1").allowed, "DELETE");
}

TEST(Routes, HeadIsAnsweredByGet) {
    const auto routes = table({{"GET", "/a"}, {"POST", "/b"}, {"HEAD", "/c"}, {"GET", "/c"}});
    EXPECT_EQ(find(routes, "HEAD", "/a").pattern, "/a");
    EXPECT_EQ(find(routes, "HEAD", "/b").allowed, "POST");
}

TEST(Routes, AnyTakesWhatIsLeft) {
    const auto routes = table({{"ANY", "/g/{service}/{path...}"}, {"GET", "/g/{service}/{path...}"}});
    EXPECT_EQ(find(routes, "PATCH", "/g/X/a%2Fb/c").parameters, "service=X;path=a%2Fb/c;");
    EXPECT_EQ(find(routes, "BREW", "/g/X/").pattern, "/g/{service}/{path...}");
}

TEST(Routes, DecodeNamedSegments) {
    const auto routes = table({{"GET", "/a/{x}"}});
    EXPECT_EQ(find(routes, "GET", "/a/b%2Fc%20d").parameters, "x=b/c d;");
    EXPECT_EQ(find(routes, "GET", "/a/%ff"), Found{});
}

TEST(Routes, RefuseWhatNoRequestCouldTellApart) {
    EXPECT_THROW(table({{"GET", "/a"}, {"GET", "/a"}}), std::invalid_argument);
    EXPECT_THROW(table({{"GET", "/{a}"}, {"GET", "/{b}"}}), std::invalid_argument);
    EXPECT_THROW(table({{"GET", "/{a...}"}, {"GET", "/{b...}"}}), std::invalid_argument);
    for (const auto* bad : {"", "a", "/{}", "/{...}", "/{a", "/a}", "/a{b}", "/{a...}/b", "/{a}/{a}"})
        EXPECT_THROW(table({{"GET", bad}}), std::invalid_argument) << bad;
    EXPECT_THROW(table({{"", "/"}}), std::invalid_argument);
}

}  // namespace
}  // namespace kelisim::http
