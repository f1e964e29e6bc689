// SPDX-License-Identifier: Apache-2.0
#include "notary/time_stamps.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fixture.hpp"
#include "store/alarm.hpp"
#include "trust/testing_cms.hpp"
#include "trust/time_stamp.hpp"

namespace kelisim::notary {
namespace {

using namespace fixture;
namespace test = trust::test;
using base::Bytes;

// An authority of RFC 3161 in memory, which can be told to misbehave. Keys of every kind of the country.
class FakeAuthority {
public:
    explicit FakeAuthority(trust::KeyKind kind) : pki(kind, entropy) {}

    http::Outcome operator()(const http::Outgoing& request) {
        ++requests;
        asked.ring();
        if (silent) return http::Failure{http::Lost::no_answer, "no answer in time"};
        EXPECT_EQ(request.method + " " + request.target, "POST /tsp");
        EXPECT_EQ(request.headers.front().value, "application/timestamp-query");
        if (status != 200) return http::Answer{.status = status, .headers = {}, .body = {}};
        // Where they stand in what make_time_stamp_request() writes: the imprint behind the name of SHA-256, the nonce at the end.
        const base::BytesView der = base::as_bytes(request.body);
        const Bytes nonce(der.end() - 3 - 16, der.end() - 3);
        const Bytes octets{0x04, 0x20};
        const auto imprint = std::search(der.begin(), der.end(), octets.begin(), octets.end()) + 2;
        test::TimeStamp stamp{.imprint = Bytes(imprint, imprint + 32), .policy = policy, .nonce = nonce};
        if (other_imprint) stamp.imprint[0] ^= 1U;
        if (other_nonce) stamp.nonce[3] ^= 1U;
        stamp.at = at;
        const Bytes token = test::time_stamp_token(stamp, stranger ? strangers.time_stamper : pki.time_stamper);
        return http::Answer{.status = 200,
                            .headers = {},
                            .body = std::string(base::as_text(test::time_stamp_response(granted, token)))};
    }

    base::SeededEntropy entropy{17};
    test::Pki pki;
    test::Pki strangers{trust::KeyKind::ec, entropy};
    trust::Authorities authorities = pki.authorities();
    base::Time at = test::now;
    std::string policy = std::string(trust::time_stamp_policy_gost2015);
    int status = 200, granted = 0, requests = 0;
    bool silent = false, other_imprint = false, other_nonce = false, stranger = false;
    store::Alarm asked;
};

// 1277 п.9, MON-9a
class TimeStampsTest : public ::testing::TestWithParam<trust::KeyKind> {
protected:
    TimeStampParts parts() {
        return {.records = at.records,
                .writer = at.store.writer(),
                .readers = at.store.readers(),
                .clock = clock,
                .entropy = at.entropy,
                .log = at.log,
                .board = at.board,
                .exchange = [this](http::Outgoing request) { return authority(request); },
                .authorities = authority.authorities};
    }
    static TimeStampAddress address() {
        return parse_time_stamp_address("http://127.0.0.1:1/tsp", trust::time_stamp_policy_gost2015).value();
    }
    void grow(std::size_t entries) {
        at.append(entries);
        sequencing->advance();
    }
    bool stamp() { return stamping.stamp(*at.board.newest()); }
    TimeStampsMissing missing() {
        TimeStampsMissing found;
        at.store.readers().read([&](ReadSession& session) { found = missing_time_stamps(session, at.records); });
        return found;
    }
    std::optional<records::TimeStamp> about(std::uint64_t leaf) {
        std::optional<records::TimeStamp> found;
        at.store.readers().read([&](ReadSession& session) { found = at.records.time_stamps.about(session, leaf); });
        return found;
    }

    class Fixed final : public base::Clock {
    public:
        base::Time now() const override { return test::now; }
    };

