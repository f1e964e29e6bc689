// SPDX-License-Identifier: Apache-2.0
// Signatures that are almost right, in the manner of Project Wycheproof: each row says what was done to a signature that
// passes. GOST has its own in crypto/gost_test.cpp, the raw signatures of JWS in crypto/signature_test.cpp.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "asn1.hpp"
#include "trust/public_key.hpp"

namespace kelisim::trust {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Bytes = base::Bytes;

const Bytes message = {'k', 'e', 'l', 'i', 's', 'i', 'm'};

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

// One element of DER; `long_form` writes a length that DER would have short.
Bytes element(std::uint8_t tag, const Bytes& contents, bool long_form = false) {
    Bytes head{tag};
    if (contents.size() < 128 && !long_form) {
        head.push_back(static_cast<std::uint8_t>(contents.size()));
    } else if (contents.size() < 256) {
        head.push_back(0x81);
        head.push_back(static_cast<std::uint8_t>(contents.size()));
    } else {
        head.push_back(0x82);
        head.push_back(static_cast<std::uint8_t>(contents.size() >> 8U));
        head.push_back(static_cast<std::uint8_t>(contents.size()));
    }
    return joined({head, contents});
}

// -- ECDSA over P-256 ---------------------------------------------------------------------------------------------------

const Bytes order_p256 = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                          0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                          0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

struct Ecdsa {
    Ecdsa() {
        const Key key = crypto::required(Key(EVP_EC_gen("P-256")), "EVP_EC_gen");
        verifier = PublicKey::from_spki(to_der(key.get(), i2d_PUBKEY));
        const crypto::MdContext context = crypto::required(crypto::MdContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
        crypto::require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), "init");
        std::size_t size = 128;
        signature.resize(size);
        crypto::require(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()), "sign");
        signature.resize(size);
        base::BytesView rest = signature;
        base::BytesView inside = read_element(rest)->contents;
        const base::BytesView first = read_element(inside)->contents, second = read_element(inside)->contents;
        r.assign(first.begin(), first.end());
        s.assign(second.begin(), second.end());
    }
    bool passes(const Bytes& changed) const {
        return verifier->verifies(SignatureAlgorithm::ecdsa_sha256, message, changed);
    }
    static Bytes pair(const Bytes& a, const Bytes& b) { return element(0x30, joined({element(2, a), element(2, b)})); }

    std::optional<PublicKey> verifier;
    Bytes signature, r, s;
};

Bytes plus_order(Bytes number) {
    number.insert(number.begin(), 34 - number.size(), 0);
    unsigned carry = 0;
    for (std::size_t i = 0; i < 34; ++i) {
        carry += number[33 - i];
        if (i < 32) carry += order_p256[31 - i];
        number[33 - i] = static_cast<std::uint8_t>(carry);
        carry >>= 8U;
    }
    while (number.size() > 1 && number[0] == 0 && number[1] < 0x80)
        number.erase(number.begin());
    return number;
}

struct EcdsaForgery {
    const char* what;
    Bytes (*make)(const Ecdsa&);
};

void PrintTo(const EcdsaForgery& one, std::ostream* out) {
    *out << one.what;
}

class EcdsaForgeryTest : public testing::TestWithParam<EcdsaForgery> {};

TEST_P(EcdsaForgeryTest, IsRefused) {
    const Ecdsa given;
    ASSERT_TRUE(given.passes(given.signature));
    EXPECT_FALSE(given.passes(GetParam().make(given)));
}

const Bytes signed_order = joined({{0x00}, order_p256});

