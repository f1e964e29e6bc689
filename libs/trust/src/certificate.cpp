// SPDX-License-Identifier: Apache-2.0
#include "trust/certificate.hpp"

#include <openssl/objects.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace kelisim::trust {
namespace {

// Extensions that path.cpp and this file act on; a critical one beside them makes a certificate unusable (RFC 5280 4.2: "a
// certificate-using system MUST reject the certificate if it encounters a critical extension it does not recognize").
constexpr std::array processed{NID_key_usage,
                               NID_ext_key_usage,
                               NID_basic_constraints,
                               NID_certificate_policies,
                               NID_subject_key_identifier,
                               NID_authority_key_identifier,
                               NID_crl_distribution_points,
                               NID_info_access,
                               NID_id_pkix_OCSP_noCheck,
                               NID_subject_alt_name,
                               NID_freshest_crl};

constexpr std::array<std::pair<KeyUse, std::uint32_t>, 7> key_uses{{
    {KeyUse::digital_signature, KU_DIGITAL_SIGNATURE},
    {KeyUse::non_repudiation, KU_NON_REPUDIATION},
    {KeyUse::key_encipherment, KU_KEY_ENCIPHERMENT},
    {KeyUse::data_encipherment, KU_DATA_ENCIPHERMENT},
    {KeyUse::key_agreement, KU_KEY_AGREEMENT},
    {KeyUse::certificate_sign, KU_KEY_CERT_SIGN},
    {KeyUse::crl_sign, KU_CRL_SIGN},
}};

// UTF-8 of the last attribute of this kind; empty: none, or none that can be read.
std::string attribute(const X509_NAME* name, int nid) {
    std::string text;
    for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0; at = X509_NAME_get_index_by_NID(name, nid, at)) {
        std::uint8_t* utf8 = nullptr;
        const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
        if (size < 0) continue;
        text = base::as_text({utf8, static_cast<std::size_t>(size)});
        OPENSSL_free(utf8);
    }
    return text;
}

// The twelve digits behind a prefix in one of the attributes of this kind: "IIN123456789011".
std::string digits_behind(const X509_NAME* name, int nid, std::string_view prefix) {
    for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0; at = X509_NAME_get_index_by_NID(name, nid, at)) {
        const std::string_view text = base::as_text(view(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
        if (text.size() == prefix.size() + 12 && text.starts_with(prefix) &&
            std::ranges::all_of(text.substr(prefix.size()), [](char c) { return c >= '0' && c <= '9'; }))
            return std::string(text.substr(prefix.size()));
    }
    return {};
}

OwnerKind kind_of(const Owner& owner, bool authority) {
    if (authority) return OwnerKind::authority;
    if (owner.bin.empty()) return OwnerKind::person;
    return owner.iin.reveal().empty() ? OwnerKind::organisation : OwnerKind::person_of_organisation;
}

Owner read_owner(const X509_NAME* name, bool authority) {
    Owner owner;
    owner.iin = base::Personal(digits_behind(name, NID_serialNumber, "IIN"));
    owner.common_name = base::Personal(attribute(name, NID_commonName));
    owner.family_name = base::Personal(attribute(name, NID_surname));
    owner.patronymic = base::Personal(attribute(name, NID_givenName));  // not the given name (pki.md 1.1)
    owner.bin = digits_behind(name, NID_organizationalUnitName, "BIN");
    if (owner.bin.empty()) owner.bin = digits_behind(name, NID_serialNumber, "BIN");
    owner.organisation = attribute(name, NID_organizationName);
    owner.kind = kind_of(owner, authority);
    return owner;
}

std::string rfc4514(const X509_NAME* name) {
    const crypto::Bio out = crypto::required(crypto::Bio(BIO_new(BIO_s_mem())), "BIO_new");
    // UTF-8 as it is: RFC 4514 2.4 escapes only what has a meaning there.
    if (X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0)
        crypto::fail("X509_NAME_print_ex");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

template <class Handle, auto free_function>
std::unique_ptr<Handle, Free<free_function>> extension(const X509* certificate, int nid) {
    return std::unique_ptr<Handle, Free<free_function>>(
        static_cast<Handle*>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr)));
}

