// SPDX-License-Identifier: Apache-2.0
#include "ecdsa_form.hpp"

#include "crypto/openssl.hpp"

namespace kelisim::trust {
namespace {

// P-256, P-384, P-521: an order is as long as its field.
std::size_t half(const PublicKey& key) {
    return static_cast<std::size_t>(key.bits() + 7) / 8;
}

}  // namespace

base::Bytes ecdsa_concatenated(base::BytesView der, const PublicKey& key) {
    const std::uint8_t* at = der.data();
    const crypto::EcdsaSignature parsed = crypto::required(
        crypto::EcdsaSignature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))), "ECDSA_SIG");
    base::Bytes out(half(key) * 2);
    const int size = static_cast<int>(half(key));
    if (BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), out.data(), size) != size ||
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), out.data() + size, size) != size)
        crypto::fail("BN_bn2binpad");
    return out;
}

std::optional<base::Bytes> ecdsa_der(base::BytesView concatenated, const PublicKey& key) {
    if (concatenated.size() != half(key) * 2) return std::nullopt;
    const crypto::EcdsaSignature made = crypto::required(crypto::EcdsaSignature(ECDSA_SIG_new()), "ECDSA_SIG_new");
    const int size = static_cast<int>(half(key));
    crypto::Bignum r = crypto::required(crypto::Bignum(BN_bin2bn(concatenated.data(), size, nullptr)), "BN_bin2bn");
    crypto::Bignum s =
        crypto::required(crypto::Bignum(BN_bin2bn(concatenated.data() + size, size, nullptr)), "BN_bin2bn");
    crypto::require(ECDSA_SIG_set0(made.get(), r.get(), s.get()), "ECDSA_SIG_set0");
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    std::uint8_t* der = nullptr;
    const int length = i2d_ECDSA_SIG(made.get(), &der);
    if (length <= 0) crypto::fail("i2d_ECDSA_SIG");
    base::Bytes out(der, der + length);
    OPENSSL_free(der);
    return out;
}

bool xml_signature_verifies(const PublicKey& key, SignatureAlgorithm algorithm, base::BytesView message,
                            base::BytesView signature) {
    if (key_kind(algorithm) != KeyKind::ec || key.kind() != KeyKind::ec)
        return key.verifies(algorithm, message, signature);
    const std::optional<base::Bytes> der = ecdsa_der(signature, key);
    return der && key.verifies(algorithm, message, *der);
}

}  // namespace kelisim::trust
