// SPDX-License-Identifier: Apache-2.0
#include "gateway/soap_call.hpp"

#include <gmock/gmock.h>

namespace kelisim::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view abai = "450810100013", ybyrai = "411020100014";

base::Result<SoapCall> read(const std::string& data, std::string_view subject = "iin") {
    const auto document = xml::Document::parse(base::as_bytes("<data>" + data + "</data>")).value();
    const auto business = soap::BusinessData::read(soap::Data(document.root()));
    return read_soap_call(business.value(), subject);
}
std::vector<std::string> persons(const SoapCall& call) {
    std::vector<std::string> all;
    for (const auto& iin : call.persons)
        all.emplace_back(iin.reveal());
    return all;
}

// 236/НК п.5(1)
TEST(SoapCall, NamesAPurposeByAProperty) {
    struct Case {
        std::string_view name;
        std::vector<soap::Property> properties;
        std::string_view purpose;
    };
    const std::vector<Case> cases{
        {"none", {}, ""},
        {"of another kind", {{"connection", "bank-loans"}}, ""},
        {"one", {{"connection", "bank-loans"}, {"purpose", "loan-application"}}, "loan-application"},
        {"twice the same", {{"purpose", "loan-application"}, {"purpose", "loan-application"}}, "loan-application"},
        {"empty beside one", {{"purpose", ""}, {"purpose", "loan-application"}}, "loan-application"},
        {"in other letters", {{"Purpose", "loan-application"}}, ""},
    };
    for (const Case& each : cases)
        EXPECT_EQ(purpose_in(each.properties).value(), each.purpose) << each.name;
    for (const auto& properties : {std::vector<soap::Property>{{"purpose", "loan-application"}, {"purpose", "deposit"}},
                                   std::vector<soap::Property>{{"purpose", "a"}, {"purpose", ""}, {"purpose", "b"}}}) {
        const auto refused = purpose_in(properties);
        ASSERT_TRUE(refused.has_error());
        EXPECT_EQ(&refused.error().first(), &purpose_twice);
    }
}

// wire.md B5, D6
TEST(SoapCall, OfTheRequestThatBanksSend) {
    const auto call = read(
        "<messageId>m1</messageId><iin>450810100013</iin><kdpToken>a.b\r\n .c</kdpToken>"
        "<publicKey>AAAA\nBBBB</publicKey>");
    ASSERT_TRUE(call.has_value());
    EXPECT_THAT(persons(*call), ElementsAre(abai));
    EXPECT_THAT(call->tokens, ElementsAre("a.b.c")) << "clients wrap long values";
    EXPECT_THAT(call->public_keys, ElementsAre("AAAABBBB"));
}

TEST(SoapCall, WhateverNamespaceAndInsideARoot) {
    const auto call = read(
        "<m:Request xmlns:m=\"http://message.persistence.interactive.nat\"><m:iin>450810100013</m:iin>"
        "<kdpToken>t</kdpToken></m:Request>");
    EXPECT_THAT(persons(*call), ElementsAre(abai));
    EXPECT_THAT(call->tokens, ElementsAre("t"));
}

TEST(SoapCall, OfALegalEntitysReport) {
    const auto call = read(
        "<request><businessData><BIN>000140000353</BIN><InfoAbtToken><tokens><Code>t</Code>"
        "<PublicKey>k</PublicKey></tokens></InfoAbtToken></businessData></request>",
        "businessData/iin");
    EXPECT_THAT(persons(*call), IsEmpty()) << "a BIN is nobody's IIN";
    EXPECT_THAT(call->tokens, ElementsAre("t"));
    EXPECT_THAT(call->public_keys, ElementsAre("k"));
}

TEST(SoapCall, WhoeverElseIsNamedAnywhereIsNamed) {
    const auto call = read("<iin>450810100013</iin><spouse id=\"x\"><number> 411020100014 </number></spouse>");
    EXPECT_THAT(persons(*call), ElementsAre(abai, ybyrai));
    EXPECT_THAT(persons(*read("<iin>450810100013</iin><note who=\"411020100014\"/>")), ElementsAre(abai, ybyrai));
}

// An owner might read what our first look would not.
TEST(SoapCall, WhoeverIsNamedBetweenElementsInListsAndInDocumentsInsideTexts) {
    for (const std::string more : {"<p>411020100014<x/></p>", "<p>ИИН 411020100014; и ещё</p>",
                                   "<p>450810100013;411020100014</p>", "<p>&lt;iin&gt;411020100014&lt;/iin&gt;</p>",
                                   "<p><![CDATA[<iin>411020100014</iin>]]></p>", "<p>&#52;11020100014</p>"}) {
        EXPECT_THAT(persons(*read("<iin>450810100013</iin>" + more)), ElementsAre(abai, ybyrai)) << more;
    }
    EXPECT_THAT(persons(*read("<iin>450810100013</iin><account>411020100014000</account>")), ElementsAre(abai));
}

