// SPDX-License-Identifier: Apache-2.0
#include "consent/consent.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using namespace std::chrono_literals;

TEST(Consent, HoldsTheTermsThatThePersonRead) {
    const Consent consent = fixture::consent();
    EXPECT_EQ(consent.terms, fixture::terms());
    EXPECT_EQ(consent.expires, fixture::now + 10 * 24h);
    EXPECT_EQ(consent.version, 1);
}

// KDP-5.3: no consent outlives the period of its connection.
TEST(Consent, EndsWithItsConnection) {
    const auto ends = fixture::now + 48h;
    EXPECT_EQ(begin(fixture::request(), ConsentId{}, Means::sms_reply, fixture::now, ends).expires, ends);
}

}  // namespace
}  // namespace kelisim::consent
