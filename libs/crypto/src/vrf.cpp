// SPDX-License-Identifier: Apache-2.0
#include "crypto/vrf.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <algorithm>

#include "crypto/openssl.hpp"
#include "pem.hpp"

namespace kelisim::crypto {

namespace {

using Group = std::unique_ptr<EC_GROUP, Free<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Free<EC_POINT_free>>;
using SecretNumber = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Numbers = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;

// RFC 9381 5.5, ECVRF-P256-SHA256-TAI: "suite_string = 0x01", "qLen = 32", "cLen = 16".
constexpr std::uint8_t suite = 1;
constexpr std::size_t scalar_bytes = 32;
constexpr std::size_t challenge_bytes = 16;
constexpr std::uint8_t compressed_even = 2;

template <std::size_t size>
using Octets = std::array<std::uint8_t, size>;
using PointOctets = VrfPublic;

Octets<scalar_bytes> octets_of(const BIGNUM* number) {
    Octets<scalar_bytes> bytes{};
    if (BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size())) < 0) fail("scalar to bytes");
    return bytes;
}

SecretNumber number_of(base::BytesView bytes) {
    SecretNumber number =
        required(SecretNumber(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)), "scalar");
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    return number;
}

}  // namespace

struct VrfKey::Parts {
    std::shared_ptr<EVP_PKEY> key;
    Group group;
    SecretNumber x;
    VrfPublic public_key{};

    const BIGNUM* order() const { return EC_GROUP_get0_order(group.get()); }
    Point point() const { return required(Point(EC_POINT_new(group.get())), "point"); }
    PointOctets octets_of_point(const EC_POINT* point, BN_CTX* numbers) const {
        PointOctets octets{};
        const std::size_t length =
            EC_POINT_point2oct(group.get(), point, POINT_CONVERSION_COMPRESSED, octets.data(), octets.size(), numbers);
        if (length != octets.size()) fail("point to bytes");
        return octets;
    }
    Point times(const BIGNUM* scalar, const EC_POINT* of, BN_CTX* numbers) const {
        Point product = point();
        const bool base = of == nullptr;
        require(EC_POINT_mul(group.get(), product.get(), base ? scalar : nullptr, of, base ? nullptr : scalar, numbers),
                "point multiplication");
        return product;
    }

    // RFC 9381 5.4.1.1, try and increment: "encode_to_curve_salt = PK_string".
    Point encode_to_curve(base::BytesView input, BN_CTX* numbers) const {
        for (unsigned counter = 0; counter < 256; ++counter) {
            const Octets<2> front = {suite, 1};
            const Octets<2> back = {static_cast<std::uint8_t>(counter), 0};
            const Digest hash = sha256({front, public_key, input, back});
            PointOctets octets{compressed_even};
            std::ranges::copy(hash, octets.begin() + 1);
            Point found = point();
            // Half of all x are none of the curve: that is no failure, the next counter is tried.
            ERR_set_mark();
            const int on_curve = EC_POINT_oct2point(group.get(), found.get(), octets.data(), octets.size(), numbers);
            ERR_pop_to_mark();
            if (on_curve == 1) return found;
        }
        fail("hash to curve");  // 2^-256
    }

    // RFC 9381 5.4.2.1: the k of RFC 6979 3.2 for the message `point`.
    SecretNumber nonce(const PointOctets& point) const {
        SecretNumber hash = number_of(sha256(point));
        // bits2octets: the hash is as long as the order, so at most one subtraction reduces it.
        if (BN_cmp(hash.get(), order()) >= 0) require(BN_sub(hash.get(), hash.get(), order()), "hash");
        const auto secret = octets_of(x.get()), message = octets_of(hash.get());
        Digest k{}, v{};
        v.fill(1);
        const auto update = [&](std::uint8_t separator, bool with_input) {
            base::Bytes text(v.begin(), v.end());
            text.push_back(separator);
            if (with_input) {
                text.insert(text.end(), secret.begin(), secret.end());
                text.insert(text.end(), message.begin(), message.end());
            }
            k = hmac_sha256(k, text);
            v = hmac_sha256(k, v);
        };
        update(0, true);
        update(1, true);
        for (;;) {
            v = hmac_sha256(k, v);
            SecretNumber candidate = number_of(v);
            if (!BN_is_zero(candidate.get()) && BN_cmp(candidate.get(), order()) < 0) return candidate;
            update(0, false);
        }
    }
};

