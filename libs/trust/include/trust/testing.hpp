// SPDX-License-Identifier: Apache-2.0
// For tests: certification authorities of one's own with the national profile (pki.md 1), every rule of which can be broken,
// and what they say about their certificates. All of it is written by hand, so that what no library would write can be
// written too. The same entropy gives the same bytes, except for ECDSA, whose nonces OpenSSL draws itself.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/entropy.hpp"
#include "crypto/gost.hpp"
#include "trust/authorities.hpp"
#include "trust/certificate.hpp"
#include "trust/policy.hpp"
#include "trust/revocation.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::trust::test {

using namespace std::chrono_literals;

// 2026-06-01, noon: within the validity of every certificate whose profile says nothing else.
inline const base::Time now = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h;

// Of kinds rsa (2048 bits), ec (P-256) and gost2015_512.
class KeyPair {
public:
    static KeyPair make(KeyKind kind, base::Entropy& entropy);
    static KeyPair make_rsa(int bits, base::Entropy& entropy);

    KeyKind kind() const;
    base::Bytes spki() const;   // SubjectPublicKeyInfo
    base::Bytes pkcs8() const;  // PrivateKeyInfo; GOST as the national authority's files have it (pki.md 2)
    base::Bytes sign(SignatureAlgorithm algorithm, base::BytesView message) const;
    base::Bytes sign(base::BytesView message) const { return sign(signature_for(kind()), message); }

private:
    using Key = std::variant<std::shared_ptr<evp_pkey_st>, crypto::GostPrivateKey>;
    KeyPair(Key key, base::Entropy& entropy) : key_(std::move(key)), entropy_(&entropy) {}
    Key key_;
    base::Entropy* entropy_;
};

struct Subject {
    std::string common_name = {}, family_name = {}, patronymic = {}, iin = {}, bin = {}, organisation = {};
    base::Bytes der() const;  // of what is not empty, in the order of pki.md 1.1
};

enum class Criticality { not_critical, critical };
base::Bytes extension(std::string_view oid, base::BytesView value, Criticality = Criticality::not_critical);

// What a certificate says. A profile begins as one of the functions below and is then bent.
struct Profile {
    Subject subject = {};
    base::Time not_before = now - 24h * 180;
    base::Time not_after = now + 24h * 180;
    std::optional<std::vector<KeyUse>> key_usage = {};  // none: no extension
    std::vector<std::string> extended_key_usages = {};  // empty: no extension
    bool extended_key_usage_critical = false;
    std::optional<BasicConstraints> basic_constraints = {};
    std::vector<std::string> policies = {}, ocsp_urls = {}, crl_urls = {};
    bool no_check = false;                               // id-pkix-ocsp-nocheck
    bool key_ids = true;                                 // SKI and AKI
    std::vector<base::Bytes> further_extensions = {};    // from extension()
    std::optional<SignatureAlgorithm> signed_with = {};  // none: what the issuer's key signs with today
    std::optional<base::Bytes> serial = {};              // big-endian; none: drawn
    std::optional<base::Bytes> spki = {};                // in place of the key's own
    std::optional<base::Bytes> authority_key_id = {};    // in place of the issuer's
    std::optional<base::Bytes> issuer = {};              // the DER of a name, in place of the issuer's
};

Profile root_profile(std::string name);
Profile authority_profile(std::string name);  // an intermediate
Profile person_profile();                     // natural person, role 1.2.398.3.3.4.1.1
Profile head_profile();                       // first head of an organisation, roles .1.2 and .1.2.1
Profile system_profile();                     // information system of an organisation, roles .1.2 and .1.2.6
Profile responder_profile();                  // delegated OCSP responder
Profile time_stamper_profile();

struct Party {
    KeyPair key;
    Certificate certificate;
};
// What signs, as the server has it: the key, its certificate, and `above`.
SigningKey signing_key(const Party& party, const std::vector<Certificate>& above, base::Entropy& entropy);
// Throw std::logic_error when the result cannot even be read as a certificate.
Party self_signed(const Profile& profile, KeyPair key, base::Entropy& entropy);
Party issue(const Profile& profile, const Party& issuer, KeyPair key, base::Entropy& entropy);
// The DER alone, for what Certificate refuses to read.
base::Bytes issue_der(const Profile& profile, const Party& issuer, const KeyPair& key, base::Entropy& entropy);

// A root, its authority, and those whom that certified.
struct Pki {
    explicit Pki(KeyKind kind, base::Entropy& entropy);
    Party issue(const Profile& profile, base::Entropy& entropy) const;  // by `authority`, with a key of its kind

    KeyKind kind;
    Party root, authority, person, head, information_system, responder, time_stamper;

    // Root as anchor, `authority` as an intermediate that owns the arc of НУЦ РК; contour: test.
    Authorities authorities() const;
};

// What a responder answers. A standing of not_issued is told as НУЦ РК does: on hold since 1970 (pki.md 4).
struct OcspAnswer {
    Standing standing = Standing::good;
    base::Time revoked_at = now - 24h;
    int reason =
        1;  // CRLReason of RFC 5280 5.3.1, keyCompromise; on hold and not issued: certificateHold; below 0: none
    base::Time produced_at = now;
    base::Time this_update = now;
    std::optional<base::Time> next_update = {};  // НУЦ РК names none
    base::Bytes nonce = {};                      // empty: none
    DigestAlgorithm id_digest = DigestAlgorithm::sha256;
    bool responder_by_key = false;
    bool certificate_sent = true;
    std::optional<base::Bytes> signature = {};  // in place of the right one
};
base::Bytes ocsp_response(const Certificate& subject, const Certificate& issuer, const Party& responder,
                          const OcspAnswer& answer);
// A response without an answer: 3 is tryLater, 6 unauthorized (RFC 6960 4.2.1).
base::Bytes ocsp_refusal(int status);

struct CrlEntry {
    Certificate certificate;
    base::Time revoked_at = now - 24h;
    int reason = 1;  // as above; 8 is removeFromCRL
};
struct CrlContents {
    std::vector<CrlEntry> revoked = {};
    base::Time this_update = now - 1h;
    std::optional<base::Time> next_update = now + 24h;
    std::int64_t number = 1;
    std::optional<std::int64_t> base_number = {};      // of a delta
    std::vector<base::Bytes> further_extensions = {};  // from extension()
    std::optional<base::Bytes> signature = {};         // in place of the right one
};
base::Bytes crl(const Party& issuer, const CrlContents& contents);

// A file as the national authority issues it: the key under 3DES, the certificates under RC2 of 40 bits, a MAC with SHA-1.
base::Bytes pkcs12(base::BytesView pkcs8, const std::vector<Certificate>& certificates, const std::string& passphrase);
base::Bytes encrypted_pkcs8(base::BytesView pkcs8, const std::string& passphrase);  // PBES2 with AES-256
// The same in BER: every constructed element with an indefinite length, every OCTET STRING of [0] EXPLICIT in two pieces.
base::Bytes to_ber(base::BytesView der);

std::string to_pem(std::string_view label, base::BytesView der);

}  // namespace kelisim::trust::test
