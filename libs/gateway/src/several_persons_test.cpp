// SPDX-License-Identifier: Apache-2.0
#include "gateway/several_persons.hpp"

#include <gmock/gmock.h>

#include "access/uses.hpp"
#include "base/limits.hpp"
#include "gateway/soap_call.hpp"

namespace kelisim::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view abai = "450810100013", ybyrai = "411020100014";

// `content` of data, as a reader of a message meets it.
struct Given {
    explicit Given(const std::string& content)
        : document(xml::Document::parse(base::as_bytes("<data>" + content + "</data>")).value()),
          data(soap::BusinessData::read(soap::Data(document.root())).value()) {}
    xml::Document document;
    soap::BusinessData data;
};

std::string entry(std::string_view code, std::string_view key = {}) {
    return "<k:tokens><k:Code>" + std::string(code) + "</k:Code><k:PublicKey>" + std::string(key) +
           "</k:PublicKey></k:tokens>";
}
std::string report(const std::string& tokens, const std::string& more = {}) {
    return R"(<k:request xmlns:k="http://kdp.3007.reports.egp.gbdul.tamur.kz"><k:businessData><k:BIN>000140003106</k:BIN>)"
           "<k:InfoAbtToken>" +
           tokens + "</k:InfoAbtToken></k:businessData>" + more + "</k:request>";
}

TEST(SeveralPersons, HaveTheirTokensInOrder) {
    const Given given(report(entry("a.\n b") + entry("", "K") + entry("c", "L ")));
    const auto call = read_persons_call(given.data);
    ASSERT_TRUE(call.has_value());
    ASSERT_EQ(call->entries.size(), 3U);
    EXPECT_EQ(call->entries[0].token, "a.b");
    EXPECT_EQ(call->entries[1].token, "");
    EXPECT_EQ(call->entries[1].public_key, "K");
    EXPECT_EQ(call->entries[2].public_key, "L");
    EXPECT_TRUE(call->persons.empty()) << "a BIN is nobody's IIN";
    const Given naming(report(entry("a"), "<k:declarantId>" + std::string(ybyrai) + "</k:declarantId>"));
    EXPECT_EQ(read_persons_call(naming.data)->persons.front().reveal(), ybyrai);
}

TEST(SeveralPersons, HaveNoTokenAnywhereElse) {
    for (const std::string& content :
         {report(entry("a"), "<Code>b</Code>"), report(entry("a"), "<x:PublicKey xmlns:x='urn:x'/>"),
          report(entry("a"), "<kdpToken>b</kdpToken>"), report(entry("a"), "<a><publicKey>b</publicKey></a>"),
          report("<tokens><Code>a</Code><Code>b</Code></tokens>"), report("<tokens><a><Code>a</Code></a></tokens>"),
          report("<tokens><Code><a/></Code></tokens>"), std::string("<r><tokens><Code>a</Code></tokens><b/></r>")}) {
        EXPECT_TRUE(read_persons_call(Given(content).data).error().has(tokens_misplaced)) << content;
    }
    EXPECT_TRUE(read_persons_call(Given("text").data).error().has(data_not_a_document));
}

TEST(SeveralPersons, AreNotWithoutNumber) {
    std::string most;
    for (std::size_t i = 0; i < base::limits::tokens_of_message_max; ++i)
        most += entry("a" + std::to_string(i));
    EXPECT_TRUE(read_persons_call(Given(report(most)).data).has_value());
    EXPECT_TRUE(read_persons_call(Given(report(most + entry("x"))).data).error().has(tokens_many));
}

