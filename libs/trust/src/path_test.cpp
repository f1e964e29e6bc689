// SPDX-License-Identifier: Apache-2.0
#include "trust/path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "material.hpp"
#include "trust/findings.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<std::string> codes(const CertificateReport& report) {
    std::vector<std::string> found;
    for (const Finding& one : report.findings.all())
        if (one.weight != Weight::note) found.emplace_back(one.reason->code);
    return found;
}

CertificateReport check(const char* file, Purpose purpose, const Verification& with) {
    return check_certificate(material::certificate(file), {}, purpose, with);
}

TEST(PathTest, PersonOfTheTestContour) {
    const auto report = check("test/gost2015_individual.cer", Purpose::signature,
                              material::at("2022-09-02T12:00:00Z", material::test_contour()));
    EXPECT_THAT(codes(report), ElementsAre());
    EXPECT_EQ(report.verdict(), Verdict::valid);
    EXPECT_THAT(report.chain, SizeIs(2));
    EXPECT_THAT(report.roles, ElementsAre(Role::natural_person));
    EXPECT_TRUE(report.findings.has(revocation_not_asked)) << "a report never hides what was not looked at";
}

TEST(PathTest, HeadOfAnOrganisation) {
    const auto report = check("test/gost2015_ceo.cer", Purpose::sign_in,
                              material::at("2024-01-01T00:00:00Z", material::test_contour()));
    EXPECT_EQ(report.verdict(), Verdict::valid);
    EXPECT_THAT(report.roles, UnorderedElementsAre(Role::legal_entity, Role::first_head));
}

TEST(PathTest, ProductionChainsOfToday) {
    const auto with = material::at("2026-11-22T00:00:00Z", material::production());
    for (const char* file : {"production/nca_gost_2022.pem", "production/nca_rsa_2022.cer"}) {
        const auto report = check(file, Purpose::any, with);
        EXPECT_THAT(codes(report), ElementsAre()) << file;
        EXPECT_THAT(report.chain, SizeIs(2)) << file;
    }
}

TEST(PathTest, OldProductionChainsAtTheirTime) {
    const auto with = material::at("2024-01-01T00:00:00Z", material::production(), material::legacy);
    for (const char* file :
         {"production/nca_gost.pem", "production/nca_rsa.pem", "production/btsd_gost.cer", "production/ucgo_gost.cer"})
        EXPECT_THAT(codes(check(file, Purpose::any, with)), ElementsAre()) << file;
}

TEST(PathTest, RevocationThatNobodyAskedForLeavesItOpen) {
    const Policy strict;
    const auto report = check("test/gost2015_individual.cer", Purpose::signature,
                              material::at("2022-09-02T12:00:00Z", material::test_contour(), strict));
    EXPECT_EQ(report.verdict(), Verdict::indeterminate);
    EXPECT_THAT(codes(report), ElementsAre("revocation_not_asked"));
}

TEST(PathTest, BeforeAndAfterItsTime) {
    EXPECT_THAT(codes(check("test/gost2015_individual.cer", Purpose::signature,
                            material::at("2022-07-28T12:34:47Z", material::test_contour()))),
                ElementsAre("certificate_not_yet_valid"));
    EXPECT_THAT(codes(check("test/gost2015_individual.cer", Purpose::signature,
                            material::at("2023-07-28T12:34:49Z", material::test_contour()))),
                ElementsAre("certificate_expired"));
}

TEST(PathTest, TheTestContourIsWorthNothingInProduction) {
    const auto report = check("test/gost2015_individual.cer", Purpose::signature,
                              material::at("2022-09-02T12:00:00Z", material::production()));
    EXPECT_EQ(report.verdict(), Verdict::invalid);
    EXPECT_THAT(codes(report), ElementsAre("chain_no_anchor"));
    EXPECT_TRUE(report.roles.empty());
}

TEST(PathTest, AnAuthorityThatCameAlongIsNoAnchor) {
    const auto report =
        check_certificate(material::certificate("generated/leaf.der"), {material::certificate("generated/ca.der")},
                          Purpose::signature, material::at("2026-12-01T00:00:00Z", material::test_contour()));
    EXPECT_THAT(codes(report), ElementsAre("chain_no_anchor"));
    EXPECT_THAT(report.chain, SizeIs(2));
}

