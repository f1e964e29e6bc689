// SPDX-License-Identifier: Apache-2.0
#include "identity/caller_address.hpp"

#include <gtest/gtest.h>

namespace kelisim::identity {
namespace {

const Proxies proxies = *parse_proxies({"127.0.0.1", "10.0.0.5"});

std::string caller(std::string remote, std::vector<std::string> forwarded, const Proxies& known = proxies) {
    http::Request request;
    request.remote = std::move(remote);
    for (std::string& one : forwarded)
        request.headers.add("X-Forwarded-For", std::move(one));
    const auto found = caller_address(request, known);
    return found ? found->to_string() : "";
}

TEST(CallerAddress, IsThePeerWithoutAProxy) {
    EXPECT_EQ(caller("203.0.113.7", {}), "203.0.113.7");
    EXPECT_EQ(caller("2001:db8::1", {}), "2001:db8::1");
    EXPECT_EQ(caller("::ffff:203.0.113.7", {}), "203.0.113.7");
}

TEST(CallerAddress, IsWhatTheNearestProxySaw) {
    EXPECT_EQ(caller("127.0.0.1", {"203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(caller("127.0.0.1", {"203.0.113.7, 10.0.0.5"}), "203.0.113.7");
    EXPECT_EQ(caller("127.0.0.1", {"203.0.113.7", "10.0.0.5"}), "203.0.113.7");
}

// Whoever sends the request can write the field too; only what our own proxies added counts.
TEST(CallerAddress, IsNeverWhatTheCallerSaysOfItself) {
    EXPECT_EQ(caller("203.0.113.7", {"198.51.100.1"}), "203.0.113.7");
    EXPECT_EQ(caller("127.0.0.1", {"198.51.100.1, 203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(caller("127.0.0.1", {"198.51.100.1"}, {}), "127.0.0.1");
}

TEST(CallerAddress, IsNothingWhereAProxyNamesNobody) {
    EXPECT_EQ(caller("127.0.0.1", {}), "");
    EXPECT_EQ(caller("127.0.0.1", {""}), "");
    EXPECT_EQ(caller("127.0.0.1", {"unknown"}), "");
    EXPECT_EQ(caller("127.0.0.1", {"203.0.113.7,"}), "");
    EXPECT_EQ(caller("127.0.0.1", {"10.0.0.5"}), "");
}

TEST(CallerAddress, OfAProxyHasToBeOne) {
    EXPECT_FALSE(parse_proxies({"127.0.0.1", "gateway"}));
    EXPECT_FALSE(parse_proxies({""}));
    EXPECT_FALSE(parse_proxies({"10.0.0.0/8"}));
    EXPECT_TRUE(parse_proxies({}));
}

}  // namespace
}  // namespace kelisim::identity