    Fixed clock;
    Installation at;
    std::unique_ptr<Sequencing> sequencing = at.signed_with(300);
    FakeAuthority authority{GetParam()};
    TimeStamping stamping{parts(), address()};
};

INSTANTIATE_TEST_SUITE_P(Kinds, TimeStampsTest,
                         ::testing::Values(trust::KeyKind::gost2015_512, trust::KeyKind::rsa, trust::KeyKind::ec));

TEST_P(TimeStampsTest, OneIsAboutEverythingBeforeIt) {
    EXPECT_EQ(missing().entries, 300U);
    EXPECT_TRUE(missing().oldest);
    ASSERT_TRUE(stamp());
    EXPECT_EQ(missing().entries, 0U);
    EXPECT_FALSE(missing().oldest);
    for (const std::uint64_t leaf : {0U, 299U}) {
        ASSERT_TRUE(about(leaf));
        EXPECT_EQ(about(leaf)->size, 300U);
    }
    EXPECT_FALSE(about(300));
    const auto kept = *about(0);
    EXPECT_EQ(kept.at, authority.at);
    EXPECT_EQ(kept.note, ledger::parse_note(at.board.newest()->note)->text);
    const trust::Policy policy{.revocation_required = false};
    EXPECT_EQ(trust::verify_time_stamp(kept.token, {base::as_bytes(kept.note)},
                                       {.authorities = authority.authorities,
                                        .policy = policy,
                                        .revocation = nullptr,
                                        .at = test::now,
                                        .now = test::now})
                  .verdict(),
              trust::Verdict::valid);
    // The first that is about an entry, also when there are newer ones.
    grow(5);
    ASSERT_TRUE(stamp());
    EXPECT_EQ(about(0)->size, 300U);
    EXPECT_EQ(about(304)->size, 305U);
    EXPECT_EQ(stamping.counts().stamps, 2U);
}

TEST_P(TimeStampsTest, WhatIsStampedIsNotAskedForAgain) {
    ASSERT_TRUE(stamp());
    ASSERT_TRUE(stamp());
    TimeStamping after_a_restart(parts(), address());
    ASSERT_TRUE(after_a_restart.stamp(*at.board.newest()));
    EXPECT_EQ(authority.requests, 1);
}

TEST_P(TimeStampsTest, AfterAnOutageOneStampMakesUpForAll) {
    authority.silent = true;
    for (int round = 0; round < 3; ++round) {
        EXPECT_FALSE(stamp());
        grow(10);
    }
    EXPECT_EQ(stamping.counts().failures, 3U);
    EXPECT_EQ(at.log.count("TIME_STAMP_FAILED"), 1U) << "one line an outage";
    EXPECT_EQ(missing().entries, 330U);
    authority.silent = false;
    ASSERT_TRUE(stamp());
    EXPECT_EQ(missing().entries, 0U);
    EXPECT_EQ(about(0)->size, 330U);
    EXPECT_EQ(at.log.count("TIME_STAMP_RETURNED"), 1U);
}

TEST_P(TimeStampsTest, WhatProvesNothingIsNotKept) {
    const std::vector<std::pair<const char*, std::function<void()>>> cases{
        {"another imprint", [&] { authority.other_imprint = true; }},
        {"another nonce", [&] { authority.other_nonce = true; }},
        {"another authority", [&] { authority.stranger = true; }},
        {"another policy", [&] { authority.policy = trust::time_stamp_policy_rsa; }},
        {"from tomorrow", [&] { authority.at = test::now + 24h; }},
        {"refused", [&] { authority.granted = 2; }},
        {"an error", [&] { authority.status = 503; }},
    };
    for (const auto& [name, bend] : cases) {
        authority.other_imprint = authority.other_nonce = authority.stranger = false;
        authority.policy = trust::time_stamp_policy_gost2015;
        authority.at = test::now;
        authority.granted = 0;
        authority.status = 200;
        bend();
        EXPECT_FALSE(stamp()) << name;
        EXPECT_FALSE(about(0)) << name;
    }
    EXPECT_EQ(stamping.counts().failures, cases.size());
    EXPECT_EQ(stamping.counts().stamps, 0U);
}

TEST_P(TimeStampsTest, TheThreadStampsWhatComesAndEnds) {
    {
        const TimeStamper stamper(parts(), address(), std::chrono::milliseconds{1});
        authority.asked.sleep(clock, std::nullopt);
        // Its end waits for the request under way.
    }
    EXPECT_TRUE(about(299));
}

TEST(TimeStampAddressTest, IsAUrlAndAnIdentifier) {
    EXPECT_TRUE(parse_time_stamp_address("https://tsp.example/", ""));
    EXPECT_TRUE(parse_time_stamp_address("http://tsp.example:80", "1.2.398.3.3.2.6.4"));
    for (const auto* url : {"", "tsp.example", "ftp://tsp.example/"})
        EXPECT_FALSE(parse_time_stamp_address(url, "")) << url;
    for (const auto* policy : {"x", "1", "1.", "1..2", ".1.2", "3.1", "1.2.a", "1 2"})
        EXPECT_FALSE(parse_time_stamp_address("http://tsp.example/", policy)) << policy;
}

}  // namespace
}  // namespace kelisim::notary
