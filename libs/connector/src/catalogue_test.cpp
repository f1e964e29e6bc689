// SPDX-License-Identifier: Apache-2.0
#include "connector/catalogue.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "connector/access_point.hpp"

namespace kelisim::connector {
namespace {

TEST(Catalogue, TellsReasonsOfTheGatewayInThreeLanguages) {
    const auto reasons = Catalogue().reasons({"oauth_refused", "use_fields_outside"});
    ASSERT_EQ(reasons.size(), 2U);
    EXPECT_EQ(reasons.at(0).at("kk"), "Адам бас тартты.");
    EXPECT_EQ(reasons.at(0).at("ru"), "Человек отказал.");
    EXPECT_EQ(reasons.at(0).at("en"), "The person refused.");
    EXPECT_EQ(reasons.at(0).at("clause"), "94-V art. 8");
    EXPECT_EQ(reasons.at(1).at("code"), "use_fields_outside");
}

TEST(Catalogue, TellsACodeThatItDoesNotKnow) {
    const auto reasons = Catalogue().reasons({"of_next_year"});
    EXPECT_EQ(reasons.at(0).at("code"), "of_next_year");
    for (const char* language : {"kk", "ru", "en"})
        EXPECT_FALSE(reasons.at(0).at(language).as_string().empty());
}

TEST(Catalogue, MakesProblems) {
    const auto response = Catalogue().problem(base::Refusal(secret_wrong));
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(std::string_view(response.content_type), "application/problem+json");
    const auto body = boost::json::parse(response.body);
    EXPECT_EQ(body.at("code"), "connector_secret_wrong");
    EXPECT_EQ(body.at("title").as_string(), secret_wrong.text.en);
    EXPECT_EQ(body.at("reasons").at(0).at("kk").as_string(), secret_wrong.text.kk);
    EXPECT_EQ(Catalogue().problem(base::Refusal(consent_unknown)).status, 404);
    EXPECT_EQ(Catalogue().problem(503, gateway_unreachable).status, 503);
}

TEST(Catalogue, ReadsQuotedText) {
    const Catalogue catalogue("en,code,kk,ru,clause\r\n\"a, \"\"b\"\"\nc\",x,1,2,\n");
    const auto reason = catalogue.reasons({"x"}).at(0).as_object();
    EXPECT_EQ(reason.at("en"), "a, \"b\"\nc");
    EXPECT_EQ(reason.at("ru"), "2");
    EXPECT_FALSE(reason.contains("clause"));
}

TEST(Catalogue, IsNoneOfAnythingElse) {
    for (const char* csv : {"", "code,kk,ru,en\n", "code,clause,kk,ru,en\na,b\n", "code,clause,kk,ru,en\n\"a"}) {
        EXPECT_THROW(Catalogue{csv}, std::logic_error) << csv;
    }
}

}  // namespace
}  // namespace kelisim::connector
