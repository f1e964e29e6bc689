// SPDX-License-Identifier: Apache-2.0
#include "api/problem.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace kelisim::api {
namespace {

const base::Reason wrong{"test_wrong", base::Kind::forbidden, "236/НК п.7", {"қате", "ошибка", "wrong"}};
const base::Reason other{"test_other", base::Kind::invalid, "", {"басқа", "другое", "other"}};

http::Request request(std::string_view language) {
    http::Request made;
    if (!language.empty()) made.headers.add("Accept-Language", language);
    return made;
}

TEST(Problem, GivesEveryReasonInTheReadersLanguage) {
    const auto response = problem(base::Refusal({&wrong, &other}), request("ru-RU,ru;q=0.9,en;q=0.5"));
    EXPECT_EQ(response.status, 403);
    const auto body = boost::json::parse(response.body).as_object();
    EXPECT_EQ(body.at("code"), "test_wrong");
    EXPECT_EQ(body.at("title"), "ошибка");
    ASSERT_EQ(body.at("reasons").as_array().size(), 2U);
    EXPECT_EQ(body.at("reasons").at(0).at("clause"), "236/НК п.7");
    EXPECT_FALSE(body.at("reasons").at(1).as_object().contains("clause"));
}

// LAW-38.2: Kazakh and Russian, English beside them.
TEST(Problem, ChoosesTheLanguage) {
    for (const auto& [wanted, language] : {std::pair{"kk", base::Language::kk},
                                           {"de, ru", base::Language::ru},
                                           {"", base::Language::en},
                                           {"fr", base::Language::en},
                                           {"en, kk", base::Language::en}}) {
        EXPECT_EQ(language_of(request(wanted)), language) << wanted;
    }
}

}  // namespace
}  // namespace kelisim::api
