// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "http/uri.hpp"

namespace kelisim::http {
namespace {

TEST(OwnNetwork, HoldsEveryAddressThatIsNotPublic) {
    for (const char* host : {"127.0.0.1",  "127.9.9.9",        "0.0.0.0",         "10.1.2.3",
                             "172.16.0.1", "172.31.255.255",   "192.168.0.1",     "169.254.169.254",
                             "100.64.0.1", "100.127.255.255",  "224.0.0.1",       "255.255.255.255",
                             "240.0.0.1",  "198.18.0.1",       "192.0.0.8",       "::1",
                             "::",         "fe80::1",          "fc00::1",         "fd12::1",
                             "ff02::1",    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
                             "localhost"}) {
        EXPECT_TRUE(is_own_network(host)) << host;
    }
}

TEST(OwnNetwork, HoldsNoPublicAddressAndNoOtherName) {
    for (const char* host :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
          "192.167.255.255", "223.255.255.255", "2001:4860::8888", "::ffff:8.8.8.8", "egov.kz", "10.example"}) {
        EXPECT_FALSE(is_own_network(host)) << host;
    }
}

TEST(HttpUrl, IsAnOriginWithAPath) {
    const auto url = parse_http_url("http://bank.kz:8443/kelisim/events?key=1");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->authority, (Authority{"bank.kz", 8443}));
    EXPECT_EQ(url->target, "/kelisim/events?key=1");
    EXPECT_EQ(parse_http_url("http://bank.kz")->target, "/");
    EXPECT_EQ(parse_http_url("https://bank.kz/events")->authority, (Authority{"bank.kz", 443, true}));
}

TEST(HttpUrl, IsNothingElse) {
    for (const char* text :
         {"", "bank.kz/events", "https://", "ftp://bank.kz/", "http:///events", "http://user:word@bank.kz/",
          "http://bank.kz/#part", "http://bank.kz/a/../b", "http://bank.kz/%2e%2e/b", "http://bank.kz:0/",
          "http://bank.kz:99999/", "http://bank.kz/ b", "http://bank.kz/a\r\nb"}) {
        EXPECT_FALSE(parse_http_url(text)) << text;
    }
}

}  // namespace
}  // namespace kelisim::http
