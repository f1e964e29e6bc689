// SPDX-License-Identifier: Apache-2.0
#include "trust/algorithm.hpp"

#include <algorithm>
#include <array>

#include "crypto/gost.hpp"
#include "openssl_digest.hpp"

namespace kelisim::trust {
namespace {

struct DigestRow {
    DigestAlgorithm algorithm;
    std::string_view oid, uri;
};

#define PKIGOVKZ "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:"
#define XMLDSIG_MORE "http://www.w3.org/2001/04/xmldsig-more#"

constexpr std::array digests{
    DigestRow{DigestAlgorithm::sha1, "1.3.14.3.2.26", "http://www.w3.org/2000/09/xmldsig#sha1"},
    DigestRow{DigestAlgorithm::sha256, "2.16.840.1.101.3.4.2.1", "http://www.w3.org/2001/04/xmlenc#sha256"},
    DigestRow{DigestAlgorithm::sha384, "2.16.840.1.101.3.4.2.2", XMLDSIG_MORE "sha384"},
    DigestRow{DigestAlgorithm::sha512, "2.16.840.1.101.3.4.2.3", "http://www.w3.org/2001/04/xmlenc#sha512"},
    DigestRow{DigestAlgorithm::streebog256, "1.2.398.3.10.1.3.2", PKIGOVKZ "gostr34112015-256"},
    DigestRow{DigestAlgorithm::streebog512, "1.2.398.3.10.1.3.3", PKIGOVKZ "gostr34112015-512"},
    DigestRow{DigestAlgorithm::gost34311, "1.2.398.3.10.1.3.1", XMLDSIG_MORE "gost34311"},
};

struct SignatureRow {
    SignatureAlgorithm algorithm;
    KeyKind key;
    DigestAlgorithm digest;
    std::string_view oid, uri, name;
};

constexpr std::array signatures{
    SignatureRow{SignatureAlgorithm::rsa_sha1, KeyKind::rsa, DigestAlgorithm::sha1, "1.2.840.113549.1.1.5",
                 "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "RSA with SHA-1"},
    SignatureRow{SignatureAlgorithm::rsa_sha256, KeyKind::rsa, DigestAlgorithm::sha256, "1.2.840.113549.1.1.11",
                 XMLDSIG_MORE "rsa-sha256", "RSA with SHA-256"},
    SignatureRow{SignatureAlgorithm::rsa_sha384, KeyKind::rsa, DigestAlgorithm::sha384, "1.2.840.113549.1.1.12",
                 XMLDSIG_MORE "rsa-sha384", "RSA with SHA-384"},
    SignatureRow{SignatureAlgorithm::rsa_sha512, KeyKind::rsa, DigestAlgorithm::sha512, "1.2.840.113549.1.1.13",
                 XMLDSIG_MORE "rsa-sha512", "RSA with SHA-512"},
    SignatureRow{SignatureAlgorithm::ecdsa_sha256, KeyKind::ec, DigestAlgorithm::sha256, "1.2.840.10045.4.3.2",
                 XMLDSIG_MORE "ecdsa-sha256", "ECDSA with SHA-256"},
    SignatureRow{SignatureAlgorithm::ecdsa_sha384, KeyKind::ec, DigestAlgorithm::sha384, "1.2.840.10045.4.3.3",
                 XMLDSIG_MORE "ecdsa-sha384", "ECDSA with SHA-384"},
    SignatureRow{SignatureAlgorithm::ecdsa_sha512, KeyKind::ec, DigestAlgorithm::sha512, "1.2.840.10045.4.3.4",
                 XMLDSIG_MORE "ecdsa-sha512", "ECDSA with SHA-512"},
    SignatureRow{SignatureAlgorithm::gost2015_512, KeyKind::gost2015_512, DigestAlgorithm::streebog512,
                 "1.2.398.3.10.1.1.2.3.2", PKIGOVKZ "gostr34102015-gostr34112015-512", "GOST 34.10-2015, 512 bits"},
    SignatureRow{SignatureAlgorithm::gost2015_256, KeyKind::gost2015_256, DigestAlgorithm::streebog256,
                 "1.2.398.3.10.1.1.2.3.1", PKIGOVKZ "gostr34102015-gostr34112015-256", "GOST 34.10-2015, 256 bits"},
    SignatureRow{SignatureAlgorithm::gost2004, KeyKind::gost2004, DigestAlgorithm::gost34311, "1.2.398.3.10.1.1.1.2",
                 XMLDSIG_MORE "gost34310-gost34311", "GOST 34.310-2004"},
};

#undef PKIGOVKZ
#undef XMLDSIG_MORE

// The name of a bare key where a CMS says the digest elsewhere.
struct BareKey {
    std::string_view oid;
    KeyKind key;
};
constexpr std::array bare_keys{
    BareKey{"1.2.840.113549.1.1.1", KeyKind::rsa},          BareKey{"1.2.840.10045.2.1", KeyKind::ec},
    BareKey{"1.2.398.3.10.1.1.2.2", KeyKind::gost2015_512}, BareKey{"1.2.398.3.10.1.1.2.1", KeyKind::gost2015_256},
    BareKey{"1.2.398.3.10.1.1.1.1", KeyKind::gost2004},
};

template <class Rows, class Match>
auto find(const Rows& rows, Match match) -> std::optional<typename Rows::value_type> {
    const auto found = std::ranges::find_if(rows, match);
    if (found == rows.end()) return std::nullopt;
    return *found;
}

const DigestRow& row(DigestAlgorithm algorithm) {
    return *std::ranges::find(digests, algorithm, &DigestRow::algorithm);
}

const SignatureRow& row(SignatureAlgorithm algorithm) {
    return *std::ranges::find(signatures, algorithm, &SignatureRow::algorithm);
}

base::Bytes openssl_hash(const EVP_MD* algorithm, std::initializer_list<base::BytesView> parts) {
    const crypto::MdContext context = crypto::required(crypto::MdContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    crypto::require(EVP_DigestInit_ex2(context.get(), algorithm, nullptr), "EVP_DigestInit_ex2");
    for (const base::BytesView part : parts)
        crypto::require(EVP_DigestUpdate(context.get(), part.data(), part.size()), "EVP_DigestUpdate");
    base::Bytes out(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
    crypto::require(EVP_DigestFinal_ex(context.get(), out.data(), nullptr), "EVP_DigestFinal_ex");
    return out;
}

}  // namespace

const EVP_MD* openssl_digest(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::sha1:
            return EVP_sha1();
        case DigestAlgorithm::sha256:
            return crypto::sha256_algorithm();
        case DigestAlgorithm::sha384:
            return EVP_sha384();
        case DigestAlgorithm::sha512:
            return EVP_sha512();
        default:
            return nullptr;
    }
}

base::Bytes digest(DigestAlgorithm algorithm, std::initializer_list<base::BytesView> parts) {
    switch (algorithm) {
        case DigestAlgorithm::streebog256:
            return crypto::gost_hash(crypto::GostHash::streebog_256, parts);
        case DigestAlgorithm::streebog512:
            return crypto::gost_hash(crypto::GostHash::streebog_512, parts);
        case DigestAlgorithm::gost34311:
            return crypto::gost_hash(crypto::GostHash::gost_34311, parts);
        default:
            return openssl_hash(openssl_digest(algorithm), parts);
    }
}

std::optional<DigestAlgorithm> digest_by_oid(std::string_view oid) {
    const auto found = find(digests, [&](const DigestRow& one) { return one.oid == oid; });
    return found ? std::optional(found->algorithm) : std::nullopt;
}

std::optional<DigestAlgorithm> digest_by_uri(std::string_view uri) {
    // НУЦ РК's own software writes SHA-1 under a URI that no standard has (pki.md 3.1).
    if (uri == "http://www.w3.org/2001/04/xmldsig-more#sha1") return DigestAlgorithm::sha1;
    const auto found = find(digests, [&](const DigestRow& one) { return one.uri == uri; });
    return found ? std::optional(found->algorithm) : std::nullopt;
}

std::string_view oid_of(DigestAlgorithm algorithm) {
    return row(algorithm).oid;
}

std::string_view uri_of(DigestAlgorithm algorithm) {
    return row(algorithm).uri;
}

std::optional<SignatureAlgorithm> signature_by_oid(std::string_view oid) {
    const auto found = find(signatures, [&](const SignatureRow& one) { return one.oid == oid; });
    return found ? std::optional(found->algorithm) : std::nullopt;
}

std::optional<SignatureAlgorithm> signature_by_uri(std::string_view uri) {
    if (uri == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1") return SignatureAlgorithm::rsa_sha1;
    const auto found = find(signatures, [&](const SignatureRow& one) { return one.uri == uri; });
    return found ? std::optional(found->algorithm) : std::nullopt;
}

std::optional<SignatureAlgorithm> signature_of(std::string_view signature_oid, DigestAlgorithm digest) {
    const auto bare = find(bare_keys, [&](const BareKey& one) { return one.oid == signature_oid; });
    const auto found = find(signatures, [&](const SignatureRow& one) {
        return one.digest == digest && (bare ? one.key == bare->key : one.oid == signature_oid);
    });
    return found ? std::optional(found->algorithm) : std::nullopt;
}

SignatureAlgorithm signature_for(KeyKind kind) {
    switch (kind) {
        case KeyKind::rsa:
            return SignatureAlgorithm::rsa_sha256;
        case KeyKind::ec:
            return SignatureAlgorithm::ecdsa_sha256;
        case KeyKind::gost2015_512:
            return SignatureAlgorithm::gost2015_512;
        case KeyKind::gost2015_256:
            return SignatureAlgorithm::gost2015_256;
        case KeyKind::gost2004:
            return SignatureAlgorithm::gost2004;
    }
    return SignatureAlgorithm::rsa_sha256;
}

KeyKind key_kind(SignatureAlgorithm algorithm) {
    return row(algorithm).key;
}

DigestAlgorithm digest_of(SignatureAlgorithm algorithm) {
    return row(algorithm).digest;
}

std::string_view oid_of(SignatureAlgorithm algorithm) {
    return row(algorithm).oid;
}

std::string_view uri_of(SignatureAlgorithm algorithm) {
    return row(algorithm).uri;
}

std::string_view name_of(SignatureAlgorithm algorithm) {
    return row(algorithm).name;
}

}  // namespace kelisim::trust
