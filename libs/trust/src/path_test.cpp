// SPDX-License-Identifier: Apache-2.0
#include "trust/path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "material.hpp"
#include "trust/findings.hpp"

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