TEST(PathTest, LegacyAlgorithmsOnlyWhereThePolicyLetsThem) {
    const auto refused = check("test/ceo_valid_sign_2004_gost.cer", Purpose::signature,
                               material::at("2022-06-01T00:00:00Z", material::test_contour()));
    EXPECT_TRUE(refused.findings.has(certificate_algorithm_legacy));
    EXPECT_EQ(refused.verdict(), Verdict::invalid);
    const auto allowed = check("test/ceo_valid_sign_2004_gost.cer", Purpose::signature,
                               material::at("2022-06-01T00:00:00Z", material::test_contour(), material::legacy));
    EXPECT_THAT(codes(allowed), ElementsAre());
    EXPECT_TRUE(allowed.findings.has(certificate_algorithm_legacy)) << "the report says it all the same";
}

TEST(PathTest, ARsaKeyForSignInDoesNotSign) {
    const auto with = material::at("2022-06-01T00:00:00Z", material::test_contour());
    EXPECT_THAT(codes(check("test/individual_valid_sign_2004_rsa.cer", Purpose::signature, with)), ElementsAre());
    EXPECT_THAT(codes(check("test/individual_valid_sign_2004_rsa_auth.cer", Purpose::sign_in, with)), ElementsAre());
    EXPECT_THAT(codes(check("test/individual_valid_sign_2004_rsa_auth.cer", Purpose::signature, with)),
                UnorderedElementsAre("certificate_wrong_key_usage", "certificate_wrong_purpose"));
}

TEST(PathTest, APersonIsNoResponderAndNoTimeStampAuthority) {
    const auto with = material::at("2022-09-02T12:00:00Z", material::test_contour());
    EXPECT_THAT(codes(check("test/gost2015_individual.cer", Purpose::ocsp_responder, with)),
                ElementsAre("certificate_wrong_purpose"));
    EXPECT_THAT(codes(check("test/gost2015_individual.cer", Purpose::time_stamp, with)),
                ElementsAre("certificate_wrong_purpose"));
}

TEST(PathTest, ARoleCountsOnlyUnderTheOwnerOfItsArc) {
    const Authorities without_arcs =
        material::authorities(Contour::test, {{.file = "test/nca_gost2015_test.cer", .anchor = true}});
    const auto report =
        check("test/gost2015_ceo.cer", Purpose::signature, material::at("2024-01-01T00:00:00Z", without_arcs));
    EXPECT_TRUE(report.findings.has(certificate_role_foreign));
    EXPECT_FALSE(report.has(Role::first_head));
    EXPECT_EQ(report.verdict(), Verdict::invalid);
}

// Every rule of a chain, broken once, with an authority of the test's own; for each kind of key.
class BrokenChainTest : public testing::TestWithParam<KeyKind> {
protected:
    base::SeededEntropy entropy_{31};
    const test::Pki pki_{GetParam(), entropy_};
    const Policy policy_ = material::without_revocation;
    std::vector<Certificate> others_;

    CertificateReport check(const Certificate& leaf, Purpose purpose = Purpose::signature) {
        const Authorities authorities = pki_.authorities();
        return check_certificate(
            leaf, others_, purpose,
            {.authorities = authorities, .policy = policy_, .revocation = nullptr, .at = test::now, .now = test::now});
    }
    test::Party made(const test::Profile& profile, const test::Party& issuer) {
        return test::issue(profile, issuer, test::KeyPair::make(GetParam(), entropy_), entropy_);
    }
    // A leaf under an intermediate of that profile, which comes along with the signature.
    std::vector<std::string> under(const test::Profile& intermediate) {
        const test::Party between = made(intermediate, pki_.authority);
        others_ = {between.certificate};
        test::Profile leaf = test::person_profile();
        leaf.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
        return codes(check(made(leaf, between).certificate));
    }
};

TEST_P(BrokenChainTest, UnbrokenPasses) {
    EXPECT_THAT(codes(check(pki_.person.certificate)), ElementsAre());
    EXPECT_THAT(under(test::authority_profile("between")), ElementsAre());
}

TEST_P(BrokenChainTest, APersonIsNoAuthority) {
    EXPECT_THAT(under(test::person_profile()), ElementsAre("chain_not_authority"));
}

TEST_P(BrokenChainTest, AnAuthorityWithoutTheRightToSignCertificates) {
    test::Profile between = test::authority_profile("between");
    between.key_usage = {KeyUse::crl_sign};
    EXPECT_THAT(under(between), ElementsAre("chain_not_authority"));
    between = test::authority_profile("between");
    between.basic_constraints.reset();
    EXPECT_THAT(under(between), ElementsAre("chain_not_authority"));
}

