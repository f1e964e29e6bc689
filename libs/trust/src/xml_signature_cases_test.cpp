// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "material.hpp"
#include "trust/testing_documents.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::trust {
namespace {

const std::string directory = "src/vectors/xml";

const Authorities& authorities_of(const std::string& unaltered) {
    const auto make = [](const std::string& kind) {
        return material::authorities(Contour::test,
                                     {{.file = "xml/" + kind + "_root.cer", .anchor = true},
                                      {.file = "xml/" + kind + "_authority.cer", .role_arcs = material::nca_arcs}});
    };
    static const Authorities gost = make("gost"), rsa = make("rsa"), ec = make("ec");
    if (unaltered.find("_rsa") != std::string::npos) return rsa;
    return unaltered.find("_ecdsa") != std::string::npos ? ec : gost;
}

// What a reader of that document reads.
XmlRules rules_of(const std::string& unaltered) {
    if (unaltered == "part.xml") return {.part = {.kind = SignedPart::Kind::named, .name = "login"}};
    if (unaltered == "enveloped_part_by_id.xml") return {.part = {.kind = SignedPart::Kind::named, .name = "order"}};
    return {};
}

DocumentReport verify_file(const std::string& file, const std::string& unaltered) {
    return verify_xml(material::bytes("xml/" + file), rules_of(unaltered),
                      {.authorities = authorities_of(unaltered),
                       .policy = material::without_revocation,
                       .revocation = nullptr,
                       .at = test::now,
                       .now = test::now});
}

class Altered : public testing::TestWithParam<test::AlteredDocument> {};

TEST_P(Altered, IsRefusedWithItsOwnFinding) {
    const test::AlteredDocument& one = GetParam();
    const DocumentReport before = verify_file(one.unaltered, one.unaltered);
    ASSERT_EQ(before.verdict(), Verdict::valid) << test::in_words(before);
    ASSERT_FALSE(before.content.empty());

    const DocumentReport report = verify_file(one.file, one.unaltered);
    EXPECT_EQ(report.verdict(), Verdict::invalid);
    const std::set<std::string> codes = test::codes_against(report);
    EXPECT_TRUE(std::ranges::includes(codes, one.findings)) << test::in_words(report);
    // Nothing is handed out that a signature does not cover; what a stranger signed is still what he signed.
    EXPECT_EQ(report.content.empty(), !one.findings.contains("chain_no_anchor"));
}

INSTANTIATE_TEST_SUITE_P(Documents, Altered, testing::ValuesIn(test::altered_documents(directory)),
                         [](const auto& each) { return each.param.file.substr(0, each.param.file.size() - 4); });

TEST(AlteredDocuments, AreAllInTheTable) {
    std::set<std::string> known{"by_two.xml"};
    const std::vector<test::AlteredDocument> cases = test::altered_documents(directory);
    for (const test::AlteredDocument& one : cases)
        known.insert({one.file, one.unaltered});
    EXPECT_GT(cases.size(), 80U);
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(!name.ends_with(".xml") || known.contains(name)) << name;
    }
    EXPECT_EQ(verify_xml(material::bytes("xml/by_two.xml"), {.purpose = Purpose::any, .signatures_max = 2},
                         {.authorities = authorities_of(""),
                          .policy = material::without_revocation,
                          .revocation = nullptr,
                          .at = test::now,
                          .now = test::now})
                  .verdict(),
              Verdict::valid);
}

}  // namespace
}  // namespace kelisim::trust
