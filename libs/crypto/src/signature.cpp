// SPDX-License-Identifier: Apache-2.0
#include "crypto/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/openssl.hpp"
#include "pem.hpp"

namespace kelisim::crypto {

namespace {

constexpr std::size_t p256_bytes = 32;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;

using KeyHandle = std::shared_ptr<EVP_PKEY>;

KeyHandle own(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}
KeyHandle own_required(EVP_PKEY* key, const char* what) {
    return own(required(key, what));
}

Bignum bignum(base::BytesView bytes) {
    return Bignum(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

std::string bignum_text(const EVP_PKEY* key, const char* name, std::size_t width) {
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(key, name, &raw), name);
    const Bignum number(raw);
    base::Bytes bytes(width == 0 ? static_cast<std::size_t>(BN_num_bytes(raw)) : width);
    if (BN_bn2binpad(raw, bytes.data(), static_cast<int>(bytes.size())) < 0) fail(name);
    return base::to_base64url(bytes);
}

KeyHandle public_from(const char* type, OSSL_PARAM_BLD* builder) {
    const ParamList params = required(ParamList(OSSL_PARAM_BLD_to_param(builder)), "key parameters");
    const KeyContext context = required(KeyContext(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)), type);
    require(EVP_PKEY_fromdata_init(context.get()), type);
    EVP_PKEY* key = nullptr;
    // The members come from outside: a point off the curve is a refusal, not a failure of ours.
    if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) return nullptr;
    KeyHandle owned = own(key);
    const KeyContext check = required(KeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)), type);
    return EVP_PKEY_public_check(check.get()) == 1 ? owned : nullptr;
}

KeyHandle p256_from(const JwkMembers& members) {
    const auto x = base::from_base64url(members.x);
    const auto y = base::from_base64url(members.y);
    if (members.crv != "P-256" || !x || !y || x->size() != p256_bytes || y->size() != p256_bytes) return nullptr;
    base::Bytes point{POINT_CONVERSION_UNCOMPRESSED};
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    const ParamBuilder builder = required(ParamBuilder(OSSL_PARAM_BLD_new()), "parameters");
    require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0), "group");
    require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
            "point");
    return public_from("EC", builder.get());
}

KeyHandle rsa_from(const JwkMembers& members) {
    const auto n = base::from_base64url(members.n);
    const auto e = base::from_base64url(members.e);
    if (!n || !e || e->empty() || e->size() > 8) return nullptr;
    const Bignum modulus = required(bignum(*n), "modulus");
    const Bignum exponent = required(bignum(*e), "exponent");
    const int bits = BN_num_bits(modulus.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
        return nullptr;
    }
    const ParamBuilder builder = required(ParamBuilder(OSSL_PARAM_BLD_new()), "parameters");
    require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()), "modulus");
    require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()), "exponent");
    return public_from("RSA", builder.get());
}

bool key_fits(const EVP_PKEY* key, Algorithm algorithm) {
    return algorithm == Algorithm::es256 ? EVP_PKEY_is_a(key, "EC") == 1 : EVP_PKEY_is_a(key, "RSA") == 1;
}

void use_pss(EVP_PKEY_CTX* context) {
    require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), "PSS");
    require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST), "PSS salt");
}

base::Bytes der_to_raw(base::BytesView der) {
    const unsigned char* at = der.data();
    const EcdsaSignature signature =
        required(EcdsaSignature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))), "own signature");
    base::Bytes raw(2 * p256_bytes);
    const bool written = BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), p256_bytes) > 0 &&
                         BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + p256_bytes, p256_bytes) > 0;
    if (!written) fail("signature to bytes");
    return raw;
}

base::Bytes raw_to_der(base::BytesView raw) {
    if (raw.size() != 2 * p256_bytes) return {};
    const EcdsaSignature signature = required(EcdsaSignature(ECDSA_SIG_new()), "signature");
    Bignum r = required(bignum(raw.first(p256_bytes)), "r");
    Bignum s = required(bignum(raw.last(p256_bytes)), "s");
    require(ECDSA_SIG_set0(signature.get(), r.release(), s.release()), "signature");
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &der);
    if (length <= 0) fail("signature to DER");
    base::Bytes out(der, der + length);
    OPENSSL_free(der);
    return out;
}

}  // namespace

