// SPDX-License-Identifier: Apache-2.0
// Keys that the server signs with (INT-2.15, INT-60), and where they come from: a PKCS #12 file as the national authority
// issues it, PEM, or a PKCS #11 token. A key comes with its certificate or not at all.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/gost.hpp"
#include "trust/certificate.hpp"

namespace kelisim::trust {

extern const base::Reason signing_key_unreadable;
extern const base::Reason signing_key_passphrase;
extern const base::Reason
    signing_key_unsuitable;  // read, but of an algorithm, a curve or a length that we do not sign with
extern const base::Reason signing_key_without_certificate;
extern const base::Reason signing_key_other_certificate;
extern const base::Reason signing_key_token;  // the PKCS #11 module or its token does not answer, or has no such key
extern const base::Reason signing_key_none_valid;

// A key on a PKCS #11 token. A token that is put in later is seen once no key of its module is in use any more.
struct TokenKey {
    std::string module;  // the path of the PKCS #11 library
    std::string token;   // the label of the token
    std::string key;     // the label of the key on it
    base::Secret<std::string> pin;
};

// Immutable; safe to use from several threads at once if its entropy is, which outlives it. RSA of at least 2048 bits, ECDSA
// on P-256, P-384 and P-521, ГОСТ 34.10-2015 with 512 bits.
class SigningKey {
public:
    // RSA, EC, and GOST with Kazakhstan's OIDs; also what only OpenSSL's legacy provider opens: 3DES and RC2 of 40 bits, as
    // in the national authority's files (pki.md 2). Of several keys the one whose certificate is there.
    static base::Result<SigningKey> from_pkcs12(base::BytesView file, const base::Secret<std::string>& passphrase,
                                                base::Entropy& entropy);
    // PKCS #8, encrypted or not, and the certificates, its own and those above it, in any order, in this text or in
    // `certificates`. The passphrase of a key that is not encrypted is not looked at.
    static base::Result<SigningKey> from_pem(const base::Secret<std::string>& text,
                                             const base::Secret<std::string>& passphrase, std::string_view certificates,
                                             base::Entropy& entropy);
    // RSA and EC by libp11; the PIN is tried once, for a token locks itself, and not at all while another key of the token is
    // in use. With an empty `certificates` (PEM) those of the token are taken.
    static base::Result<SigningKey> from_token(const TokenKey& key, std::string_view certificates,
                                               base::Entropy& entropy);

    // Its own certificate first, then as far up as was found; never empty.
    const std::vector<Certificate>& chain() const { return chain_; }
    const Certificate& certificate() const { return chain_.front(); }
    KeyKind kind() const;
    // What it signs with when nobody says otherwise.
    SignatureAlgorithm algorithm() const { return signature_for(kind()); }
    // The form of X.509 and CMS: DER for ECDSA, Kazakhstan's r || s for GOST. Precondition: the algorithm is of this key.
    // Throws base::Outage when the library or the token fails.
    base::Bytes sign(SignatureAlgorithm algorithm, base::BytesView message) const;
    base::Bytes sign(base::BytesView message) const { return sign(algorithm(), message); }

private:
    using Key = std::variant<std::shared_ptr<evp_pkey_st>, crypto::GostPrivateKey>;
    SigningKey(Key key, std::vector<Certificate> chain, base::Entropy& entropy)
        : key_(std::move(key)), chain_(std::move(chain)), entropy_(&entropy) {}
    static base::Result<SigningKey> fit(Key key, const std::vector<Certificate>& certificates, base::Entropy& entropy);

    Key key_;
    std::vector<Certificate> chain_;
    base::Entropy* entropy_;
};

// The keys of one purpose, of which one signs and the next may lie ready. Thread-safe: replace() exchanges all of them at
// once, and who holds one goes on with it.
class SigningKeys {
public:
    explicit SigningKeys(std::vector<SigningKey> keys);
    void replace(std::vector<SigningKey> keys);

    // Of the keys whose certificate is valid at the instant, the one whose validity began last: a renewal counts from its
    // first day. `kind` narrows it to keys of one kind.
    base::Result<std::shared_ptr<const SigningKey>> at(base::Time at, std::optional<KeyKind> kind = {}) const;
    // When the last of the keys that are valid at the instant ends, and no key follows it within the time given: an operator is
    // to be told. Nothing: all is well. The instant itself where none is valid.
    std::optional<base::Time> ends_within(base::Duration within, base::Time at) const;
    std::vector<std::shared_ptr<const SigningKey>> all() const;

private:
    using List = std::vector<std::shared_ptr<const SigningKey>>;
    mutable std::mutex mutex_;
    List keys_;
};

}  // namespace kelisim::trust
