// SPDX-License-Identifier: Apache-2.0
#include "trust/public_key.hpp"

#include <openssl/core_names.h>

#include <array>
#include <string>
#include <vector>

#include "asn1.hpp"
#include "openssl_digest.hpp"

namespace kelisim::trust {
namespace {

struct GostParameters {
    std::string_view key_oid;
    KeyKind kind;
    crypto::GostCurve curve;
    std::string_view curve_oid;
    DigestAlgorithm digest;
};

// pki.md 1.4. The last parameter of a 34.310-2004 key, 1.2.398.3.10.1.3.1.1.0, is a parameter set of 34.311.
constexpr std::array gost_keys{
    GostParameters{"1.2.398.3.10.1.1.2.2", KeyKind::gost2015_512, crypto::GostCurve::tc26_512_a,
                   "1.2.398.3.10.1.1.2.2.1", DigestAlgorithm::streebog512},
    GostParameters{"1.2.398.3.10.1.1.2.1", KeyKind::gost2015_256, crypto::GostCurve::tc26_256_a,
                   "1.2.398.3.10.1.1.2.1.1", DigestAlgorithm::streebog256},
    GostParameters{"1.2.398.3.10.1.1.1.1", KeyKind::gost2004, crypto::GostCurve::cryptopro_a, "1.2.398.3.10.1.1.1.1.1",
                   DigestAlgorithm::gost34311},
};

// SEQUENCE { curve, digest OPTIONAL } in an AlgorithmIdentifier, dotted.
std::vector<std::string> read_parameters(const X509_ALGOR* algorithm) {
    int type = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE) return {};
    const base::BytesView der = view(static_cast<const ASN1_STRING*>(value));
    const std::uint8_t* at = der.data();
    ASN1_SEQUENCE_ANY* const sequence = d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size()));
    if (sequence == nullptr) return {};
    std::vector<std::string> oids;
    for (int i = 0; i < sk_ASN1_TYPE_num(sequence); ++i) {
        const ASN1_TYPE* const item = sk_ASN1_TYPE_value(sequence, i);
        oids.push_back(item->type == V_ASN1_OBJECT ? dotted(item->value.object) : std::string());
    }
    sk_ASN1_TYPE_pop_free(sequence, ASN1_TYPE_free);
    return oids;
}

bool parameters_fit(const GostParameters& expected, const std::vector<std::string>& found) {
    if (found.empty() || found.size() > 2 || found[0] != expected.curve_oid) return false;
    return found.size() == 1 || found[1].starts_with(oid_of(expected.digest));
}

std::optional<crypto::GostPublicKey> read_gost(const GostParameters& expected, const X509_ALGOR* algorithm,
                                               base::BytesView bits) {
    if (!parameters_fit(expected, read_parameters(algorithm))) return std::nullopt;
    const std::uint8_t* at = bits.data();
    const StringHandle octets(d2i_ASN1_OCTET_STRING(nullptr, &at, static_cast<long>(bits.size())));
    if (!octets || at != bits.data() + bits.size()) return std::nullopt;
    return crypto::GostPublicKey::from_bytes(expected.curve, view(octets.get()));
}

bool evp_verifies(EVP_PKEY* key, SignatureAlgorithm algorithm, base::BytesView digest, base::BytesView signature) {
    const crypto::KeyContext context =
        crypto::required(crypto::KeyContext(EVP_PKEY_CTX_new(key, nullptr)), "EVP_PKEY_CTX_new");
    crypto::require(EVP_PKEY_verify_init(context.get()), "EVP_PKEY_verify_init");
    if (key_kind(algorithm) == KeyKind::rsa)
        crypto::require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING), "RSA_PKCS1_PADDING");
    crypto::require(EVP_PKEY_CTX_set_signature_md(context.get(), openssl_digest(digest_of(algorithm))),
                    "set_signature_md");
    const bool fits =
        EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
    forget_errors();
    return fits;
}

// P-256, P-384 and P-521, by name: parameters of one's own can make any key fit any signature (CVE-2020-0601). All three have
// a cofactor of 1, and a point off its curve is refused as it is read.
bool is_named_curve(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "EC") != 1) return false;
    int explicitly = 1;
    std::array<char, 64> name{};
    if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicitly) != 1 ||
        explicitly != 0 || EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1)
        return false;
    const std::string_view group = name.data();
    return group == SN_X9_62_prime256v1 || group == SN_secp384r1 || group == SN_secp521r1;
}

}  // namespace

std::optional<PublicKey> PublicKey::from_spki(base::BytesView der) {
    const std::uint8_t* at = der.data();
    const SpkiHandle spki(d2i_X509_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    ASN1_OBJECT* name = nullptr;
    const std::uint8_t* bits = nullptr;
    int bits_size = 0;
    X509_ALGOR* algorithm = nullptr;
    if (!spki || at != der.data() + der.size() ||
        X509_PUBKEY_get0_param(&name, &bits, &bits_size, &algorithm, spki.get()) != 1) {
        forget_errors();
        return std::nullopt;
    }
    const std::string oid = dotted(name);
    for (const GostParameters& gost : gost_keys) {
        if (gost.key_oid != oid) continue;
        forget_errors();  // OpenSSL tried to read the key as it was parsed
        auto key = read_gost(gost, algorithm, {bits, static_cast<std::size_t>(bits_size)});
        forget_errors();
        if (!key) return std::nullopt;
        return PublicKey(gost.kind, *std::move(key));
    }
    std::shared_ptr<EVP_PKEY> key(X509_PUBKEY_get(spki.get()), EVP_PKEY_free);
    forget_errors();
    if (!key) return std::nullopt;
    if (EVP_PKEY_is_a(key.get(), "RSA") == 1) return PublicKey(KeyKind::rsa, std::move(key));
    if (is_named_curve(key.get())) return PublicKey(KeyKind::ec, std::move(key));
    return std::nullopt;
}

KeyKind PublicKey::kind() const {
    return kind_;
}

int PublicKey::bits() const {
    if (const auto* const gost = std::get_if<crypto::GostPublicKey>(&key_))
        return static_cast<int>(crypto::coordinate_bytes(gost->curve()) * 8);
    return EVP_PKEY_get_bits(openssl());
}

bool PublicKey::verifies(SignatureAlgorithm algorithm, base::BytesView message, base::BytesView signature) const {
    return verifies_digest(algorithm, digest(digest_of(algorithm), {message}), signature);
}

bool PublicKey::verifies_digest(SignatureAlgorithm algorithm, base::BytesView digest, base::BytesView signature) const {
    if (key_kind(algorithm) != kind_) return false;
    if (const auto* const gost = std::get_if<crypto::GostPublicKey>(&key_)) return gost->verifies(digest, signature);
    return evp_verifies(openssl(), algorithm, digest, signature);
}

evp_pkey_st* PublicKey::openssl() const {
    const auto* const key = std::get_if<std::shared_ptr<evp_pkey_st>>(&key_);
    return key == nullptr ? nullptr : key->get();
}

}  // namespace kelisim::trust