INSTANTIATE_TEST_SUITE_P(
    Table, EcdsaForgeryTest,
    testing::Values(EcdsaForgery{"empty", [](const Ecdsa&) { return Bytes{}; }},
                    EcdsaForgery{"empty sequence", [](const Ecdsa&) { return element(0x30, {}); }},
                    EcdsaForgery{"r is zero", [](const Ecdsa& e) { return Ecdsa::pair({0}, e.s); }},
                    EcdsaForgery{"s is zero", [](const Ecdsa& e) { return Ecdsa::pair(e.r, {0}); }},
                    EcdsaForgery{"both are zero", [](const Ecdsa&) { return Ecdsa::pair({0}, {0}); }},
                    EcdsaForgery{"both are one", [](const Ecdsa&) { return Ecdsa::pair({1}, {1}); }},
                    EcdsaForgery{"r is the order", [](const Ecdsa& e) { return Ecdsa::pair(signed_order, e.s); }},
                    EcdsaForgery{"s is the order", [](const Ecdsa& e) { return Ecdsa::pair(e.r, signed_order); }},
                    EcdsaForgery{"r plus the order", [](const Ecdsa& e) { return Ecdsa::pair(plus_order(e.r), e.s); }},
                    EcdsaForgery{"s plus the order", [](const Ecdsa& e) { return Ecdsa::pair(e.r, plus_order(e.s)); }},
                    EcdsaForgery{"r is negative", [](const Ecdsa& e) { return Ecdsa::pair({0xff}, e.s); }},
                    EcdsaForgery{"r and s swapped", [](const Ecdsa& e) { return Ecdsa::pair(e.s, e.r); }},
                    EcdsaForgery{"leading zero before r",
                                 [](const Ecdsa& e) {
                                     return Ecdsa::pair(joined({{0, 0}, e.r}), e.s);
                                 }},
                    EcdsaForgery{"length in long form",
                                 [](const Ecdsa& e) {
                                     return element(0x30, joined({element(2, e.r), element(2, e.s)}), true);
                                 }},
                    EcdsaForgery{"indefinite length",
                                 [](const Ecdsa& e) {
                                     return joined({{0x30, 0x80}, element(2, e.r), element(2, e.s), {0, 0}});
                                 }},
                    EcdsaForgery{"one number", [](const Ecdsa& e) { return element(0x30, element(2, e.r)); }},
                    EcdsaForgery{"three numbers",
                                 [](const Ecdsa& e) {
                                     return element(0x30, joined({element(2, e.r), element(2, e.s), element(2, {1})}));
                                 }},
                    EcdsaForgery{"octets instead of numbers",
                                 [](const Ecdsa& e) {
                                     return element(0x30, joined({element(4, e.r), element(4, e.s)}));
                                 }},
                    EcdsaForgery{"a set instead of a sequence",
                                 [](const Ecdsa& e) {
                                     return element(0x31, joined({element(2, e.r), element(2, e.s)}));
                                 }},
                    EcdsaForgery{"something behind it",
                                 [](const Ecdsa& e) {
                                     return joined({e.signature, {0}});
                                 }},
                    EcdsaForgery{"cut short",
                                 [](const Ecdsa& e) { return Bytes(e.signature.begin(), e.signature.end() - 1); }},
                    EcdsaForgery{"as JWS writes it", [](const Ecdsa& e) {
                                     return joined({e.r, e.s});
                                 }}));

TEST(EcdsaKeyTest, PointsAndCurvesOfOnesOwnAreNoKeys) {
    const Key key = crypto::required(Key(EVP_EC_gen("P-256")), "EVP_EC_gen");
    const Bytes spki = to_der(key.get(), i2d_PUBKEY);
    ASSERT_TRUE(PublicKey::from_spki(spki));
    Bytes off_curve = spki;
    off_curve.back() ^= 1U;
    EXPECT_FALSE(PublicKey::from_spki(off_curve));
    Bytes behind = spki;
    behind.push_back(0);
    EXPECT_FALSE(PublicKey::from_spki(behind));
    EXPECT_FALSE(PublicKey::from_spki(base::BytesView(spki).first(spki.size() - 1)));
    EXPECT_FALSE(PublicKey::from_spki(to_der(Key(EVP_EC_gen("secp256k1")).get(), i2d_PUBKEY)));
    ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit"), 1);
    const Bytes with_parameters = to_der(key.get(), i2d_PUBKEY);
    ASSERT_GT(with_parameters.size(), spki.size());
    EXPECT_FALSE(PublicKey::from_spki(with_parameters));
}

// -- RSA, PKCS #1 v1.5 -------------------------------------------------------------------------------------------------

// DigestInfo of RFC 8017 9.2, before the 32 bytes of the digest.
const Bytes digest_info_sha256 = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                  0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

struct Rsa {
    Rsa() : key(crypto::required(Key(EVP_RSA_gen(2048)), "EVP_RSA_gen")) {
        verifier = PublicKey::from_spki(to_der(key.get(), i2d_PUBKEY));
        hash = digest(DigestAlgorithm::sha256, {message});
    }
    bool passes(const Bytes& signature) const {
        return verifier->verifies(SignatureAlgorithm::rsa_sha256, message, signature);
    }
    // The private operation on a block of 256 bytes, whatever it is.
    Bytes raw(const Bytes& block) const {
        const crypto::KeyContext context =
            crypto::required(crypto::KeyContext(EVP_PKEY_CTX_new(key.get(), nullptr)), "EVP_PKEY_CTX_new");
        crypto::require(EVP_PKEY_sign_init(context.get()), "sign_init");
        crypto::require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING), "RSA_NO_PADDING");
        std::size_t size = 256;
        Bytes signature(size);
        crypto::require(EVP_PKEY_sign(context.get(), signature.data(), &size, block.data(), block.size()), "sign");
        return signature;
    }
    // 00 01 FF.. 00 and what is padded, `after` behind it.
    static Bytes padded(const Bytes& what, const Bytes& after = {}, std::uint8_t type = 1, std::uint8_t fill = 0xff) {
        const Bytes tail = joined({{0}, what, after});
        return joined({{0, type}, Bytes(254 - tail.size(), fill), tail});
    }
    Bytes modulus() const {
        BIGNUM* n = nullptr;
        crypto::require(EVP_PKEY_get_bn_param(key.get(), "n", &n), "n");
        const crypto::Bignum owned(n);
        Bytes out(256);
        BN_bn2binpad(n, out.data(), 256);
        return out;
    }
    Key key;
    std::optional<PublicKey> verifier;
    Bytes hash;
};

struct RsaForgery {
    const char* what;
    Bytes (*make)(const Rsa&);
};

