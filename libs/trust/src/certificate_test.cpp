// SPDX-License-Identifier: Apache-2.0
#include "trust/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "material.hpp"

namespace kelisim::trust {
namespace {

using testing::Contains;
using testing::ElementsAre;

TEST(CertificateTest, SaysWhoThePersonIs) {
    const Certificate read = material::certificate("test/gost2015_individual.cer");
    EXPECT_EQ(read.owner().kind, OwnerKind::person);
    EXPECT_EQ(read.owner().iin.reveal(), "123456789012");
    EXPECT_EQ(read.owner().common_name.reveal(), "ТЕСТТОВ ТЕСТТ");
    EXPECT_EQ(read.owner().family_name.reveal(), "ТЕСТТОВ");
    EXPECT_EQ(read.owner().patronymic.reveal(), "ТЕСТТОВИЧ");
    EXPECT_EQ(read.owner().bin, "");
    EXPECT_EQ(read.key()->kind(), KeyKind::gost2015_512);
    EXPECT_EQ(read.signature_algorithm(), SignatureAlgorithm::gost2015_512);
    EXPECT_EQ(read.serial(), "0FF06211DC82BEB00253FFA000F1DE84ABEF454F");
    EXPECT_EQ(base::to_iso8601(read.not_before()), "2022-07-28T12:34:48.000000Z");
    EXPECT_TRUE(read.has(KeyUse::non_repudiation));
    EXPECT_FALSE(read.has(KeyUse::certificate_sign));
    EXPECT_THAT(read.extended_key_usages(), ElementsAre("1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1"));
    EXPECT_FALSE(read.basic_constraints());
    EXPECT_TRUE(read.critical_unknown().empty());
}

TEST(CertificateTest, SaysForWhomThePersonSigns) {
    const Certificate read = material::certificate("test/gost2015_ceo.cer");
    EXPECT_EQ(read.owner().kind, OwnerKind::person_of_organisation);
    EXPECT_EQ(read.owner().iin.reveal(), "123456789011");
    EXPECT_EQ(read.owner().bin, "123456789021");
    EXPECT_EQ(read.owner().organisation, "АО \"ТЕСТ\"");
    EXPECT_THAT(read.extended_key_usages(), Contains("1.2.398.3.3.4.1.2.1"));
    EXPECT_EQ(read.authority_text(), "BIN 123456789021") << "reports name nobody";
}

TEST(CertificateTest, ReadsEveryFormThatTheAuthorityPublishes) {
    for (const char* file :
         {"production/root_gost_2022.pem", "production/nca_gost_2022.pem", "production/root_rsa.pem",
          "production/nca_rsa.pem", "production/nca_rsa_2022.cer", "production/root_rsa_2020.cer",
          "production/root_gost_2020.cer", "production/root_gost.pem", "production/nca_gost.pem",
          "production/btsd_gost.cer", "production/ucgo_gost.cer", "test/nca_gost_test.crt", "test/nca_rsa_test.crt",
          "test/individual_valid_sign_2004_rsa_auth.cer", "test/ceo_valid_sign_2004_gost.cer", "generated/leaf.der"}) {
        const auto read = Certificate::from_any(material::bytes(file));
        ASSERT_TRUE(read) << file;
        EXPECT_TRUE(read->key()) << file;
        EXPECT_TRUE(read->signature_algorithm()) << file;
    }
}

TEST(CertificateTest, ReadsBareBase64WithLineBreaks) {
    const Certificate read = material::certificate("test/gost2015_ceo.cer");
    std::string wrapped = base::to_base64(read.der());
    for (std::size_t at = 76; at < wrapped.size(); at += 78)
        wrapped.insert(at, "\r\n");
    EXPECT_EQ(Certificate::from_any(base::as_bytes(wrapped)), read);
}

TEST(CertificateTest, FingerprintIsOfTheWholeDer) {
    const Certificate root = material::certificate("production/root_gost_2022.pem");
    EXPECT_EQ(base::to_hex(root.fingerprint()),
              "af77725f8328bb24f89d81da3acdf7cee4324248538b7ba2cd2a860517fb9dca");  // pki.md 1.5
}

class CertificateBytesTest : public testing::Test {
protected:
    const base::Bytes der_ = material::certificate("test/gost2015_individual.cer").der();
};

TEST_F(CertificateBytesTest, Truncated) {
    ASSERT_TRUE(Certificate::from_der(der_));
    for (std::size_t size = 0; size < der_.size(); size += 13)
        EXPECT_FALSE(Certificate::from_der(base::BytesView(der_).first(size))) << size;
}

TEST_F(CertificateBytesTest, SomethingBehindIt) {
    base::Bytes longer = der_;
    longer.push_back(0);
    EXPECT_FALSE(Certificate::from_der(longer));
}

TEST_F(CertificateBytesTest, OverTheLimit) {
    EXPECT_FALSE(Certificate::from_der(base::Bytes(base::limits::certificate_bytes_max + 1, 0x30)));
    EXPECT_FALSE(Certificate::from_any(base::Bytes(2 * base::limits::certificate_bytes_max + 1, 'A')));
}

TEST_F(CertificateBytesTest, IndefiniteLengthIsNoDer) {
    EXPECT_FALSE(Certificate::from_der(base::Bytes{0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0}));
}

TEST_F(CertificateBytesTest, TextThatIsNone) {
    EXPECT_FALSE(Certificate::from_any(base::as_bytes("")));
    EXPECT_FALSE(
        Certificate::from_any(base::as_bytes("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")));
    EXPECT_FALSE(Certificate::from_any(base::as_bytes("not base64 at all")));
}

TEST_F(CertificateBytesTest, ChangedByteBreaksTheSignature) {
    const Certificate issuer = material::certificate("test/nca_gost2015_test.cer");
    ASSERT_TRUE(Certificate::from_der(der_)->is_signed_by(issuer));
    std::size_t read_anyway = 0;
    for (std::size_t at = 0; at < der_.size(); ++at) {
        base::Bytes changed = der_;
        changed[at] ^= 1U;
        const auto read = Certificate::from_der(changed);
        if (!read) continue;
        ++read_anyway;
        EXPECT_FALSE(read->is_signed_by(issuer)) << at;
    }
    EXPECT_GT(read_anyway, der_.size() / 2);
}

TEST(CertificateSignatureTest, OfTheRealAuthoritiesHold) {
    struct Link {
        const char *file, *issuer;
    };
    for (const Link& link : {Link{"production/root_gost_2022.pem", "production/root_gost_2022.pem"},
                             Link{"production/nca_gost_2022.pem", "production/root_gost_2022.pem"},
                             Link{"production/nca_rsa_2022.cer", "production/root_rsa_2020.cer"},
                             Link{"production/btsd_gost.cer", "production/root_gost_2020.cer"},
                             Link{"production/ucgo_gost.cer", "production/root_gost_2020.cer"},
                             Link{"production/nca_gost.pem", "production/root_gost.pem"},
                             Link{"production/nca_rsa.pem", "production/root_rsa.pem"},
                             Link{"test/gost2015_individual.cer", "test/nca_gost2015_test.cer"},
                             Link{"test/ceo_valid_sign_2004_gost.cer", "test/nca_gost_test.crt"},
                             Link{"test/individual_valid_sign_2004_rsa.cer", "test/nca_rsa_test.crt"},
                             Link{"generated/leaf.der", "generated/ca.der"}})
        EXPECT_TRUE(material::certificate(link.file).is_signed_by(material::certificate(link.issuer))) << link.file;
}

TEST(CertificateSignatureTest, OfAnotherAuthorityDoesNot) {
    EXPECT_FALSE(material::certificate("test/gost2015_individual.cer")
                     .is_signed_by(material::certificate("production/nca_gost_2022.pem")));
    EXPECT_FALSE(material::certificate("test/gost2015_individual.cer")
                     .is_signed_by(material::certificate("test/nca_rsa_test.crt")));
    EXPECT_FALSE(material::certificate("production/nca_gost.pem")
                     .is_signed_by(material::certificate("production/root_rsa.pem")));
}

}  // namespace
}  // namespace kelisim::trust
