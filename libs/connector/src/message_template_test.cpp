// SPDX-License-Identifier: Apache-2.0
#include "connector/message_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "xml/document.hpp"

namespace kelisim::connector {
namespace {

using testing::ElementsAre;

constexpr std::string_view gbdfl =
    R"(<data><iin>{iin}</iin><kdpToken kind="{kind}">{token}</kdpToken><id>{iin}</id></data>)";

MessageTemplate read(std::string_view xml) {
    auto made = MessageTemplate::parse(std::string(xml));
    EXPECT_TRUE(made.has_value()) << xml;
    return std::move(*made);
}

std::string_view refusal(std::string_view xml) {
    const auto made = MessageTemplate::parse(std::string(xml));
    return made.has_error() ? made.error().first().code : "none";
}

TEST(MessageTemplates, PutValuesInTheirPlaces) {
    const MessageTemplate made = read(gbdfl);
    EXPECT_THAT(made.places(), ElementsAre("iin", "kind", "token"));
    EXPECT_EQ(made.filled({{"iin", "450810100013"}, {"kind", "JWT"}, {"token", "a.b.c"}}),
              R"(<data><iin>450810100013</iin><kdpToken kind="JWT">a.b.c</kdpToken><id>450810100013</id></data>)");
}

TEST(MessageTemplates, AValueIsTextWhateverStandsInIt) {
    const MessageTemplate made = read("<a b='{kind}'><iin>{iin}</iin></a>");
    const std::string hostile = R"(x' c="1"><iin>2</iin><!-- {iin} ]]> &amp; &#60;)";
    const auto document = xml::Document::parse(base::as_bytes(made.filled({{"iin", "1"}, {"kind", hostile}})));
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->root().attribute("", "b"), hostile);
    EXPECT_EQ(document->root().attributes().size(), 1U);
    ASSERT_EQ(document->root().children().size(), 1U);
    EXPECT_EQ(document->root().children().front().text(), "1");
}

TEST(MessageTemplates, BracesAroundAnythingElseAreText) {
    const MessageTemplate made = read("<a><id>{0f1c-22}</id><b>{}{ {iin}} }{é}</b></a>");
    EXPECT_THAT(made.places(), ElementsAre("iin"));
    EXPECT_EQ(made.filled({{"iin", "1"}}), "<a><id>{0f1c-22}</id><b>{}{ 1} }{é}</b></a>");
}

TEST(MessageTemplates, NoPlaceWhereNoValueCanStand) {
    for (const std::string_view xml :
         {"<a><iin>{iin}</iin><!-- {token} --></a>", "<a><iin>{iin}</iin><![CDATA[{token}]]></a>",
          "<a><iin><![CDATA[{iin}]]></iin></a>", "<a><iin>{iin}<!-- --></iin></a>", "<a>{iin}<b/></a>",
          "<a><iin>{iin}</iin><?do {token}?></a>"})
        EXPECT_EQ(refusal(xml), "connector_template_place") << xml;
}

TEST(MessageTemplates, WithoutAPersonOrNoXml) {
    EXPECT_EQ(refusal("<a><b>{token}</b></a>"), "connector_template_person");
    EXPECT_EQ(refusal("<a><b>{IIN}</b></a>"), "connector_template_person");
    EXPECT_EQ(refusal("<a><{iin}/></a>"), "xml_malformed");
    EXPECT_EQ(refusal("{iin}"), "xml_malformed");
    EXPECT_EQ(refusal("<a xmlns='urn:{iin}'><iin>{iin}</iin></a>"), "xml_malformed");
    EXPECT_EQ(refusal("<!DOCTYPE a><a><iin>{iin}</iin></a>"), "xml_document_type");
    EXPECT_EQ(refusal(""), "xml_malformed");
}

}  // namespace
}  // namespace kelisim::connector
