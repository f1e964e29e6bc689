// SPDX-License-Identifier: Apache-2.0
#include "consent/consent.hpp"

#include <gtest/gtest.h>

#include <boost/mp11.hpp>

#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using enum ConsentState;
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

TEST(Consent, MovesAsItsTableSays) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<ConsentState>>([](auto from) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<ConsentState>>([&](auto to) {
            Consent consent = fixture::consent(from.value);
            const bool lives = from.value == active || from.value == paused;
            const bool allowed = lives && from.value != to.value;
            EXPECT_EQ(move(consent, to.value).has_value(), allowed) << from.name << " -> " << to.name;
            EXPECT_EQ(consent.state, allowed ? to.value : from.value);
        });
    });
}

}  // namespace
}  // namespace kelisim::consent
