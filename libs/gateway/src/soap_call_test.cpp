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
