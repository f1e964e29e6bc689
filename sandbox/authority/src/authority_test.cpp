// SPDX-License-Identifier: Apache-2.0
#include "authority/authority.hpp"

#include <gtest/gtest.h>

#include "trust/path.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::authority {
namespace {

const base::Time now = base::parse_time("2026-11-22T12:00:00Z").value();

class SandboxAuthorityTest : public testing::Test {
protected:
    trust::SigningKey issued(const SandboxAuthority& by, const std::string& bin) {
        const SandboxAuthority::Owner owner{.iin = base::Iin::parse("450810100013").value(),
                                            .name = "АЙДАРОВ АСАН",
                                            .bin = bin,
                                            .organisation = bin.empty() ? "" : "АҚ \"СЫНАҚ\""};
        return trust::SigningKey::from_pkcs12(by.issue(owner, "sandbox", now, entropy_),
                                              base::Secret<std::string>("sandbox"), entropy_)
            .value();
    }
    trust::CertificateReport check(const trust::SigningKey& key, const SandboxAuthority& by) {
        const trust::Authorities authorities = by.authorities();
        const trust::Policy policy{.revocation_required = false};
        return trust::check_certificate(
            key.certificate(), {}, trust::Purpose::sign_in,
            {.authorities = authorities, .policy = policy, .revocation = nullptr, .at = now, .now = now});
    }
    base::SeededEntropy entropy_{3};
};

TEST_F(SandboxAuthorityTest, APersonAndAHead) {
    const SandboxAuthority authority(7);
    const auto person = check(issued(authority, ""), authority);
    EXPECT_EQ(person.verdict(), trust::Verdict::valid);
    EXPECT_TRUE(person.has(trust::Role::natural_person));
    EXPECT_EQ(person.subject().owner().iin.reveal(), "450810100013");
    const auto head = check(issued(authority, "000140000072"), authority);
    EXPECT_EQ(head.verdict(), trust::Verdict::valid);
    EXPECT_TRUE(head.has(trust::Role::first_head));
    EXPECT_EQ(head.subject().owner().bin, "000140000072");
}

TEST_F(SandboxAuthorityTest, IsTheSameAfterARestartAndNobodyElses) {
    const trust::SigningKey key = issued(SandboxAuthority(7), "");
    EXPECT_EQ(check(key, SandboxAuthority(7)).verdict(), trust::Verdict::valid);
    // The names are the same: only the signature tells them apart.
    EXPECT_EQ(check(key, SandboxAuthority(8)).verdict(), trust::Verdict::invalid);
}

}  // namespace
}  // namespace kelisim::authority
