// SPDX-License-Identifier: Apache-2.0
#include "identity/cookie.hpp"

#include <gmock/gmock.h>

namespace kelisim::identity {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Cookie sandbox("http://127.0.0.1:8080", session_cookie);
const Cookie production("https://kelisim.example", session_cookie);

TEST(Cookie, IsOutOfReachOfScriptsAndOtherSites) {
    for (const Cookie* cookie : {&sandbox, &production}) {
        const std::string text = cookie->set("token", 60s);
        EXPECT_THAT(text, HasSubstr("; HttpOnly"));
        EXPECT_THAT(text, HasSubstr("; SameSite=Strict"));
        EXPECT_THAT(text, HasSubstr("; Path=/"));
        EXPECT_THAT(text, HasSubstr("; Max-Age=60"));
        EXPECT_THAT(text, Not(HasSubstr("Domain")));
    }
    EXPECT_THAT(production.set("token", 60s), StartsWith("__Host-kelisim=token;"));
    EXPECT_THAT(production.set("token", 60s), HasSubstr("; Secure"));
    EXPECT_THAT(sandbox.set("token", 60s), StartsWith("kelisim=token;"));
    EXPECT_THAT(sandbox.clear(), HasSubstr("Max-Age=0"));
}

TEST(Cookie, IsFoundAmongOthers) {
    EXPECT_EQ(sandbox.read({{"Cookie", "kelisim=a.b"}}), "a.b");
    EXPECT_EQ(sandbox.read({{"cookie", "x=1; kelisim=a.b; y=2"}}), "a.b");
    EXPECT_EQ(sandbox.read({{"cookie", "x=1;kelisim=a.b"}}), "a.b");
    EXPECT_EQ(production.read({{"cookie", "__Host-kelisim=a"}}), "a");
}

TEST(Cookie, IsNotGuessedWhereItIsAmbiguousOrAnother) {
    EXPECT_FALSE(sandbox.read({}));
    EXPECT_FALSE(sandbox.read({{"Cookie", ""}}));
    EXPECT_FALSE(sandbox.read({{"Cookie", "kelisim"}}));
    EXPECT_FALSE(sandbox.read({{"Cookie", "kelisim2=a"}}));
    EXPECT_FALSE(sandbox.read({{"Cookie", "xkelisim=a"}}));
    EXPECT_FALSE(sandbox.read({{"Cookie", "kelisim=a; kelisim=b"}}));
    EXPECT_FALSE(sandbox.read({{"Cookie", "kelisim=a"}, {"Cookie", "kelisim=a"}}));
    EXPECT_FALSE(production.read({{"Cookie", "kelisim=a"}})) << "a cookie that another host could have set";
}

TEST(Cookie, OnlyReadingNeedsNoToken) {
    EXPECT_FALSE(changes_something("GET"));
    EXPECT_FALSE(changes_something("HEAD"));
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "get", "BREW"})
        EXPECT_TRUE(changes_something(method));
}

}  // namespace
}  // namespace kelisim::identity