void free_usages(EXTENDED_KEY_USAGE* usages) {
    EXTENDED_KEY_USAGE_free(usages);
}

std::vector<std::string> read_extended_key_usages(const X509* certificate) {
    const auto usages = extension<EXTENDED_KEY_USAGE, free_usages>(certificate, NID_ext_key_usage);
    std::vector<std::string> oids;
    for (int i = 0; usages && i < sk_ASN1_OBJECT_num(usages.get()); ++i)
        oids.push_back(dotted(sk_ASN1_OBJECT_value(usages.get(), i)));
    return oids;
}

void add_url(const GENERAL_NAME* name, std::vector<std::string>& urls) {
    if (name->type == GEN_URI) urls.emplace_back(base::as_text(view(name->d.uniformResourceIdentifier)));
}

std::vector<std::string> read_ocsp_urls(const X509* certificate) {
    const auto access = extension<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>(certificate, NID_info_access);
    std::vector<std::string> urls;
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
        const ACCESS_DESCRIPTION* const one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        if (OBJ_obj2nid(one->method) == NID_ad_OCSP) add_url(one->location, urls);
    }
    return urls;
}

std::vector<std::string> read_distribution_points(const X509* certificate, int nid) {
    const auto points = extension<CRL_DIST_POINTS, CRL_DIST_POINTS_free>(certificate, nid);
    std::vector<std::string> urls;
    for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
        const DIST_POINT_NAME* const name = sk_DIST_POINT_value(points.get(), i)->distpoint;
        if (name == nullptr || name->type != 0) continue;
        for (int k = 0; k < sk_GENERAL_NAME_num(name->name.fullname); ++k)
            add_url(sk_GENERAL_NAME_value(name->name.fullname, k), urls);
    }
    return urls;
}

std::optional<BasicConstraints> read_basic_constraints(const X509* certificate) {
    const auto read = extension<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>(certificate, NID_basic_constraints);
    if (!read) return std::nullopt;
    BasicConstraints constraints{.authority = read->ca != 0, .path_length = {}};
    if (read->pathlen != nullptr) constraints.path_length = static_cast<int>(ASN1_INTEGER_get(read->pathlen));
    return constraints;
}

base::Bytes read_subject_key_id(const X509* certificate) {
    const auto id = extension<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>(certificate, NID_subject_key_identifier);
    const base::BytesView bytes = view(id.get());
    return {bytes.begin(), bytes.end()};
}

base::Bytes read_authority_key_id(const X509* certificate) {
    const auto id = extension<AUTHORITY_KEYID, AUTHORITY_KEYID_free>(certificate, NID_authority_key_identifier);
    const base::BytesView bytes = id ? view(id->keyid) : base::BytesView();
    return {bytes.begin(), bytes.end()};
}

std::vector<std::string> read_critical_unknown(const X509* certificate) {
    std::vector<std::string> unknown;
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        X509_EXTENSION* const one = X509_get_ext(certificate, i);
        if (X509_EXTENSION_get_critical(one) == 0) continue;
        const ASN1_OBJECT* const name = X509_EXTENSION_get_object(one);
        if (std::ranges::find(processed, OBJ_obj2nid(name)) == processed.end()) unknown.push_back(dotted(name));
    }
    return unknown;
}

// RFC 5280 4.2: "A certificate MUST NOT include more than one instance of a particular extension." An extension that cannot
// be read counts as none elsewhere, so it must be noticed here.
bool extensions_are_sound(const X509* certificate) {
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        X509_EXTENSION* const one = X509_get_ext(certificate, i);
        const ASN1_OBJECT* const name = X509_EXTENSION_get_object(one);
        if (X509_get_ext_by_OBJ(certificate, name, i) != -1) return false;
        const int nid = OBJ_obj2nid(name);
        // Whether it is there is all that it says; the old national responder has an empty one instead of NULL.
        if (nid == NID_id_pkix_OCSP_noCheck) continue;
        if (std::ranges::find(processed, nid) == processed.end()) continue;
        const ASN1_OCTET_STRING* const value = X509_EXTENSION_get_data(one);
        const X509V3_EXT_METHOD* const method = X509V3_EXT_get(one);
        if (value == nullptr || method == nullptr) return false;
        void* const read = X509V3_EXT_d2i(one);
        if (read == nullptr) return false;
        ASN1_item_free(static_cast<ASN1_VALUE*>(read), ASN1_ITEM_ptr(method->it));
    }
    return true;
}

