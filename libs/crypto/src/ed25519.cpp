// SPDX-License-Identifier: Apache-2.0
#include "crypto/ed25519.hpp"

#include "crypto/openssl.hpp"
#include "pem.hpp"

namespace kelisim::crypto {

namespace {

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

}  // namespace

bool verifies(const Ed25519Public& key, base::BytesView message, base::BytesView signature) {
    if (signature.size() != ed25519_signature_bytes) return false;
    const auto handle = own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    if (!handle) return false;
    const MdContext context = required(MdContext(EVP_MD_CTX_new()), "verify context");
    require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()), "verify");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

Ed25519Key Ed25519Key::generate() {
    return Ed25519Key(own(required(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), "Ed25519 key")));
}

std::optional<Ed25519Key> Ed25519Key::from_pem(const base::Secret<std::string>& pem) {
    auto key = read_pem(pem);
    if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1) return std::nullopt;
    return Ed25519Key(std::move(key));
}

base::Secret<std::string> Ed25519Key::to_pem() const {
    return write_pem(key_.get());
}

Ed25519Public Ed25519Key::public_key() const {
    Ed25519Public key{};
    std::size_t length = key.size();
    require(EVP_PKEY_get_raw_public_key(key_.get(), key.data(), &length), "public key");
    if (length != key.size()) fail("public key");
    return key;
}

Ed25519Signature Ed25519Key::sign(base::BytesView message) const {
    const MdContext context = required(MdContext(EVP_MD_CTX_new()), "sign context");
    require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()), "sign");
    Ed25519Signature signature{};
    std::size_t length = signature.size();
    require(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()), "sign");
    if (length != signature.size()) fail("sign");
    return signature;
}

}  // namespace kelisim::crypto