std::vector<std::string> named_in(std::string_view text) {
    std::vector<base::Iin> all;
    collect_persons(text, all);
    return persons(SoapCall{.persons = all, .tokens = {}, .public_keys = {}});
}

TEST(SoapCall, AUuidNamesNobody) {
    for (const std::string text : {
             "a8098c1a-f86e-41da-bd1a-450810100013",           // of random digits
             "A8098C1A-F86E-11DA-BD1A-450810100013",           // of a time and a node
             "urn:uuid:0192d5c0-7b3e-7cc1-8f00-450810100013",  // of a time
             "{a8098c1a-f86e-41da-bd1a-450810100013}",         //
             "a8098c1af86e41dabd1a450810100013",               //
             "a450810100013c8f8a6e41dabd1a4508",               // nor in the middle of one
         })
        EXPECT_THAT(named_in(text), IsEmpty()) << text;
}

// Whoever would hide a person has to look like chance, and hides nothing from whoever reads what stands beside it.
TEST(SoapCall, WhatOnlyLooksLikeAUuidNamesWhomItNames) {
    for (const std::string text : {
             "00000000-0000-0000-0000-450810100013",               // neither a version nor a variant
             "a8098c1a-f86e-01da-bd1a-450810100013",               //
             "a8098c1a-f86e-91da-bd1a-450810100013",               //
             "a8098c1a-f86e-41da-cd1a-450810100013",               //
             "a8098c1af86e41da-bd1a-450810100013",                 // other groups
             "a8098c1a-f86e-41da-bd1a_450810100013",               //
             "8098c1a-f86e-41da-bd1a-450810100013",                // too short
             "aa8098c1a-f86e-41da-bd1a-450810100013",              // too long
             "a8098c1a-f86e-41da-bd1a-450810100013-1",             //
             "ИИНa8098c1a-f86e-41da-bd1x-450810100013",            // no hexadecimal digit
             "a8098c1a-f86e-41da-bd1a-0f0a0b0c0d0e 450810100013",  // beside one
             "a8098c1a-f86e-41da-bd1a-450810100013;450810100013",
             "iin-450810100013",
             "a8098c1a-f86e-41da-bd1a--450810100013",
         })
        EXPECT_THAT(named_in(text), ElementsAre(abai)) << text;
}

TEST(SoapCall, ALongWordOfManyNumbersIsReadInOneGo) {
    std::string text;
    while (text.size() < (std::size_t{1} << 20U))
        text += "450810100013a";
    EXPECT_THAT(named_in(text), ElementsAre(abai));
}

TEST(SoapCall, WhatAnAnswerGives) {
    const auto gives = [](std::string_view data) {
        const auto document = xml::Document::parse(base::as_bytes(data)).value();
        return gives_any(document.root(), {"surname", "documents"});
    };
    EXPECT_TRUE(gives("<a><b xmlns='urn:x'><surname>С</surname></b></a>"));
    EXPECT_TRUE(gives("<a><documents><document/></documents></a>"));
    EXPECT_FALSE(gives("<a><surname/><messageResult>no</messageResult></a>"));
}

TEST(SoapCall, TwoAtTheLocatorAreTwo) {
    EXPECT_THAT(persons(*read("<iin>450810100013</iin><iin>411020100014</iin>")), ElementsAre(abai, ybyrai));
}

TEST(SoapCall, NobodyAtTheLocatorIsNobody) {
    EXPECT_THAT(persons(*read("<person>450810100013</person>")), IsEmpty());
}

TEST(SoapCall, ANumberThatIsNoneIsRefused) {
    for (const char* number : {"450810100014", "", "45081010001", "x"})
        EXPECT_TRUE(read("<iin>" + std::string(number) + "</iin><b/>").has_error()) << number;
}

TEST(SoapCall, TextIsNoDocument) {
    EXPECT_TRUE(read("450810100013").error().has(data_not_a_document));
    EXPECT_TRUE(read("").error().has(data_not_a_document));
}

TEST(SoapCall, EachTokenCountsOnceAndEmptyOnesDoNot) {
    EXPECT_THAT(read("<iin>450810100013</iin><kdpToken>t</kdpToken><kdpToken> t </kdpToken>")->tokens,
                ElementsAre("t"));
    EXPECT_THAT(read("<iin>450810100013</iin><kdpToken>t</kdpToken><kdpToken>u</kdpToken>")->tokens,
                ElementsAre("t", "u"));
    EXPECT_THAT(read("<iin>450810100013</iin><kdpToken/>")->tokens, IsEmpty());
}

}  // namespace
}  // namespace kelisim::gateway
