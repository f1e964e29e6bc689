// SPDX-License-Identifier: Apache-2.0
// Signatures of yesterday's algorithms, made by others: they pass where the policy lets them, and are told each time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing_run.hpp"
#include "trust/cms.hpp"
#include "trust/cms_findings.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust {
namespace {

TEST(LegacyTest, ACmsWithSha1ThatOpensslSigned) {
    base::SeededEntropy entropy(47);
    const test::Pki pki(KeyKind::rsa, entropy);
    const Authorities authorities = pki.authorities();
    const test::Directory directory("cms-legacy");
    const std::string content = directory.write("content", base::as_bytes("challenge-0123456789"));
    const std::string own =
        directory.write("own.pem", base::as_bytes(test::to_pem("CERTIFICATE", pki.head.certificate.der())));
    const std::string key =
        directory.write("key.pem", base::as_bytes(test::to_pem("PRIVATE KEY", pki.head.key.pkcs8())));
    ASSERT_EQ(test::run({"openssl", "cms", "-sign", "-binary", "-nodetach", "-md", "sha1", "-signer", own, "-inkey",
                         key, "-in", content, "-outform", "DER", "-out", directory.path("out")}),
              0);
    const auto verify = [&](const Policy& policy) {
        return verify_cms(
            directory.read("out"), {},
            {.authorities = authorities, .policy = policy, .revocation = nullptr, .at = test::now, .now = test::now});
    };
    const DocumentReport refused = verify({.revocation_required = false});
    EXPECT_EQ(refused.verdict(), Verdict::invalid);
    ASSERT_THAT(refused.signers, testing::SizeIs(1));
    EXPECT_TRUE(refused.signers[0].findings.has(cms_algorithm_legacy));
    EXPECT_EQ(refused.signers[0].certificate->verdict(), Verdict::valid) << "nothing else is wrong";
    const DocumentReport allowed = verify({.allow_rsa_sha1 = true, .revocation_required = false});
    EXPECT_EQ(allowed.verdict(), Verdict::valid);
    EXPECT_TRUE(allowed.signers[0].findings.has(cms_algorithm_legacy));
}

}  // namespace
}  // namespace kelisim::trust