TEST_P(BrokenChainTest, MoreAuthoritiesThanThePathLengthAllows) {
    test::Profile first = test::authority_profile("first"), second = test::authority_profile("second");
    first.basic_constraints->path_length = 0;
    const test::Party upper = made(first, pki_.authority), lower = made(second, upper);
    others_ = {upper.certificate, lower.certificate};
    test::Profile leaf = test::person_profile();
    leaf.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
    EXPECT_THAT(codes(check(made(leaf, lower).certificate)), ElementsAre("chain_path_too_long"));
    EXPECT_THAT(codes(check(made(leaf, upper).certificate)), ElementsAre()) << "none below it is allowed";
}

TEST_P(BrokenChainTest, AnAuthorityThatHasExpired) {
    test::Profile between = test::authority_profile("between");
    between.not_after = test::now - std::chrono::hours{1};
    EXPECT_THAT(under(between), ElementsAre("certificate_expired"));
}

TEST_P(BrokenChainTest, ACriticalConditionThatNobodyHereKnows) {
    test::Profile profile = test::person_profile();
    profile.further_extensions = {test::extension("1.2.398.9.9.9", base::Bytes{5, 0}, test::Criticality::critical)};
    const auto report = check(made(profile, pki_.authority).certificate);
    EXPECT_THAT(codes(report), ElementsAre("certificate_critical_unknown"));
    profile.further_extensions = {test::extension("1.2.398.9.9.9", base::Bytes{5, 0})};
    EXPECT_THAT(codes(check(made(profile, pki_.authority).certificate)), ElementsAre()) << "not critical";
}

TEST_P(BrokenChainTest, TheSameNamesUnderAnotherKey) {
    const test::Pki foreign(GetParam(), entropy_);
    test::Profile bare = test::person_profile();
    bare.key_ids = false;  // so that the names alone lead up
    const Certificate leaf =
        test::issue(bare, foreign.authority, test::KeyPair::make(GetParam(), entropy_), entropy_).certificate;
    EXPECT_THAT(codes(check(leaf)), UnorderedElementsAre("chain_no_anchor", "chain_signature_wrong"));
}

TEST_P(BrokenChainTest, AsLongAsAllowedAndOneLonger) {
    // Root, authority and leaf are three of the chain.
    test::Party issuer = pki_.authority;
    test::Profile leaf = test::person_profile();
    leaf.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
    for (std::size_t i = 3; i < base::limits::certificate_chain_max; ++i) {
        issuer = made(test::authority_profile("number " + std::to_string(i)), issuer);
        others_.push_back(issuer.certificate);
    }
    EXPECT_THAT(codes(check(made(leaf, issuer).certificate)), ElementsAre());
    issuer = made(test::authority_profile("one more"), issuer);
    others_.push_back(issuer.certificate);
    EXPECT_THAT(codes(check(made(leaf, issuer).certificate)), ElementsAre("chain_no_anchor"));
}

INSTANTIATE_TEST_SUITE_P(Keys, BrokenChainTest, testing::Values(KeyKind::gost2015_512, KeyKind::ec),
                         [](const auto& one) { return one.param == KeyKind::ec ? "Ec" : "Gost"; });

TEST(PathBoundsTest, NoMoreSignaturesAreTriedThanAllowed) {
    base::SeededEntropy entropy(37);
    const test::Pki pki(KeyKind::ec, entropy);
    const Authorities authorities = pki.authorities();
    test::Profile between = test::authority_profile("between"), leaf = test::person_profile();
    leaf.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
    between.key_ids = leaf.key_ids = false;
    const auto made = [&](const test::Profile& profile, const test::Party& issuer) {
        return test::issue(profile, issuer, test::KeyPair::make(KeyKind::ec, entropy), entropy);
    };
    const test::Party right = made(between, pki.authority);
    const Certificate subject = made(leaf, right).certificate;
    const auto tried = [&](std::size_t wrong) {
        std::vector<Certificate> others;
        for (std::size_t i = 0; i < wrong; ++i)
            others.push_back(made(between, pki.authority).certificate);  // of the same name
        others.push_back(right.certificate);
        return check_certificate(subject, others, Purpose::signature,
                                 {.authorities = authorities,
                                  .policy = material::without_revocation,
                                  .revocation = nullptr,
                                  .at = test::now,
                                  .now = test::now})
            .verdict();
    };
    // The right one, its authority and the root take three.
    EXPECT_EQ(tried(base::limits::certificate_tries_max - 3), Verdict::valid);
    EXPECT_EQ(tried(base::limits::certificate_tries_max - 2), Verdict::invalid);
}