std::optional<base::Bytes> from_pem(base::BytesView bytes) {
    const crypto::Bio in =
        crypto::required(crypto::Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))), "BIO_new_mem_buf");
    const X509Handle read(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    forget_errors();
    if (!read) return std::nullopt;
    return to_der(read.get(), i2d_X509);
}

}  // namespace

struct Certificate::Parts {
    X509Handle handle;
    base::Bytes der;
    base::BytesView tbs;  // within der
    crypto::Digest fingerprint{};
    Name subject, issuer;
    base::Time not_before, not_after;
    std::optional<PublicKey> key;
    std::uint32_t key_usage = 0;  // every bit where there is no such extension
    std::vector<std::string> extended_key_usages, ocsp_urls, crl_urls, delta_crl_urls, critical_unknown;
    std::optional<BasicConstraints> basic_constraints;
    base::Bytes subject_key_id, authority_key_id;
    Owner owner;
    std::optional<SignatureAlgorithm> signature_algorithm;
};

namespace {

std::optional<SignatureAlgorithm> read_signature_algorithm(const X509* certificate) {
    const X509_ALGOR* outer = nullptr;
    X509_get0_signature(nullptr, &outer, certificate);
    // RFC 5280 4.1.1.2: "This field MUST contain the same algorithm identifier as the signature field in the sequence
    // tbsCertificate".
    if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(certificate)) != 0) return std::nullopt;
    const ASN1_OBJECT* name = nullptr;
    X509_ALGOR_get0(&name, nullptr, nullptr, outer);
    return signature_by_oid(dotted(name));
}

}  // namespace

std::optional<Certificate> Certificate::from_der(base::BytesView der) {
    if (der.empty() || der.size() > base::limits::certificate_bytes_max) return std::nullopt;
    auto parts = std::make_shared<Parts>();
    const std::uint8_t* at = der.data();
    parts->handle.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    const X509* const read = parts->handle.get();
    const bool whole = read != nullptr && at == der.data() + der.size() && first_element(der);
    const auto not_before = whole ? to_time(X509_get0_notBefore(read)) : std::nullopt;
    const auto not_after = whole ? to_time(X509_get0_notAfter(read)) : std::nullopt;
    if (!not_before || !not_after || !extensions_are_sound(read)) {
        forget_errors();
        return std::nullopt;
    }
    parts->der.assign(der.begin(), der.end());
    parts->tbs = *first_element(parts->der);  // as it was signed, not as we would write it
    parts->fingerprint = crypto::sha256(der);
    parts->subject = Name(to_der(X509_get_subject_name(read), i2d_X509_NAME));
    parts->issuer = Name(to_der(X509_get_issuer_name(read), i2d_X509_NAME));
    parts->not_before = *not_before;
    parts->not_after = *not_after;
    parts->key = PublicKey::from_spki(to_der(X509_get_X509_PUBKEY(read), i2d_X509_PUBKEY));
    parts->key_usage = X509_get_key_usage(parts->handle.get());
    parts->extended_key_usages = read_extended_key_usages(read);
    parts->ocsp_urls = read_ocsp_urls(read);
    parts->crl_urls = read_distribution_points(read, NID_crl_distribution_points);
    parts->delta_crl_urls = read_distribution_points(read, NID_freshest_crl);
    parts->critical_unknown = read_critical_unknown(read);
    parts->basic_constraints = read_basic_constraints(read);
    parts->subject_key_id = read_subject_key_id(read);
    parts->authority_key_id = read_authority_key_id(read);
    parts->owner =
        read_owner(X509_get_subject_name(read), parts->basic_constraints && parts->basic_constraints->authority);
    parts->signature_algorithm = read_signature_algorithm(read);
    forget_errors();
    return Certificate(std::move(parts));
}

