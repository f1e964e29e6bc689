// SPDX-License-Identifier: Apache-2.0
#include "trust/signing_key.hpp"

#include <algorithm>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "der.hpp"
#include "key_sources.hpp"
#include "openssl_digest.hpp"

namespace kelisim::trust {

using base::Kind;
using base::Reason;

const Reason signing_key_unreadable{
    "signing_key_unreadable",
    Kind::invalid,
    "RFC 7292 section 4",
    {"Қол қою кілті оқылмайды.", "Ключ подписи не читается.", "The signing key cannot be read."}};
const Reason signing_key_passphrase{"signing_key_passphrase",
                                    Kind::invalid,
                                    "RFC 7292 section 5.2",
                                    {"Қол қою кілтінің құпиясөзі дұрыс емес.", "Пароль ключа подписи неверен.",
                                     "The passphrase of the signing key is wrong."}};
const Reason signing_key_unsuitable{
    "signing_key_unsuitable",
    Kind::invalid,
    "307/НК п.60",
    {"Мұндай кілтпен мұнда қол қойылмайды.", "Таким ключом здесь не подписывают.", "Such a key does not sign here."}};
const Reason signing_key_without_certificate{
    "signing_key_without_certificate",
    Kind::invalid,
    "307/НК п.60",
    {"Қол қою кілтінің сертификаты жоқ.", "У ключа подписи нет сертификата.", "The signing key has no certificate."}};
const Reason signing_key_other_certificate{"signing_key_other_certificate",
                                           Kind::invalid,
                                           "307/НК п.60",
                                           {"Сертификат басқа кілтке берілген.", "Сертификат выдан на другой ключ.",
                                            "The certificate belongs to another key."}};
const Reason signing_key_token{"signing_key_token",
                               Kind::invalid,
                               "RFC 7512 section 2.3",
                               {"Кілт сақтайтын құрылғыда мұндай кілт табылмады.",
                                "На ключевом носителе такой ключ не найден.", "No such key was found on the token."}};
const Reason signing_key_none_valid{
    "signing_key_none_valid",
    Kind::invalid,
    "307/НК п.60",
    {"Бұл сәтте жарамды қол қою кілті жоқ.", "На этот момент нет действующего ключа подписи.",
     "No signing key is valid at this instant."}};

namespace {

constexpr int rsa_bits_min = 2048;

base::Bytes public_der(EVP_PKEY* key) {
    return to_der(key, i2d_PUBKEY);
}

// What its certificate would hold as the key.
bool belongs_to(const PrivateKey& key, const Certificate& certificate) {
    if (!certificate.key()) return false;
    if (const auto* const gost = std::get_if<crypto::GostPrivateKey>(&key)) {
        return certificate.key()->kind() == KeyKind::gost2015_512 &&
               std::ranges::equal(certificate.key_bits(), der::octets(gost->public_key().to_bytes()));
    }
    EVP_PKEY* const certified = certificate.key()->openssl();
    return certified != nullptr && public_der(certified) == public_der(std::get<std::shared_ptr<EVP_PKEY>>(key).get());
}

std::optional<KeyKind> kind_of(const PrivateKey& key) {
    const auto* const handle = std::get_if<std::shared_ptr<EVP_PKEY>>(&key);
    if (handle == nullptr) return KeyKind::gost2015_512;
    const auto known = PublicKey::from_spki(public_der(handle->get()));
    if (!known || (known->kind() == KeyKind::rsa && known->bits() < rsa_bits_min)) return std::nullopt;
    return known->kind();
}

// From its own certificate as far up as these lead; a signature decides, not a name alone.
std::vector<Certificate> chain_from(const Certificate& own, const std::vector<Certificate>& certificates) {
    std::vector<Certificate> chain{own};
    while (chain.size() < base::limits::certificate_chain_max && !chain.back().is_self_issued()) {
        const auto issuer = std::ranges::find_if(certificates, [&](const Certificate& one) {
            return one.subject() == chain.back().issuer() && chain.back().is_signed_by(one);
        });
        if (issuer == certificates.end() || std::ranges::find(chain, *issuer) != chain.end()) break;
        chain.push_back(*issuer);
    }
    return chain;
}

}  // namespace

base::Result<SigningKey> SigningKey::fit(Key key, const std::vector<Certificate>& certificates,
                                         base::Entropy& entropy) {
    if (!kind_of(key)) return signing_key_unsuitable;
    const auto own = std::ranges::find_if(certificates, [&](const Certificate& one) { return belongs_to(key, one); });
    if (own == certificates.end())
        return certificates.empty() ? signing_key_without_certificate : signing_key_other_certificate;
    return SigningKey(std::move(key), chain_from(*own, certificates), entropy);
}

base::Result<SigningKey> SigningKey::from_pkcs12(base::BytesView file, const base::Secret<std::string>& passphrase,
                                                 base::Entropy& entropy) {
    const auto opened = open_pkcs12(file, passphrase);
    if (opened.has_error()) return opened.error();
    if (opened->keys.empty()) return signing_key_unreadable;
    base::Result<SigningKey> last = signing_key_unreadable;
    for (const PrivateKey& key : opened->keys) {
        last = fit(key, opened->certificates, entropy);
        if (last.has_value()) return last;
    }
    return last;
}

base::Result<SigningKey> SigningKey::from_pem(const base::Secret<std::string>& text,
                                              const base::Secret<std::string>& passphrase,
                                              std::string_view certificates, base::Entropy& entropy) {
    auto opened = open_pem(text, passphrase);
    if (opened.has_error()) return opened.error();
    if (opened->keys.size() != 1) return signing_key_unreadable;
    const auto further = read_certificates(certificates);
    if (further.has_error()) return further.error();
    opened->certificates.insert(opened->certificates.end(), further->begin(), further->end());
    return fit(opened->keys.front(), opened->certificates, entropy);
}

base::Result<SigningKey> SigningKey::from_token(const TokenKey& key, std::string_view certificates,
                                                base::Entropy& entropy) {
    const auto given = read_certificates(certificates);
    if (given.has_error()) return given.error();
    const auto opened = open_token(key);
    if (opened.has_error()) return opened.error();
    return fit(opened->keys.front(), given->empty() ? opened->certificates : *given, entropy);
}

KeyKind SigningKey::kind() const {
    return certificate().key()->kind();
}

base::Bytes SigningKey::sign(SignatureAlgorithm algorithm, base::BytesView message) const {
    if (key_kind(algorithm) != kind()) throw base::Outage("the algorithm is not of this signing key");
    const base::Bytes hash = digest(digest_of(algorithm), {message});
    if (const auto* const gost = std::get_if<crypto::GostPrivateKey>(&key_)) return gost->sign(hash, *entropy_);
    EVP_PKEY* const key = std::get<std::shared_ptr<EVP_PKEY>>(key_).get();
    const crypto::KeyContext context =
        crypto::required(crypto::KeyContext(EVP_PKEY_CTX_new(key, nullptr)), "EVP_PKEY_CTX_new");
    crypto::require(EVP_PKEY_sign_init(context.get()), "EVP_PKEY_sign_init");
    if (kind() == KeyKind::rsa)
        crypto::require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING), "RSA_PKCS1_PADDING");
    crypto::require(EVP_PKEY_CTX_set_signature_md(context.get(), openssl_digest(digest_of(algorithm))),
                    "EVP_PKEY_CTX_set_signature_md");
    std::size_t size = 0;
    crypto::require(EVP_PKEY_sign(context.get(), nullptr, &size, hash.data(), hash.size()), "EVP_PKEY_sign");
    base::Bytes signature(size);
    crypto::require(EVP_PKEY_sign(context.get(), signature.data(), &size, hash.data(), hash.size()), "EVP_PKEY_sign");
    signature.resize(size);
    return signature;
}

