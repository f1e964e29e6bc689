// SPDX-License-Identifier: Apache-2.0
#include "identity/system_certificates.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "trust/findings.hpp"
#include "trust/testing.hpp"

namespace kelisim::identity {
namespace {

namespace test = trust::test;
namespace limits = base::limits;
using Says = CertificateStanding::Says;

class MovableClock final : public base::Clock {
public:
    base::Time now() const override { return at; }
    base::Time at = test::now;
};

// Gives out a list, or nothing; counts who asks.
class Lists final : public trust::StatusSource {
public:
    explicit Lists(const test::Pki& pki) : pki_(pki) {}
    std::optional<base::Bytes> ask_ocsp(const std::string&, base::BytesView) override { return std::nullopt; }
    std::optional<base::Bytes> fetch_crl(const std::string&) override {
        ++asked;
        return silent ? std::nullopt : std::optional(test::crl(pki_.authority, contents));
    }
    bool silent = false;
    int asked = 0;
    test::CrlContents contents;

private:
    const test::Pki& pki_;
};

class SystemCertificatesTest : public testing::Test {
protected:
    base::SeededEntropy entropy_{23};
    test::Pki pki_{trust::KeyKind::ec, entropy_};
    Lists lists_{pki_};
    MovableClock clock_;
    trust::Policy policy_;
    std::vector<std::string_view> heard_;

    std::unique_ptr<SystemCertificates> make() {
        const auto heard = [this](Says, const trust::Findings& findings) {
            for (const trust::Finding& one : findings.all())
                heard_.push_back(one.reason->code);
        };
        return std::make_unique<SystemCertificates>(policy_, lists_, clock_, entropy_, heard);
    }
    http::PeerCertificate shown(const trust::Certificate& certificate, const trust::Certificate* issuer) const {
        http::PeerCertificate peer;
        peer.der = base::as_text(certificate.der());
        peer.sha256 = certificate.fingerprint();
        if (issuer != nullptr) peer.issuer = base::as_text(issuer->der());
        return peer;
    }
    http::PeerCertificate system() const {
        return shown(pki_.information_system.certificate, &pki_.authority.certificate);
    }
};

// INT-60
TEST_F(SystemCertificatesTest, GoodIsAskedOnceAMinute) {
    const auto certificates = make();
    EXPECT_FALSE(certificates->known(system()));
    EXPECT_EQ(certificates->look_up(system()).says, Says::good);
    ASSERT_TRUE(certificates->known(system()));
    EXPECT_EQ(certificates->known(system())->says, Says::good);
    EXPECT_EQ(lists_.asked, 1);
    clock_.at += limits::certificate_standing_life;
    EXPECT_FALSE(certificates->known(system()));
    EXPECT_TRUE(heard_.empty());
}

TEST_F(SystemCertificatesTest, RevokedAndOnHold) {
    for (const auto& [reason, code] : {std::pair{1, "certificate_revoked"}, {6, "certificate_on_hold"}}) {
        lists_.contents.revoked = {{.certificate = pki_.information_system.certificate, .reason = reason}};
        for (const bool required : {true, false}) {
            policy_.revocation_required = required;
            const CertificateStanding standing = make()->look_up(system());
            EXPECT_EQ(standing.says, Says::refused) << code;
            ASSERT_TRUE(standing.why);
            EXPECT_EQ(standing.why->first().code, code);
            EXPECT_EQ(heard_.back(), code);
        }
    }
}

TEST_F(SystemCertificatesTest, WhatIsTakenBackIsLearnedWhenTheListIsLookedForAnew) {
    const auto certificates = make();
    EXPECT_EQ(certificates->look_up(system()).says, Says::good);
    lists_.contents.revoked = {{.certificate = pki_.information_system.certificate}};
    clock_.at += limits::certificate_standing_life;
    EXPECT_EQ(certificates->look_up(system()).says, Says::good) << "the list is kept for its time";
    clock_.at += limits::revocation_list_fresh;
    EXPECT_EQ(certificates->look_up(system()).says, Says::refused);
}

TEST_F(SystemCertificatesTest, SilenceIsAskedAgainSoon) {
    lists_.silent = true;
    const auto certificates = make();
    EXPECT_EQ(certificates->look_up(system()).says, Says::unknown);
    EXPECT_EQ(certificates->known(system())->says, Says::unknown);
    EXPECT_EQ(heard_, std::vector<std::string_view>{"revocation_unknown"});
    EXPECT_EQ(certificates->look_up(system()).says, Says::unknown);
    EXPECT_EQ(lists_.asked, 1) << "whoever comes second finds it";
    clock_.at += limits::certificate_unknown_life;
    lists_.silent = false;
    EXPECT_EQ(certificates->look_up(system()).says, Says::good);
}

TEST_F(SystemCertificatesTest, WhereItIsMerelyNotedSilencePasses) {
    lists_.silent = true;
    policy_.revocation_required = false;
    EXPECT_EQ(make()->look_up(system()).says, Says::good);
    EXPECT_EQ(heard_, std::vector<std::string_view>{"revocation_unknown"});
}

TEST_F(SystemCertificatesTest, AnAnchorItselfHasNobodyToAsk) {
    EXPECT_EQ(make()->look_up(shown(pki_.information_system.certificate, nullptr)).says, Says::good);
    EXPECT_EQ(lists_.asked, 0);
}

TEST_F(SystemCertificatesTest, WhatDoesNotReadIsNotGood) {
    http::PeerCertificate odd = system();
    odd.der = "garbage";
    EXPECT_EQ(make()->look_up(odd).says, Says::unknown);
    odd = system();
    odd.issuer = "garbage";
    EXPECT_EQ(make()->look_up(odd).says, Says::unknown);
    odd = system();
    odd.issuer = odd.der;  // no authority
    EXPECT_EQ(make()->look_up(odd).says, Says::unknown);
}

TEST_F(SystemCertificatesTest, NoMoreAreKeptThanAllowed) {
    lists_.silent = true;
    const auto certificates = make();
    http::PeerCertificate one = shown(pki_.information_system.certificate, nullptr);
    for (std::size_t i = 0; i < limits::certificate_standings_max; ++i) {
        one.sha256[0] = static_cast<std::uint8_t>(i);
        one.sha256[1] = static_cast<std::uint8_t>(i >> 8U);
        certificates->look_up(one);
    }
    EXPECT_TRUE(certificates->known(one));
    one.sha256[2] ^= 1U;
    EXPECT_EQ(certificates->look_up(one).says, Says::good) << "it is answered all the same";
    EXPECT_FALSE(certificates->known(one));
    clock_.at += limits::certificate_standing_life;
    certificates->look_up(one);
    EXPECT_TRUE(certificates->known(one)) << "what is past makes room";
}

}  // namespace
}  // namespace kelisim::identity
