// SPDX-License-Identifier: Apache-2.0
#include "identity/electronic_signature.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "trust/cms.hpp"
#include "trust/findings.hpp"
#include "trust/testing.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::identity {
namespace {

namespace test = trust::test;

class FixedClock final : public base::Clock {
public:
    base::Time now() const override { return at; }
    base::Time at = test::now;
};

// Answers for the whole PKI that everything is good, or nothing at all.
class Responder final : public trust::StatusSource {
public:
    explicit Responder(const test::Pki& pki) : pki_(pki) {}
    std::optional<base::Bytes> ask_ocsp(const std::string&, base::BytesView) override { return std::nullopt; }
    std::optional<base::Bytes> fetch_crl(const std::string&) override {
        return silent ? std::nullopt : std::optional(test::crl(pki_.authority, contents));
    }
    bool silent = false;
    test::CrlContents contents;

private:
    const test::Pki& pki_;
};

class ElectronicSignaturesTest : public testing::Test {
protected:
    base::SeededEntropy entropy_{17};
    test::Pki pki_{trust::KeyKind::gost2015_512, entropy_};
    Responder responder_{pki_};
    FixedClock clock_;
    const std::string challenge_ = make_challenge("https://kdp.test", "sign_in", test::now, entropy_);
    // The root says nothing of its authority here, so what nobody can tell is noted.
    trust::Policy policy_{.revocation_required = false};

    base::Result<SignedDocument> check(const boost::json::value& answer,
                                       trust::Purpose purpose = trust::Purpose::sign_in) {
        const trust::Verifier verifier(pki_.authorities(), policy_, responder_, clock_, entropy_);
        return ElectronicSignatures(verifier).check(answer, purpose);
    }
    trust::SigningKey key(const test::Party& party) { return test::signing_key(party, {}, entropy_); }
    std::string xml(const test::Party& party) {
        return std::string(base::as_text(*trust::sign_xml(base::as_bytes(challenge_), key(party))));
    }
    base::Bytes cms(const test::Party& party) {
        return trust::sign_cms(base::as_bytes(challenge_), key(party), test::now);
    }
    static bool refused(const base::Result<SignedDocument>& result, const base::Reason& reason) {
        return result.has_error() && result.error().has(reason);
    }
};

TEST_F(ElectronicSignaturesTest, TheChallengeIsItsOwnCanonicalForm) {
    const auto document = check(boost::json::value(xml(pki_.person)));
    ASSERT_TRUE(document) << document.error().first().code;
    EXPECT_EQ(base::as_text(document->content), challenge_);
    EXPECT_NE(make_challenge("https://kdp.test", "sign_in", test::now, entropy_), challenge_) << "never the same twice";
}

TEST_F(ElectronicSignaturesTest, EveryFormThatNcaLayerGivesBack) {
    const std::string base64 = base::to_base64(cms(pki_.person));
    std::string wrapped;
    for (std::size_t at = 0; at < base64.size(); at += 76)
        wrapped += base64.substr(at, 76) + "\r\n";
    const std::string pem = test::to_pem("CMS", cms(pki_.person));
    for (const boost::json::value& answer :
         {boost::json::value(xml(pki_.person)), boost::json::value(boost::json::array{xml(pki_.person)}),
          boost::json::value(base64), boost::json::value(wrapped), boost::json::value(pem),
          boost::json::value(boost::json::array{pem})}) {
        const auto document = check(answer);
        ASSERT_TRUE(document) << document.error().first().code;
        EXPECT_EQ(base::as_text(document->content), challenge_);
        EXPECT_EQ(document->signatory.iin.reveal(), "450810100013");
        EXPECT_EQ(document->signatory.bin, "");
    }
}

TEST_F(ElectronicSignaturesTest, RoleAndOrganisationComeFromTheCertificate) {
    const auto document = check(boost::json::value(xml(pki_.head)));
    ASSERT_TRUE(document);
    EXPECT_EQ(document->signatory.bin, "000140000072");
    EXPECT_NE(std::ranges::find(document->signatory.roles, trust::Role::first_head), document->signatory.roles.end());
    EXPECT_EQ(document->signatory.certificate, pki_.head.certificate.fingerprint());
}

TEST_F(ElectronicSignaturesTest, WhatIsNoSignature) {
    for (const boost::json::value& answer :
         {boost::json::value(), boost::json::value(7), boost::json::value(""), boost::json::value("nothing"),
          boost::json::value(boost::json::array{}), boost::json::value(boost::json::array{1}),
          boost::json::value(boost::json::array{xml(pki_.person), xml(pki_.person)})})
        EXPECT_TRUE(refused(check(answer), eds_unreadable));
    EXPECT_TRUE(check(boost::json::value("<challenge></challenge>")).has_error());
    EXPECT_TRUE(check(boost::json::value(base::to_base64(base::as_bytes("garbage")))).has_error());
}

TEST_F(ElectronicSignaturesTest, AChangedWord) {
    std::string changed = xml(pki_.person);
    changed.replace(changed.find("sign_in"), 7, "sign_on");
    EXPECT_TRUE(check(boost::json::value(changed)).has_error());
}

TEST_F(ElectronicSignaturesTest, SomebodyElsesAuthority) {
    const test::Pki foreign(trust::KeyKind::gost2015_512, entropy_);  // with the same names
    EXPECT_TRUE(refused(check(boost::json::value(xml(foreign.person))), trust::chain_no_anchor));
}

TEST_F(ElectronicSignaturesTest, ExpiredAndRevoked) {
    const std::string good = xml(pki_.person);
    clock_.at = pki_.person.certificate.not_after() + std::chrono::seconds{1};
    EXPECT_TRUE(refused(check(boost::json::value(good)), trust::certificate_expired));
    clock_.at = test::now;
    responder_.contents.revoked.push_back({.certificate = pki_.person.certificate});
    EXPECT_TRUE(refused(check(boost::json::value(good)), trust::certificate_revoked));
}

TEST_F(ElectronicSignaturesTest, ASilentResponderIsAnOutageAndNoFaultOfThePersons) {
    policy_.revocation_required = true;
    responder_.silent = true;
    EXPECT_THROW(check(boost::json::value(xml(pki_.person))), base::Outage);
    // What is wrong anyway is said all the same.
    clock_.at = pki_.person.certificate.not_after() + std::chrono::seconds{1};
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.person))), trust::certificate_expired));
}

