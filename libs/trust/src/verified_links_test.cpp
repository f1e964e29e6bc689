// SPDX-License-Identifier: Apache-2.0
#include "trust/verified_links.hpp"

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

TEST(VerifiedLinksTest, LooksOnce) {
    VerifiedLinks links;
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(links.is_signed_by(authority(), root()));
    EXPECT_EQ(links.checked(), 1U);
}

TEST(VerifiedLinksTest, WhatIsWrongStaysWrongAndIsLookedAtAgain) {
    VerifiedLinks links;
    EXPECT_TRUE(links.is_signed_by(authority(), root()));
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(links.is_signed_by(stranger(), root()));
        EXPECT_FALSE(links.is_signed_by(root(), authority()));
    }
    EXPECT_EQ(links.checked(), 5U);
}

TEST(VerifiedLinksTest, ForgetsWhatNobodyAsksFor) {
    VerifiedLinks links(1);
    const Certificate self = root();
    EXPECT_TRUE(links.is_signed_by(authority(), root()));
    EXPECT_TRUE(links.is_signed_by(self, self));
    EXPECT_TRUE(links.is_signed_by(authority(), root())) << "of before, and kept";
    EXPECT_EQ(links.checked(), 2U);
    const Certificate other = material::certificate("production/root_rsa_2020.cer");
    EXPECT_TRUE(links.is_signed_by(other, other));
    EXPECT_TRUE(links.is_signed_by(self, self));
    EXPECT_EQ(links.checked(), 4U) << "two are remembered, no more";
}

TEST(VerifiedLinksTest, AChainThatIsKnownIsStillJudgedByItsDates) {
    VerifiedLinks links;
    Verification with = material::at("2026-11-22T00:00:00Z", material::production());
    with.links = &links;
    EXPECT_NE(check_certificate(authority(), {}, Purpose::any, with).verdict(), Verdict::invalid);
    with.at = with.now = material::time("2060-01-01T00:00:00Z");
    const auto late = check_certificate(authority(), {}, Purpose::any, with);
    EXPECT_TRUE(late.findings.has(certificate_expired));
    EXPECT_EQ(links.checked(), 1U);
}

}  // namespace
}  // namespace kelisim::trust