std::optional<VrfKey> VrfKey::from_pem(const base::Secret<std::string>& pem) {
    auto key = read_pem(pem);
    if (!key || EVP_PKEY_is_a(key.get(), "EC") != 1) return std::nullopt;
    std::array<char, 32> name{};
    std::size_t length = 0;
    const int named = EVP_PKEY_get_group_name(key.get(), name.data(), name.size(), &length);
    if (named != 1 || std::string_view(name.data(), length) != "prime256v1") return std::nullopt;
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &raw) != 1) return std::nullopt;
    auto parts = std::make_shared<Parts>();
    parts->key = std::move(key);
    parts->x = SecretNumber(raw);
    BN_set_flags(raw, BN_FLG_CONSTTIME);
    parts->group = required(Group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)), "P-256");
    if (BN_is_zero(raw) || BN_cmp(raw, parts->order()) >= 0) return std::nullopt;
    const Numbers numbers = required(Numbers(BN_CTX_secure_new()), "numbers");
    parts->public_key = parts->octets_of_point(parts->times(raw, nullptr, numbers.get()).get(), numbers.get());
    return VrfKey(std::move(parts));
}

VrfKey VrfKey::generate() {
    const std::shared_ptr<EVP_PKEY> key(required(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), "VRF key"),
                                        EVP_PKEY_free);
    auto made = from_pem(write_pem(key.get()));
    if (!made) fail("VRF key");
    return std::move(*made);
}

base::Secret<std::string> VrfKey::to_pem() const {
    return write_pem(parts_->key.get());
}

const VrfPublic& VrfKey::public_key() const {
    return parts_->public_key;
}

// RFC 9381 5.1, with the names of its steps.
VrfOutput VrfKey::prove(base::BytesView input) const {
    const Numbers numbers = required(Numbers(BN_CTX_secure_new()), "numbers");
    BN_CTX* const with = numbers.get();
    const Point h = parts_->encode_to_curve(input, with);
    const PointOctets h_string = parts_->octets_of_point(h.get(), with);
    const PointOctets gamma = parts_->octets_of_point(parts_->times(parts_->x.get(), h.get(), with).get(), with);
    const SecretNumber k = parts_->nonce(h_string);
    const PointOctets u = parts_->octets_of_point(parts_->times(k.get(), nullptr, with).get(), with);
    const PointOctets v = parts_->octets_of_point(parts_->times(k.get(), h.get(), with).get(), with);
    // 5.4.3, challenge generation.
    const Octets<2> challenge_front = {suite, 2};
    const Octets<1> back = {0};
    const Digest challenge = sha256({challenge_front, parts_->public_key, h_string, gamma, u, v, back});
    const base::BytesView c_string = base::BytesView(challenge).first(challenge_bytes);
    // s = (k + c*x) mod q
    const SecretNumber c = number_of(c_string);
    const SecretNumber s = required(SecretNumber(BN_secure_new()), "scalar");
    require(BN_mod_mul(s.get(), c.get(), parts_->x.get(), parts_->order(), with), "proof");
    require(BN_mod_add(s.get(), s.get(), k.get(), parts_->order(), with), "proof");
    const auto s_string = octets_of(s.get());
    VrfOutput output;
    auto at = std::ranges::copy(gamma, output.proof.begin()).out;
    at = std::ranges::copy(c_string, at).out;
    std::ranges::copy(s_string, at);
    // 5.2, proof to hash; the cofactor of P-256 is 1.
    const Octets<2> hash_front = {suite, 3};
    output.hash = sha256({hash_front, gamma, back});
    return output;
}

}  // namespace kelisim::crypto