SigningKeys::SigningKeys(std::vector<SigningKey> keys) {
    replace(std::move(keys));
}

void SigningKeys::replace(std::vector<SigningKey> keys) {
    List list;
    for (SigningKey& key : keys)
        list.push_back(std::make_shared<const SigningKey>(std::move(key)));
    const std::lock_guard lock(mutex_);
    keys_.swap(list);
}

std::vector<std::shared_ptr<const SigningKey>> SigningKeys::all() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

base::Result<std::shared_ptr<const SigningKey>> SigningKeys::at(base::Time at, std::optional<KeyKind> kind) const {
    std::shared_ptr<const SigningKey> chosen;
    for (const auto& key : all()) {
        const Certificate& own = key->certificate();
        if ((kind && key->kind() != *kind) || at < own.not_before() || at > own.not_after()) continue;
        if (!chosen || chosen->certificate().not_before() < own.not_before()) chosen = key;
    }
    if (!chosen) return signing_key_none_valid;
    return chosen;
}

std::optional<base::Time> SigningKeys::ends_within(base::Duration within, base::Time at) const {
    // From key to key, as long as the next begins before the last has ended.
    const List keys = all();
    std::optional<base::Time> end;
    for (bool further = true; further;) {
        further = false;
        for (const auto& key : keys) {
            const Certificate& own = key->certificate();
            if (own.not_before() > end.value_or(at) || own.not_after() <= end.value_or(at)) continue;
            end = own.not_after();
            further = true;
        }
    }
    if (!end) return at;
    if (*end > at + within) return std::nullopt;
    return end;
}

}  // namespace kelisim::trust
