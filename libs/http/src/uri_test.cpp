// SPDX-License-Identifier: Apache-2.0
#include "http/uri.hpp"

#include <gtest/gtest.h>

namespace kelisim::http {
namespace {

TEST(Uri, DecodesWholeEscapesOnly) {
    EXPECT_EQ(percent_decode("a%20b+c%2F"), "a b+c/");
    for (const auto* bad : {"%", "%4", "%4g", "%g4", "%00", "%ff", "%c0%80", "%+1"})
        EXPECT_FALSE(percent_decode(bad)) << bad;
}

TEST(Uri, EncodesAllButUnreserved) {
    EXPECT_EQ(percent_encode("aZ09-._~ /%\u049b"), "aZ09-._~%20%2F%25%D2%9B");
}

TEST(Uri, APathIsReadInOneWayOnly) {
    for (const auto* fine : {"/", "/a/b", "/a//b", "/a.b/..c/d..", "/...", "/%41", "/.well-known/x", "/a/"})
        EXPECT_TRUE(unambiguous_path(fine)) << fine;
    for (const auto* bad :
         {"", "a", "/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e", "/%2E%2e/", "/.%2e", "/%", "/%4", "/%zz", "/%00"})
        EXPECT_FALSE(unambiguous_path(bad)) << bad;
}

TEST(Uri, ReadsOriginsOfUpstreams) {
    EXPECT_EQ(parse_http_origin("http://127.0.0.1:8080"), (Authority{"127.0.0.1", 8080}));
    EXPECT_EQ(parse_http_origin("http://owner.example/"), (Authority{"owner.example", 80}));
    EXPECT_EQ(parse_http_origin("http://[::1]:81"), (Authority{"::1", 81}));
    EXPECT_EQ(parse_http_origin("https://owner.example"), (Authority{"owner.example", 443, true}));
    EXPECT_EQ(parse_http_origin("https://owner.example:8443/"), (Authority{"owner.example", 8443, true}));
    for (const auto* bad :
         {"", "127.0.0.1:80", "wss://a", "https://", "https://u@a", "https:a", "http://", "http://a/b", "http://u@a",
          "http://a?b", "http://a#b", "http://a:0", "http://a:65536", "http://a:x", "http://a b", "ftp://a"})
        EXPECT_FALSE(parse_http_origin(bad)) << bad;
}

TEST(Uri, HasOneFormForAllItsSpellings) {
    const auto same = [](std::string_view a, std::string_view b) {
        return normal_uri(a) && normal_uri(a) == normal_uri(b);
    };
    EXPECT_TRUE(same("http://a.test/x", "HTTP://A.TEST:80/%78?q=1#f"));
    EXPECT_TRUE(same("https://a.test", "https://a.test:443/"));
    EXPECT_TRUE(same("https://a.test/%2f", "https://a.test/%2F"));
    for (const auto& [a, b] : {std::pair{"http://a.test/x", "https://a.test/x"},
                               {"http://a.test/x", "http://a.test:81/x"},
                               {"http://a.test/x", "http://a.test/X"},
                               {"http://a.test/x", "http://a.test/x/"},
                               {"http://a.test/a%2Fb", "http://a.test/a/b"}})
        EXPECT_FALSE(same(a, b)) << a << " " << b;
    for (const auto* bad :
         {"", "/x", "a.test/x", "ftp://a.test/x", "http://u@a.test/x", "http://a.test/../x", "http:///x"})
        EXPECT_FALSE(normal_uri(bad)) << bad;
}

TEST(Prefix, IsAnHttpUrlWithoutWhatFollowsThePath) {
    EXPECT_EQ(parse_http_prefix("http://w.example:81/a/b/"), (Prefix{{"w.example", 81}, "/a/b"}));
    EXPECT_EQ(parse_http_prefix("http://w.example"), (Prefix{{"w.example", 80}, ""}));
    EXPECT_EQ(parse_http_prefix("http://w.example/"), (Prefix{{"w.example", 80}, ""}));
    EXPECT_EQ(parse_http_prefix("https://w.example/a/"), (Prefix{{"w.example", 443, true}, "/a"}));
    for (const std::string_view url :
         {"", "w.example", "httpss://w.example/", "https://", "https:///a", "http://", "http:///a", "http://u@w/",
          "http://w/a?b", "http://w/a#b", "http://w/a b", "http://w/../a", "http://w/%2e%2e/a", "http://w/%zz",
          "http://w/\xd0\xb0", "http://w:0/"}) {
        EXPECT_FALSE(parse_http_prefix(url)) << url;
    }
}

}  // namespace
}  // namespace kelisim::http
