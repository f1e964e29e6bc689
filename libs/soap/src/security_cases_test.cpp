// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "soap/security.hpp"
#include "trust/testing_documents.hpp"

namespace kelisim::soap {
namespace {

const std::string directory = "src/vectors";

const trust::Authorities& authorities() {
    static const trust::Authorities made = [] {
        const auto member = [](const std::string& file, bool anchor) {
            const std::string der = trust::test::read_text(directory + "/" + file);
            return trust::Authority{.name = file,
                                    .certificate = trust::Certificate::from_any(base::as_bytes(der)).value(),
                                    .anchor = anchor,
                                    .contour = trust::Contour::test,
                                    .role_arcs = {"1.2.398.3.3.4"}};
        };
        return trust::Authorities::make(trust::Contour::test,
                                        {member("gost_root.cer", true), member("gost_authority.cer", false)})
            .value();
    }();
    return made;
}

// What a receiver does: read the envelope, then ask whether its body is signed.
trust::DocumentReport receive(const std::string& file) {
    static const trust::Policy policy{.revocation_required = false};
    const std::string text = trust::test::read_text(directory + "/" + file);
    const auto envelope = Envelope::parse(base::as_bytes(text));
    if (!envelope) {
        trust::DocumentReport report;
        const base::Refusal refusal = envelope.error();
        for (const base::Reason* const reason : refusal.reasons())
            report.findings.fail(*reason);
        return report;
    }
    return verify(*envelope, {},
                  {.authorities = authorities(),
                   .policy = policy,
                   .revocation = nullptr,
                   .at = trust::test::now,
                   .now = trust::test::now});
}

class Altered : public testing::TestWithParam<trust::test::AlteredDocument> {};

TEST_P(Altered, IsRefusedWithItsOwnFinding) {
    const trust::test::AlteredDocument& one = GetParam();
    const trust::DocumentReport before = receive(one.unaltered);
    ASSERT_EQ(before.verdict(), trust::Verdict::valid) << trust::test::in_words(before);
    ASSERT_NE(base::as_text(before.content).find(">text<"), std::string_view::npos);

    const trust::DocumentReport report = receive(one.file);
    EXPECT_EQ(report.verdict(), trust::Verdict::invalid);
    EXPECT_TRUE(std::ranges::includes(trust::test::codes_against(report), one.findings))
        << trust::test::in_words(report);
    EXPECT_EQ(report.content.empty(), !one.findings.contains("chain_no_anchor"));
}

INSTANTIATE_TEST_SUITE_P(Messages, Altered, testing::ValuesIn(trust::test::altered_documents(directory)),
                         [](const auto& each) { return each.param.file.substr(0, each.param.file.size() - 4); });

TEST(AlteredMessages, AreAllInTheTable) {
    std::set<std::string> known{"signed_by_person.xml"};
    const std::vector<trust::test::AlteredDocument> cases = trust::test::altered_documents(directory);
    for (const trust::test::AlteredDocument& one : cases)
        known.insert({one.file, one.unaltered});
    EXPECT_GT(cases.size(), 30U);
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(!name.ends_with(".xml") || known.contains(name)) << name;
    }
}

}  // namespace
}  // namespace kelisim::soap