std::optional<Certificate> Certificate::from_any(base::BytesView bytes) {
    if (bytes.size() > 2 * base::limits::certificate_bytes_max) return std::nullopt;
    const std::string_view text = base::as_text(bytes);
    if (text.starts_with("\x30")) return from_der(bytes);
    if (text.find("-----BEGIN") != std::string_view::npos) {
        const auto der = from_pem(bytes);
        return der ? from_der(*der) : std::nullopt;
    }
    std::string bare;
    std::ranges::copy_if(text, std::back_inserter(bare),
                         [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    const auto der = base::from_base64(bare);
    return der ? from_der(*der) : std::nullopt;
}

const base::Bytes& Certificate::der() const {
    return parts_->der;
}
const crypto::Digest& Certificate::fingerprint() const {
    return parts_->fingerprint;
}
std::string Certificate::serial() const {
    return serial_text(X509_get0_serialNumber(parts_->handle.get()), 16);
}
std::string Certificate::serial_decimal() const {
    return serial_text(X509_get0_serialNumber(parts_->handle.get()), 10);
}
const Name& Certificate::subject() const {
    return parts_->subject;
}
const Name& Certificate::issuer() const {
    return parts_->issuer;
}
std::string Certificate::issuer_text() const {
    return rfc4514(X509_get_issuer_name(parts_->handle.get()));
}
std::string Certificate::authority_text() const {
    if (owner().kind == OwnerKind::authority) return rfc4514(X509_get_subject_name(parts_->handle.get()));
    return owner().bin.empty() ? std::string("a person") : "BIN " + owner().bin;
}
base::Time Certificate::not_before() const {
    return parts_->not_before;
}
base::Time Certificate::not_after() const {
    return parts_->not_after;
}
const std::optional<PublicKey>& Certificate::key() const {
    return parts_->key;
}
base::BytesView Certificate::key_bits() const {
    return view(X509_get0_pubkey_bitstr(parts_->handle.get()));
}
bool Certificate::has(KeyUse use) const {
    const auto found = std::ranges::find(key_uses, use, &std::pair<KeyUse, std::uint32_t>::first);
    return (parts_->key_usage & found->second) != 0;
}
const std::vector<std::string>& Certificate::extended_key_usages() const {
    return parts_->extended_key_usages;
}
bool Certificate::extended_key_usage_is_critical() const {
    const X509* const read = parts_->handle.get();
    const int at = X509_get_ext_by_NID(read, NID_ext_key_usage, -1);
    return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(read, at)) != 0;
}
const std::optional<BasicConstraints>& Certificate::basic_constraints() const {
    return parts_->basic_constraints;
}
base::BytesView Certificate::subject_key_id() const {
    return parts_->subject_key_id;
}
base::BytesView Certificate::authority_key_id() const {
    return parts_->authority_key_id;
}
const std::vector<std::string>& Certificate::ocsp_urls() const {
    return parts_->ocsp_urls;
}
const std::vector<std::string>& Certificate::crl_urls() const {
    return parts_->crl_urls;
}
const std::vector<std::string>& Certificate::delta_crl_urls() const {
    return parts_->delta_crl_urls;
}
const std::vector<std::string>& Certificate::critical_unknown() const {
    return parts_->critical_unknown;
}
bool Certificate::has_no_check() const {
    return X509_get_ext_by_NID(parts_->handle.get(), NID_id_pkix_OCSP_noCheck, -1) >= 0;
}
const Owner& Certificate::owner() const {
    return parts_->owner;
}
std::optional<SignatureAlgorithm> Certificate::signature_algorithm() const {
    return parts_->signature_algorithm;
}

bool Certificate::is_signed_by(const Certificate& issuer) const {
    if (!parts_->signature_algorithm || !issuer.key()) return false;
    const ASN1_BIT_STRING* signature = nullptr;
    X509_get0_signature(&signature, nullptr, parts_->handle.get());
    return issuer.key()->verifies(*parts_->signature_algorithm, parts_->tbs, view(signature));
}

x509_st* Certificate::openssl() const {
    return parts_->handle.get();
}

}  // namespace kelisim::trust
