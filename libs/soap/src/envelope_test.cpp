// SPDX-License-Identifier: Apache-2.0
#include "soap/envelope.hpp"

#include <gtest/gtest.h>

namespace kelisim::soap {
namespace {

constexpr const char* open11 = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>";
constexpr const char* open12 = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'>";

base::Result<Envelope> parse(const std::string& text) {
    return Envelope::parse(base::as_bytes(text));
}

std::string in11(const std::string& content) {
    return open11 + content + "</s:Envelope>";
}

struct Good {
    const char* name;
    std::string text;
    Version version = Version::v11;
    bool header = false;
};
void PrintTo(const Good& one, std::ostream* out) {
    *out << one.name;
}

class Accepted : public testing::TestWithParam<Good> {};
TEST_P(Accepted, IsRead) {
    const auto envelope = parse(GetParam().text);
    ASSERT_TRUE(envelope.has_value()) << envelope.error().first().code;
    EXPECT_EQ(envelope->version(), GetParam().version);
    EXPECT_EQ(envelope->header().has_value(), GetParam().header);
    EXPECT_EQ(envelope->body().name(), "Body");
}
INSTANTIATE_TEST_SUITE_P(
    Envelopes, Accepted,
    testing::Values(
        Good{.name = "body alone", .text = in11("<s:Body><a/></s:Body>")},
        Good{.name = "SOAP 1.2",
             .text = open12 + std::string("<s:Header/><s:Body/></s:Envelope>"),
             .version = Version::v12,
             .header = true},
        Good{.name = "mixed prefixes (wire.md A6)",
             .text = "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><SOAP-ENV:Header "
                     "xmlns:SOAP-ENV='http://schemas.xmlsoap.org/soap/envelope/'/><SOAP-ENV:Body "
                     "xmlns:SOAP-ENV='http://schemas.xmlsoap.org/soap/envelope/'/></soap:Envelope>",
             .header = true},
        Good{.name = "default namespace",
             .text = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body/></Envelope>"},
        Good{.name = "blanks and a declaration",
             .text = std::string("<?xml version='1.0'?>\n") + open11 +
                     "\n<s:Header>\n</s:Header>\n<s:Body/>\n</s:Envelope>\n",
             .header = true},
        Good{.name = "a mandatory header of another actor",
             .text = in11("<s:Header><h xmlns='u:h' s:mustUnderstand='1' s:actor='urn:other'/></s:Header><s:Body/>"),
             .header = true},
        Good{.name = "a header that may be ignored",
             .text = in11("<s:Header><h xmlns='u:h' s:mustUnderstand='0'/><i xmlns='u:h'/></s:Header><s:Body/>"),
             .header = true},
        Good{.name = "an element called Body in the body", .text = in11("<s:Body><Body xmlns=''/></s:Body>")}));

struct Bad {
    const char* name;
    std::string text;
    const base::Reason* reason;
};
void PrintTo(const Bad& one, std::ostream* out) {
    *out << one.name;
}

class Refused : public testing::TestWithParam<Bad> {};
TEST_P(Refused, SaysWhy) {
    const auto envelope = parse(GetParam().text);
    ASSERT_FALSE(envelope.has_value());
    EXPECT_EQ(envelope.error().first().code, GetParam().reason->code);
}
INSTANTIATE_TEST_SUITE_P(
    Envelopes, Refused,
    testing::Values(
        Bad{"not XML", "{}", &xml::xml_malformed},
        Bad{"a document type", std::string("<!DOCTYPE s [<!ENTITY a 'b'>]>") + in11("<s:Body/>"),
            &xml::xml_document_type},
        Bad{"another element", "<a/>", &soap_not_an_envelope},
        Bad{"no namespace", "<Envelope><Body/></Envelope>", &soap_not_an_envelope},
        Bad{"another version", "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/2'><Body/></Envelope>",
            &soap_not_an_envelope},
        Bad{"no body", in11("<s:Header/>"), &soap_body}, Bad{"nothing", in11(""), &soap_body},
        Bad{"two bodies", in11("<s:Body><a/></s:Body><s:Body><b/></s:Body>"), &soap_body},
        Bad{"body of the other version", in11("<Body xmlns='http://www.w3.org/2003/05/soap-envelope'/>"), &soap_body},
        Bad{"bodies of both versions", in11("<s:Body/><Body xmlns='http://www.w3.org/2003/05/soap-envelope'/>"),
            &soap_body},
        Bad{"body without a namespace", in11("<Body/>"), &soap_body},
        Bad{"body in a wrapper", in11("<w><s:Body/></w>"), &soap_body},
        Bad{"something after the body", in11("<s:Body/><a/>"), &soap_body},
        Bad{"text beside it", in11("x<s:Body/>"), &soap_body},
        Bad{"two headers", in11("<s:Header/><s:Header/><s:Body/>"), &soap_header},
        Bad{"header after the body", in11("<s:Body/><s:Header/>"), &soap_header},
        Bad{"a mandatory header", in11("<s:Header><h xmlns='u:h' s:mustUnderstand='1'/></s:Header><s:Body/>"),
            &soap_header_not_understood},
        Bad{"a mandatory header for the next",
            in11("<s:Header><h xmlns='u:h' s:mustUnderstand='true' "
                 "s:actor='http://schemas.xmlsoap.org/soap/actor/next'/></s:Header><s:Body/>"),
            &soap_header_not_understood}));

TEST(Envelope, HasTheLimitsThatItIsGiven) {
    const std::string text = in11("<s:Body><a/></s:Body>");
    EXPECT_TRUE(Envelope::parse(base::as_bytes(text), {.bytes_max = text.size(), .depth_max = 3}).has_value());
    EXPECT_TRUE(Envelope::parse(base::as_bytes(text), {.bytes_max = text.size() - 1}).error().has(xml::xml_too_large));
    EXPECT_TRUE(Envelope::parse(base::as_bytes(text), {.depth_max = 2}).error().has(xml::xml_too_deep));
}

TEST(Envelope, HasStricterLimitsOnTheChannel) {
    namespace limits = base::limits;
    const auto objection = [](const std::string& content) -> std::string {
        const auto envelope = Envelope::parse(base::as_bytes(in11("<s:Body>" + content + "</s:Body>")), channel_limits);
        return envelope ? "" : std::string(envelope.error().first().code);
    };
    const auto repeated = [](const std::string& text, std::size_t count) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i)
            all += text;
        return all;
    };
    // Envelope and Body count; the declaration of the envelope is an attribute too.
    EXPECT_EQ(objection(repeated("<a/>", limits::channel_xml_nodes_max - 2)), "");
    EXPECT_EQ(objection(repeated("<a/>", limits::channel_xml_nodes_max - 1)), "xml_too_many_nodes");
    EXPECT_EQ(objection(repeated("<a b=''/>", limits::channel_xml_nodes_max - 3) + "<a b='' c=''/>"), "");
    EXPECT_EQ(objection(repeated("<a b='' c=''/>", limits::channel_xml_attributes_total_max / 2)),
              "xml_too_many_attributes");
    std::string wide, declared;
    for (std::size_t i = 0; i < limits::channel_xml_attributes_max; ++i)
        wide += " b" + std::to_string(i) + "=''";
    EXPECT_EQ(objection("<a" + wide + "/>"), "");
    EXPECT_EQ(objection("<a" + wide + " c=''/>"), "xml_too_many_attributes");
    for (std::size_t i = 1; i < limits::channel_xml_namespaces_max; ++i)
        declared += " xmlns:n" + std::to_string(i) + "='u:" + std::to_string(i) + "'";
    EXPECT_EQ(objection("<a" + declared + "/>"), "");
    EXPECT_EQ(objection("<a" + declared + " xmlns='u:x'/>"), "xml_too_many_attributes");
    EXPECT_EQ(objection(repeated("<a>", limits::channel_xml_depth_max - 2) +
                        repeated("</a>", limits::channel_xml_depth_max - 2)),
              "");
    EXPECT_EQ(objection(repeated("<a>", limits::channel_xml_depth_max - 1) +
                        repeated("</a>", limits::channel_xml_depth_max - 1)),
              "xml_too_deep");
    const std::size_t around = in11("<s:Body></s:Body>").size();
    EXPECT_EQ(objection(std::string(limits::channel_xml_bytes_max - around, 'A')), "");  // a file in base64
    EXPECT_EQ(objection(std::string(limits::channel_xml_bytes_max - around + 1, 'A')), "xml_too_large");
}

TEST(Envelope, IsWrittenForEitherVersion) {
    for (const Version version : {Version::v11, Version::v12}) {
        const auto envelope = parse(enveloped(version, "<a/>"));
        ASSERT_TRUE(envelope.has_value());
        EXPECT_EQ(envelope->version(), version);
        EXPECT_EQ(envelope->body().children().front().name(), "a");
    }
}

}  // namespace
}  // namespace kelisim::soap