TEST_F(ElectronicSignaturesTest, AHoldIsARefusal) {
    responder_.contents.revoked.push_back({.certificate = pki_.person.certificate, .reason = 6});
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.person))), trust::certificate_on_hold));
}

TEST_F(ElectronicSignaturesTest, ASystemIsNobodyWhoCouldSignIn) {
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.information_system))), eds_not_a_person));
    // Not even one that holds the IIN of whom it belongs to.
    test::Profile system = test::person_profile();
    system.extended_key_usages = {"1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1.1"};
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.issue(system, entropy_)))), eds_not_a_person));
    system.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.issue(system, entropy_)))), eds_not_a_person))
        << "no role at all";
}

TEST_F(ElectronicSignaturesTest, APersonWithoutAnIin) {
    test::Profile nameless = test::person_profile();
    nameless.subject.iin.clear();
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.issue(nameless, entropy_)))), eds_no_iin));
}

TEST_F(ElectronicSignaturesTest, TwoSigners) {
    const auto both = trust::add_signer(cms(pki_.person), {}, key(pki_.head), test::now);
    ASSERT_TRUE(both);
    EXPECT_TRUE(refused(check(boost::json::value(base::to_base64(*both))), eds_one_signer));
}

TEST_F(ElectronicSignaturesTest, AResponderIsNoPerson) {
    EXPECT_TRUE(refused(check(boost::json::value(xml(pki_.responder))), trust::certificate_wrong_purpose));
}

}  // namespace
}  // namespace kelisim::identity