TEST(SeveralPersons, WhoIsRefusedLeavesAnEmptyPlace) {
    const std::string content = report(entry("first", "K") + entry("second") + entry("third"));
    for (const std::string& form : {content, "<![CDATA[" + content + "]]>"}) {
        const Given given(form);
        const auto data = with_emptied(given.data, {1, 3}, given.data.form());
        ASSERT_TRUE(data.has_value());
        const std::string text = data->to_xml();
        EXPECT_THAT(text, Not(HasSubstr("first")));
        EXPECT_THAT(text, Not(HasSubstr("third")));
        const auto again = xml::Document::parse(base::as_bytes(text)).value();
        const auto read = read_persons_call(soap::BusinessData::read(soap::Data(again.root())).value());
        ASSERT_TRUE(read.has_value()) << text;
        ASSERT_EQ(read->entries.size(), 3U) << "a number means the same one to the owner";
        EXPECT_EQ(read->entries[1].token, "second");
    }
}

TEST(SeveralPersons, InASignedDocumentAreSeen) {
    EXPECT_TRUE(
        is_signed(Given(report(entry("a"), R"(<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>)")).data));
    EXPECT_TRUE(
        is_signed(Given(report(entry("a")) + R"(<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>)").data));
    EXPECT_FALSE(is_signed(Given(report(entry("a"), "<Signature/>")).data));
}

std::vector<RefusedToken> remembered_all(const std::vector<LeftOut>& left_out) {
    std::vector<RefusedToken> all;
    for (const LeftOut& each : left_out)
        all.push_back(remembered(each));
    return all;
}

TEST(SeveralPersons, EachOfThemIsAccountedFor) {
    std::vector<LeftOut> left_out{{2, base::Refusal({&access::use_token_ended, &token_person_twice})},
                                  {5, base::Refusal(access::use_token_ended)}};
    EXPECT_EQ(in_words(remembered_all(left_out)),
              "Приняты не все токены: 2 use_token_ended, token_person_twice; 5 use_token_ended");
    EXPECT_EQ(all_reasons(left_out).reasons().size(), 2U);
    const auto errors = as_errors(left_out, "KLS403", base::Time{});
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].data, "tokens 2: use_token_ended; token_person_twice");
    ASSERT_EQ(errors[0].sub.size(), 1U);
    EXPECT_EQ(errors[0].sub[0].data, "tokens 5: use_token_ended");
    EXPECT_TRUE(errors[0].sub[0].sub.empty());
    // Without room for the reasons, all the numbers.
    for (std::size_t i = 6; i <= 16; ++i)
        left_out.push_back({i, base::Refusal(access::use_outcome_unknown)});
    EXPECT_EQ(in_words(remembered_all(left_out)),
              "Приняты не все токены: 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16");
}

TEST(AnswerInParts, OpensWithAllOfThemAlone) {
    base::SeededEntropy entropy(7);
    const std::string answer = "о " + std::string(abai) + " и " + std::string(ybyrai);
    for (const std::size_t persons : {1U, 2U, 5U}) {
        auto parts = split_answer(answer, persons, entropy).value();
        ASSERT_EQ(parts.size(), persons);
        for (const std::string& part : parts)
            EXPECT_THAT(part, Not(HasSubstr(std::string(abai))));
        EXPECT_EQ(joined_answer(parts), answer);
        std::reverse(parts.begin(), parts.end());
        EXPECT_EQ(joined_answer(parts), answer);
        parts.pop_back();
        EXPECT_FALSE(joined_answer(parts)) << "the answer is gone with any of its persons";
    }
    auto mine = split_answer(answer, 2, entropy).value();
    auto others = split_answer(answer, 2, entropy).value();
    EXPECT_FALSE(joined_answer({mine[0], others[1]}));
    EXPECT_FALSE(joined_answer({mine[0], mine[0]}));
    EXPECT_FALSE(joined_answer({"<SendMessageResponse/>"})) << "kept when its service was about one person";
    EXPECT_FALSE(joined_answer({}));
    EXPECT_FALSE(split_answer(std::string(base::limits::answer_body_bytes_max + 1, 'a'), 2, entropy));
}

}  // namespace
}  // namespace kelisim::gateway