TEST(PathRsaTest, AShortKeyAndWhatOpenSslAloneKnows) {
    base::SeededEntropy entropy(41);
    const test::Pki pki(KeyKind::rsa, entropy);
    const Authorities authorities = pki.authorities();
    const auto check = [&](const Certificate& leaf, const std::vector<Certificate>& others) {
        return codes(check_certificate(leaf, others, Purpose::signature,
                                       {.authorities = authorities,
                                        .policy = material::without_revocation,
                                        .revocation = nullptr,
                                        .at = test::now,
                                        .now = test::now}));
    };
    ASSERT_THAT(check(pki.person.certificate, {}), ElementsAre());
    const test::Party weak =
        test::issue(test::person_profile(), pki.authority, test::KeyPair::make_rsa(1024, entropy), entropy);
    EXPECT_THAT(check(weak.certificate, {}), testing::Contains("certificate_key_weak"));
    // A name constraint that permits *.example alone (RFC 5280 4.2.1.10), not critical, so that only who reads it minds.
    const base::Bytes only_example{0x30, 0x0d, 0xa0, 0x0b, 0x30, 0x09, 0x82, 0x07, 'e', 'x', 'a', 'm', 'p', 'l', 'e'};
    const base::Bytes elsewhere{0x30, 0x08, 0x82, 0x06, 'e', 'l', 's', 'e', '.', 'x'};
    test::Profile constrained = test::authority_profile("constrained"), leaf = test::person_profile();
    constrained.further_extensions = {test::extension("2.5.29.30", only_example)};
    leaf.extended_key_usages = {"1.3.6.1.5.5.7.3.4"};
    leaf.further_extensions = {test::extension("2.5.29.17", elsewhere)};
    const auto key = [&] { return test::KeyPair::make(KeyKind::rsa, entropy); };
    const test::Party between = test::issue(constrained, pki.authority, key(), entropy);
    const test::Party person = test::issue(leaf, between, key(), entropy);
    EXPECT_THAT(check(person.certificate, {between.certificate}), ElementsAre("chain_refused_by_library"));
}

TEST(PathAlgorithmTest, AKeyThatNobodyHereKnows) {
    base::SeededEntropy entropy(43);
    const test::Pki pki(KeyKind::ec, entropy);
    const Authorities authorities = pki.authorities();
    test::Profile profile = test::person_profile();
    // An SPKI of Ed25519 (RFC 8410).
    base::Bytes spki{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    spki.resize(44, 9);
    profile.spki = spki;
    const test::Party made = test::issue(profile, pki.authority, test::KeyPair::make(KeyKind::ec, entropy), entropy);
    EXPECT_THAT(codes(check_certificate(made.certificate, {}, Purpose::signature,
                                        {.authorities = authorities,
                                         .policy = material::without_revocation,
                                         .revocation = nullptr,
                                         .at = test::now,
                                         .now = test::now})),
                ElementsAre("certificate_algorithm_unknown"));
}

Authority member(const std::string& file, Contour contour) {
    return {
        .name = file, .certificate = material::certificate(file), .anchor = true, .contour = contour, .role_arcs = {}};
}

TEST(AuthoritiesTest, OneContourOneSet) {
    const Authority real = member("production/root_gost_2022.pem", Contour::production);
    ASSERT_TRUE(Authorities::make(Contour::production, {real}));
    const auto mixed =
        Authorities::make(Contour::production, {real, member("test/nca_gost2015_test.cer", Contour::test)});
    EXPECT_TRUE(mixed.error().has(authority_contour));
}

TEST(AuthoritiesTest, OnlyAuthoritiesAndAnAnchorAmongThem) {
    Authority person = member("test/gost2015_individual.cer", Contour::test);
    person.anchor = false;
    const auto refused = Authorities::make(Contour::test, {person});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().has(authority_not_ca));
    EXPECT_TRUE(refused.error().has(authority_no_anchor));
}

}  // namespace
}  // namespace kelisim::trust
