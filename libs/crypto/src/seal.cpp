// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal.hpp"

#include "crypto/openssl.hpp"

namespace kelisim::crypto {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
static_assert(seal_overhead_bytes == nonce_bytes + tag_bytes);

enum class Direction { open = 0, seal = 1 };

CipherContext new_context() {
    auto cipher = required(CipherContext(EVP_CIPHER_CTX_new()), "cipher context");
    require(EVP_CipherInit_ex2(cipher.get(), aes_256_gcm_algorithm(), nullptr, nullptr, 1, nullptr), "cipher");
    return cipher;
}

EVP_CIPHER_CTX* begin(const SealKey& key, const std::uint8_t* nonce, base::BytesView context, Direction direction) {
    // Kept by the thread, its algorithm set once: naming that again would build the context anew.
    thread_local const CipherContext cipher = new_context();
    require(EVP_CipherInit_ex2(cipher.get(), nullptr, key.reveal().data(), nonce, static_cast<int>(direction), nullptr),
            "cipher");
    int length = 0;
    require(EVP_CipherUpdate(cipher.get(), nullptr, &length, context.data(), static_cast<int>(context.size())),
            "cipher context data");
    return cipher.get();
}

}  // namespace

SealKey make_seal_key(base::Entropy& entropy) {
    KeyBytes bytes;
    entropy.fill(bytes);
    return SealKey(bytes);
}

base::Bytes seal(const SealKey& key, base::BytesView plain, base::BytesView context, base::Entropy& entropy) {
    base::Bytes out(nonce_bytes + plain.size() + tag_bytes);
    entropy.fill(std::span(out).first(nonce_bytes));
    auto* cipher = begin(key, out.data(), context, Direction::seal);
    int length = 0;
    auto* text = out.data() + nonce_bytes;
    require(EVP_CipherUpdate(cipher, text, &length, plain.data(), static_cast<int>(plain.size())), "seal");
    require(EVP_CipherFinal_ex(cipher, text + length, &length), "seal");
    require(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, tag_bytes, text + plain.size()), "seal tag");
    return out;
}

std::optional<base::Bytes> open(const SealKey& key, base::BytesView sealed, base::BytesView context) {
    if (sealed.size() < seal_overhead_bytes) return std::nullopt;
    auto* cipher = begin(key, sealed.data(), context, Direction::open);
    const base::BytesView text = sealed.subspan(nonce_bytes, sealed.size() - seal_overhead_bytes);
    std::array<std::uint8_t, tag_bytes> tag{};
    std::copy_n(sealed.end() - tag_bytes, tag_bytes, tag.begin());
    base::Bytes out(text.size());
    int length = 0;
    std::uint8_t none = 0;  // an empty vector has no address to write to
    auto* at = out.empty() ? &none : out.data();
    require(EVP_CipherUpdate(cipher, at, &length, text.data(), static_cast<int>(text.size())), "open");
    require(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()), "open tag");
    if (EVP_CipherFinal_ex(cipher, at + length, &length) != 1) return std::nullopt;
    return out;
}

}  // namespace kelisim::crypto
