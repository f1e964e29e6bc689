// SPDX-License-Identifier: Apache-2.0
#include "trust/verified_certificates.hpp"

#include <gtest/gtest.h>

#include "material.hpp"
#include "trust/findings.hpp"
#include "trust/path.hpp"

namespace kelisim::trust {
namespace {

Certificate root() {
    return material::certificate("production/root_gost_2022.pem");
}
Certificate authority() {
    return material::certificate("production/nca_gost_2022.pem");
}
Certificate stranger() {
    return material::certificate("production/nca_rsa_2022.cer");
}

TEST(VerifiedCertificatesTest, LooksOnce) {
    VerifiedCertificates verified;
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(verified.is_signed_by(authority(), root()));
    EXPECT_EQ(verified.checked(), 1U);
}

TEST(VerifiedCertificatesTest, WhatIsWrongStaysWrongAndIsLookedAtAgain) {
    VerifiedCertificates verified;
    EXPECT_TRUE(verified.is_signed_by(authority(), root()));
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(verified.is_signed_by(stranger(), root()));
        EXPECT_FALSE(verified.is_signed_by(root(), authority()));
    }
    EXPECT_EQ(verified.checked(), 5U);
}

TEST(VerifiedCertificatesTest, ForgetsWhatNobodyAsksFor) {
    VerifiedCertificates verified(1);
    const Certificate self = root();
    EXPECT_TRUE(verified.is_signed_by(authority(), root()));
    EXPECT_TRUE(verified.is_signed_by(self, self));
    EXPECT_TRUE(verified.is_signed_by(authority(), root())) << "of before, and kept";
    EXPECT_EQ(verified.checked(), 2U);
    const Certificate other = material::certificate("production/root_rsa_2020.cer");
    EXPECT_TRUE(verified.is_signed_by(other, other));
    EXPECT_TRUE(verified.is_signed_by(self, self));
    EXPECT_EQ(verified.checked(), 4U) << "two are remembered, no more";
}

TEST(VerifiedCertificatesTest, ReadsOnceWhatIsSignedRight) {
    VerifiedCertificates verified;
    const base::Bytes der = authority().der();
    EXPECT_TRUE(verified.read(der));
    EXPECT_TRUE(verified.read(der));
    EXPECT_EQ(verified.parsed(), 2U) << "nothing is known of who signed it";
    EXPECT_TRUE(verified.is_signed_by(authority(), root()));
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(verified.read(der), authority());
    EXPECT_EQ(verified.parsed(), 2U);
}

TEST(VerifiedCertificatesTest, WhatIsNotTheSameBytesIsReadAnew) {
    VerifiedCertificates verified;
    EXPECT_TRUE(verified.is_signed_by(authority(), root()));
    EXPECT_FALSE(verified.is_signed_by(stranger(), root()));
    EXPECT_TRUE(verified.read(stranger().der()));
    base::Bytes longer = authority().der();
    longer.push_back(0);
    EXPECT_FALSE(verified.read(longer));
    base::Bytes changed = authority().der();
    changed.back() ^= 1;
    const auto read = verified.read(changed);
    ASSERT_TRUE(read);
    EXPECT_FALSE(verified.is_signed_by(*read, root())) << "a bit of the signature";
    EXPECT_FALSE(verified.read({}));
    EXPECT_EQ(verified.parsed(), 4U);
}

TEST(VerifiedCertificatesTest, ReadsAgainWhatIsForgotten) {
    VerifiedCertificates verified(1);
    const Certificate first = root(), second = material::certificate("production/root_rsa_2020.cer");
    for (const Certificate& each : {authority(), first, second})
        EXPECT_TRUE(verified.is_signed_by(each, each == authority() ? first : each));
    EXPECT_TRUE(verified.read(first.der()));
    EXPECT_EQ(verified.parsed(), 0U);
    EXPECT_TRUE(verified.read(authority().der()));
    EXPECT_EQ(verified.parsed(), 1U);
}

TEST(VerifiedCertificatesTest, AChainThatIsKnownIsStillJudgedByItsDates) {
    VerifiedCertificates verified;
    Verification with = material::at("2026-11-22T00:00:00Z", material::production());
    with.verified = &verified;
    EXPECT_NE(check_certificate(authority(), {}, Purpose::any, with).verdict(), Verdict::invalid);
    with.at = with.now = material::time("2060-01-01T00:00:00Z");
    const auto late = check_certificate(authority(), {}, Purpose::any, with);
    EXPECT_TRUE(late.findings.has(certificate_expired));
    EXPECT_EQ(verified.checked(), 1U);
}

}  // namespace
}  // namespace kelisim::trust
