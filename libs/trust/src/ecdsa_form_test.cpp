// SPDX-License-Identifier: Apache-2.0
#include "ecdsa_form.hpp"

#include <gtest/gtest.h>

#include "trust/testing.hpp"

namespace kelisim::trust {
namespace {

TEST(EcdsaForm, TurnsOneIntoTheOther) {
    base::SystemEntropy entropy;
    const test::KeyPair pair = test::KeyPair::make(KeyKind::ec, entropy);
    const PublicKey key = PublicKey::from_spki(pair.spki()).value();
    const base::BytesView message = base::as_bytes("message");
    for (int i = 0; i < 64; ++i) {  // some r or s begin with a zero byte or a high bit, where DER differs in length
        const base::Bytes der = pair.sign(message);
        const base::Bytes both = ecdsa_concatenated(der, key);
        ASSERT_EQ(both.size(), 64U);
        EXPECT_EQ(ecdsa_der(both, key), der);
        EXPECT_TRUE(xml_signature_verifies(key, SignatureAlgorithm::ecdsa_sha256, message, both));
        EXPECT_FALSE(xml_signature_verifies(key, SignatureAlgorithm::ecdsa_sha256, message, der));
        EXPECT_FALSE(xml_signature_verifies(key, SignatureAlgorithm::ecdsa_sha256, base::as_bytes("Message"), both));
        EXPECT_FALSE(xml_signature_verifies(key, SignatureAlgorithm::gost2015_512, message, both));
    }
}

TEST(EcdsaForm, TakesNoOtherLength) {
    base::SystemEntropy entropy;
    const test::KeyPair pair = test::KeyPair::make(KeyKind::ec, entropy);
    const PublicKey key = PublicKey::from_spki(pair.spki()).value();
    for (const std::size_t size : {0U, 1U, 63U, 65U, 96U, 128U})
        EXPECT_FALSE(ecdsa_der(base::Bytes(size, 1), key)) << size;
    // Zeros are a form, though no signature.
    EXPECT_TRUE(ecdsa_der(base::Bytes(64), key));
    EXPECT_FALSE(xml_signature_verifies(key, SignatureAlgorithm::ecdsa_sha256, base::as_bytes("m"), base::Bytes(64)));
}

}  // namespace
}  // namespace kelisim::trust