std::optional<PublicKey> PublicKey::from_jwk(const JwkMembers& members) {
    KeyHandle key;
    if (members.kty == "EC") key = p256_from(members);
    if (members.kty == "RSA") key = rsa_from(members);
    if (!key) return std::nullopt;
    return PublicKey(std::move(key));
}

JwkMembers PublicKey::to_jwk() const {
    if (EVP_PKEY_is_a(key_.get(), "EC") == 1) {
        return {.kty = "EC",
                .crv = "P-256",
                .x = bignum_text(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, p256_bytes),
                .y = bignum_text(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, p256_bytes),
                .n = {},
                .e = {}};
    }
    return {.kty = "RSA",
            .crv = {},
            .x = {},
            .y = {},
            .n = bignum_text(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0),
            .e = bignum_text(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)};
}

base::Bytes PublicKey::to_spki() const {
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key_.get(), &der);
    if (length <= 0) fail("public key to DER");
    base::Bytes out(der, der + length);
    OPENSSL_free(der);
    return out;
}

std::string PublicKey::thumbprint() const {
    // RFC 7638 section 3.2: the required members only, in lexicographic order, without white space.
    const JwkMembers m = to_jwk();
    const std::string canonical =
        m.kty == "EC" ? R"({"crv":")" + m.crv + R"(","kty":"EC","x":")" + m.x + R"(","y":")" + m.y + R"("})"
                      : R"({"e":")" + m.e + R"(","kty":"RSA","n":")" + m.n + R"("})";
    return base::to_base64url(sha256(base::as_bytes(canonical)));
}

bool PublicKey::fits(Algorithm algorithm) const {
    return key_fits(key_.get(), algorithm);
}

bool PublicKey::verifies(Algorithm algorithm, base::BytesView message, base::BytesView signature) const {
    if (!fits(algorithm)) return false;
    const base::Bytes der = algorithm == Algorithm::es256 ? raw_to_der(signature) : base::Bytes{};
    if (algorithm == Algorithm::es256 && der.empty()) return false;
    const base::BytesView given = algorithm == Algorithm::es256 ? base::BytesView(der) : signature;
    const MdContext context = required(MdContext(EVP_MD_CTX_new()), "verify context");
    EVP_PKEY_CTX* key_context = nullptr;
    require(EVP_DigestVerifyInit_ex(context.get(), &key_context, "SHA256", nullptr, nullptr, key_.get(), nullptr),
            "verify");
    if (algorithm == Algorithm::ps256) use_pss(key_context);
    return EVP_DigestVerify(context.get(), given.data(), given.size(), message.data(), message.size()) == 1;
}

PrivateKey PrivateKey::generate_p256() {
    return PrivateKey(own_required(EVP_EC_gen("P-256"), "P-256 key"));
}

PrivateKey PrivateKey::generate_rsa2048() {
    return PrivateKey(own_required(EVP_RSA_gen(static_cast<unsigned>(rsa_bits_min)), "RSA key"));
}

std::optional<PrivateKey> PrivateKey::from_pem(const base::Secret<std::string>& pem) {
    KeyHandle key = read_pem(pem);
    if (!key || !(key_fits(key.get(), Algorithm::es256) || key_fits(key.get(), Algorithm::rs256))) return std::nullopt;
    return PrivateKey(std::move(key));
}

base::Secret<std::string> PrivateKey::to_pem() const {
    return write_pem(key_.get());
}

PublicKey PrivateKey::public_key() const {
    return PublicKey(key_);
}

base::Bytes PrivateKey::sign(Algorithm algorithm, base::BytesView message) const {
    if (!key_fits(key_.get(), algorithm)) fail("the algorithm does not fit the key");
    const MdContext context = required(MdContext(EVP_MD_CTX_new()), "sign context");
    EVP_PKEY_CTX* key_context = nullptr;
    require(EVP_DigestSignInit_ex(context.get(), &key_context, "SHA256", nullptr, nullptr, key_.get(), nullptr),
            "sign");
    if (algorithm == Algorithm::ps256) use_pss(key_context);
    std::size_t length = 0;
    require(EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()), "sign");
    base::Bytes signature(length);
    require(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()), "sign");
    signature.resize(length);
    return algorithm == Algorithm::es256 ? der_to_raw(signature) : signature;
}

}  // namespace kelisim::crypto
