// SPDX-License-Identifier: Apache-2.0
// The certificates of testing.hpp are what they say to be, by our reading and by OpenSSL's, and each rule can be broken.
#include "trust/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing_run.hpp"
#include "trust/findings.hpp"
#include "trust/path.hpp"

namespace kelisim::trust {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

using test::Party;

class TestingTest : public ::testing::TestWithParam<KeyKind> {
protected:
    std::vector<std::string> codes(const Party& party, Purpose purpose = Purpose::signature) const {
        std::vector<std::string> found;
        const CertificateReport report = check_certificate(party.certificate, {}, purpose, with_);
        for (const Finding& one : report.findings.all())
            if (one.weight != Weight::note) found.emplace_back(one.reason->code);
        return found;
    }
    std::vector<std::string> codes_of(const test::Profile& profile) { return codes(pki_.issue(profile, entropy_)); }

    struct World {
        explicit World(KeyKind kind) : pki(kind, entropy) {}
        base::SeededEntropy entropy{11};
        test::Pki pki;
    };
    static World& world(KeyKind kind) {
        static World gost(KeyKind::gost2015_512), rsa(KeyKind::rsa), ec(KeyKind::ec);
        if (kind == KeyKind::rsa) return rsa;
        return kind == KeyKind::ec ? ec : gost;
    }
    base::Entropy& entropy_ = world(GetParam()).entropy;
    const test::Pki& pki_ = world(GetParam()).pki;
    const Authorities authorities_ = pki_.authorities();
    const Policy policy_{.revocation_required = false};
    const Verification with_{
        .authorities = authorities_, .policy = policy_, .revocation = nullptr, .at = test::now, .now = test::now};
};

INSTANTIATE_TEST_SUITE_P(Kinds, TestingTest, ::testing::Values(KeyKind::gost2015_512, KeyKind::rsa, KeyKind::ec));

TEST_P(TestingTest, EverybodyIsWhoTheyAre) {
    for (const Party* one : {&pki_.person, &pki_.head, &pki_.information_system})
        EXPECT_THAT(codes(*one), ElementsAre());
    EXPECT_THAT(codes(pki_.responder, Purpose::ocsp_responder), ElementsAre());
    EXPECT_THAT(codes(pki_.time_stamper, Purpose::time_stamp), ElementsAre());
    EXPECT_EQ(pki_.person.certificate.owner().kind, OwnerKind::person);
    EXPECT_EQ(pki_.head.certificate.owner().kind, OwnerKind::person_of_organisation);
    EXPECT_EQ(pki_.information_system.certificate.owner().kind, OwnerKind::organisation);
    EXPECT_EQ(pki_.head.certificate.owner().bin, "000140000072");
}

TEST_P(TestingTest, TheSameSeedGivesTheSame) {
    base::SeededEntropy again{11};
    const test::Pki twin(GetParam(), again);
    EXPECT_EQ(twin.person.key.pkcs8(), pki_.person.key.pkcs8());
    if (GetParam() == KeyKind::ec) return;
    EXPECT_EQ(twin.person.certificate, pki_.person.certificate);
}

TEST_P(TestingTest, EachRuleCanBeBroken) {
    test::Profile profile = test::person_profile();
    ASSERT_THAT(codes_of(profile), ElementsAre());
    profile.not_after = test::now - std::chrono::hours{1};
    EXPECT_THAT(codes_of(profile), ElementsAre("certificate_expired"));
    profile = test::person_profile();
    profile.key_usage = {KeyUse::key_encipherment};
    EXPECT_THAT(codes_of(profile), ElementsAre("certificate_wrong_key_usage"));
    profile = test::person_profile();
    profile.further_extensions = {test::extension("1.2.3.4", base::Bytes{5, 0}, test::Criticality::critical)};
    EXPECT_THAT(codes_of(profile), Contains("certificate_critical_unknown"));
    const Party below =
        test::issue(test::person_profile(), pki_.head, test::KeyPair::make(GetParam(), entropy_), entropy_);
    EXPECT_THAT(codes(below), Contains("chain_no_anchor"));
}

TEST_P(TestingTest, OpensslAgreesOnChains) {
    if (GetParam() == KeyKind::gost2015_512) return;  // OpenSSL knows no Kazakh key
    const test::Directory directory("testing");
    const auto write = [&](const char* name, const Party& party) {
        return directory.write(name, base::as_bytes(test::to_pem("CERTIFICATE", party.certificate.der())));
    };
    const std::string root = write("root.pem", pki_.root), authority = write("authority.pem", pki_.authority),
                      person = write("person.pem", pki_.person);
    const std::string at = std::to_string(base::to_seconds(test::now));
    EXPECT_EQ(test::run({"openssl", "verify", "-attime", at, "-CAfile", root, "-untrusted", authority, person}), 0);
    EXPECT_NE(test::run({"openssl", "verify", "-attime", at, "-CAfile", root, person}), 0);
}

TEST_P(TestingTest, OcspAndCrlsAreRead) {
    const Certificate &subject = pki_.person.certificate, &issuer = pki_.authority.certificate;
    const auto told = [&](const test::OcspAnswer& answer) {
        const StatusReport report = read_ocsp_response(test::ocsp_response(subject, issuer, pki_.responder, answer),
                                                       subject, issuer, {}, with_);
        EXPECT_EQ(report.findings.verdict(), Verdict::valid);
        return report.status.standing;
    };
    for (const Standing standing :
         {Standing::good, Standing::revoked, Standing::on_hold, Standing::not_issued, Standing::unknown})
        EXPECT_EQ(told({.standing = standing}), standing);
    const auto listed = [&](const test::CrlContents& contents) {
        return read_crls(test::crl(pki_.authority, contents), {}, subject, issuer, with_).status.standing;
    };
    EXPECT_EQ(listed({}), Standing::good);
    EXPECT_EQ(listed({.revoked = {{.certificate = subject}}}), Standing::revoked);
    EXPECT_EQ(listed({.revoked = {{.certificate = pki_.head.certificate}}}), Standing::good);
}

}  // namespace
}  // namespace kelisim::trust