void PrintTo(const RsaForgery& one, std::ostream* out) {
    *out << one.what;
}

class RsaForgeryTest : public testing::TestWithParam<RsaForgery> {};

TEST_P(RsaForgeryTest, IsRefused) {
    const Rsa given;
    ASSERT_TRUE(given.passes(given.raw(Rsa::padded(joined({digest_info_sha256, given.hash})))));
    EXPECT_FALSE(given.passes(GetParam().make(given)));
}

Bytes whole(const Rsa& e) {
    return joined({digest_info_sha256, e.hash});
}

INSTANTIATE_TEST_SUITE_P(
    Table, RsaForgeryTest,
    testing::Values(
        RsaForgery{"empty", [](const Rsa&) { return Bytes{}; }},
        RsaForgery{"zero", [](const Rsa&) { return Bytes(256); }},
        RsaForgery{"one",
                   [](const Rsa&) {
                       return joined({Bytes(255), {1}});
                   }},
        RsaForgery{"the modulus", [](const Rsa& e) { return e.modulus(); }},
        RsaForgery{"a byte behind it",
                   [](const Rsa& e) {
                       return joined({e.raw(Rsa::padded(whole(e))), {0}});
                   }},
        RsaForgery{"a zero before it",
                   [](const Rsa& e) {
                       return joined({{0}, e.raw(Rsa::padded(whole(e)))});
                   }},
        RsaForgery{"a byte less",
                   [](const Rsa& e) {
                       const Bytes good = e.raw(Rsa::padded(whole(e)));
                       return Bytes(good.begin() + 1, good.end());
                   }},
        RsaForgery{"the digest without its name", [](const Rsa& e) { return e.raw(Rsa::padded(e.hash)); }},
        RsaForgery{"the name of another digest",
                   [](const Rsa& e) {
                       Bytes name = digest_info_sha256;
                       name[14] = 0x03;
                       return e.raw(Rsa::padded(joined({name, e.hash})));
                   }},
        RsaForgery{"something behind the digest (Bleichenbacher 2006)",
                   [](const Rsa& e) { return e.raw(Rsa::padded(whole(e), Bytes(16))); }},
        RsaForgery{"short padding, garbage behind",
                   [](const Rsa& e) {
                       const Bytes head = joined({{0, 1}, Bytes(8, 0xff), {0}, whole(e)});
                       return e.raw(joined({head, Bytes(256 - head.size(), 0x55)}));
                   }},
        RsaForgery{"padding of type 0", [](const Rsa& e) { return e.raw(Rsa::padded(whole(e), {}, 0, 0)); }},
        RsaForgery{"padding of type 2", [](const Rsa& e) { return e.raw(Rsa::padded(whole(e), {}, 2)); }},
        RsaForgery{"padding of other bytes", [](const Rsa& e) { return e.raw(Rsa::padded(whole(e), {}, 1, 0xfe)); }},
        RsaForgery{"no NULL after the digest's name",
                   [](const Rsa& e) {
                       const Bytes name(digest_info_sha256.begin() + 4, digest_info_sha256.begin() + 15);
                       return e.raw(Rsa::padded(element(0x30, joined({element(0x30, name), element(4, e.hash)}))));
                   }},
        RsaForgery{
            "DigestInfo with a length in long form",
            [](const Rsa& e) {
                const Bytes name(digest_info_sha256.begin() + 4, digest_info_sha256.begin() + 17);
                return e.raw(Rsa::padded(element(0x30, joined({element(0x30, name), element(4, e.hash)}), true)));
            }},
        RsaForgery{"a digest cut short",
                   [](const Rsa& e) {
                       const Bytes name(digest_info_sha256.begin() + 2, digest_info_sha256.begin() + 17);
                       const Bytes cut(e.hash.begin(), e.hash.end() - 1);
                       return e.raw(Rsa::padded(element(0x30, joined({name, element(4, cut)}))));
                   }},
        RsaForgery{"another message", [](const Rsa& e) {
                       return e.raw(Rsa::padded(joined({digest_info_sha256, Bytes(32, 7)})));
                   }}));

TEST(AlgorithmConfusionTest, AnAlgorithmOfAnotherKeyVerifiesNothing) {
    const Rsa rsa;
    const Bytes good = rsa.raw(Rsa::padded(whole(rsa)));
    for (const SignatureAlgorithm other :
         {SignatureAlgorithm::rsa_sha1, SignatureAlgorithm::rsa_sha384, SignatureAlgorithm::rsa_sha512,
          SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::gost2015_512, SignatureAlgorithm::gost2004})
        EXPECT_FALSE(rsa.verifier->verifies(other, message, good)) << name_of(other);
    const Ecdsa ecdsa;
    EXPECT_FALSE(ecdsa.verifier->verifies(SignatureAlgorithm::rsa_sha256, message, ecdsa.signature));
    EXPECT_FALSE(ecdsa.verifier->verifies_digest(SignatureAlgorithm::ecdsa_sha256, {}, ecdsa.signature));
}

}  // namespace
}  // namespace kelisim::trust
