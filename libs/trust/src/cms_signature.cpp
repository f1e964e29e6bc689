// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "asn1.hpp"
#include "cms_verify.hpp"
#include "trust/cms_findings.hpp"

namespace kelisim::trust::cms {
namespace {

// The one value of the one attribute of this kind. RFC 5652 11.1 and 11.2: it "MUST have a single attribute value, even though
// the syntax is defined as a SET OF AttributeValue", and signed attributes "MUST NOT include multiple instances" of it.
struct Single {
    bool there = false;
    std::optional<der::Element> value;  // none: there are none or several
};
Single single(const std::vector<Attribute>& attributes, std::string_view oid) {
    const auto found = std::ranges::find(attributes, oid, &Attribute::oid);
    if (found == attributes.end()) return {};
    Single one{.there = true, .value = {}};
    if (found->values.size() == 1) one.value = found->values.front();
    return one;
}

bool repeats(const std::vector<Attribute>& attributes) {
    std::set<std::string_view> seen;
    return !std::ranges::all_of(attributes, [&](const Attribute& one) { return seen.insert(one.oid).second; });
}

// ESSCertID (RFC 2634 5.4.1) or ESSCertIDv2 (RFC 5035 section 4).
struct CertificateId {
    DigestAlgorithm algorithm = DigestAlgorithm::sha256;  // "DEFAULT {algorithm id-sha256}"
    base::BytesView hash;
    base::BytesView serial;  // DER; empty: not named
};

bool read_issuer_serial(der::Reader& reader, CertificateId& id) {
    const auto named = reader.next_if(der::sequence_tag);
    if (!named) return true;
    der::Reader members(named->content);
    const auto issuer = members.next(der::sequence_tag);
    const auto serial = members.next(der::integer_tag);
    if (!issuer || !serial || !members.finished()) return false;
    id.serial = serial->whole;
    return true;
}

enum class EssVersion { v1, v2 };

std::optional<CertificateId> read_certificate_id(const der::Element& element, EssVersion version) {
    if (element.tag != der::sequence_tag) return std::nullopt;
    CertificateId id;
    der::Reader reader(element.content);
    if (version == EssVersion::v1) {
        id.algorithm = DigestAlgorithm::sha1;
    } else if (const auto named = reader.next_if(der::sequence_tag)) {
        const auto oid = der::read_algorithm(*named);
        const auto algorithm = oid ? digest_by_oid(*oid) : std::nullopt;
        if (!algorithm) return std::nullopt;
        id.algorithm = *algorithm;
    }
    const auto hash = reader.next(der::octets_tag);
    if (!hash || !read_issuer_serial(reader, id) || !reader.finished()) return std::nullopt;
    id.hash = hash->content;
    return id;
}

// The first of SigningCertificate or SigningCertificateV2: "The first certificate identified in the sequence of certificate
// identifiers MUST be the certificate used to verify the signature" (RFC 5035 section 3).
std::optional<CertificateId> first_certificate_id(const der::Element& value, EssVersion version) {
    if (value.tag != der::sequence_tag) return std::nullopt;
    der::Reader reader(value.content);
    const auto list = reader.next(der::sequence_tag);
    if (!list) return std::nullopt;
    der::Reader members(list->content);
    const auto first = members.next();
    return first ? read_certificate_id(*first, version) : std::nullopt;
}

bool identifies(const CertificateId& id, const Certificate& certificate) {
    if (!std::ranges::equal(id.hash, digest(id.algorithm, {certificate.der()}))) return false;
    const base::Bytes serial = to_der(X509_get0_serialNumber(certificate.openssl()), i2d_ASN1_INTEGER);
    return id.serial.empty() || std::ranges::equal(id.serial, serial);
}

// RFC 5035 section 2: "If both attributes exist in a single message, they are independently evaluated."
void check_signing_certificate(const std::vector<Attribute>& attributes, const std::optional<Certificate>& certificate,
                               const CmsRules& rules, Findings& findings) {
    bool named = false;
    for (const auto& [oid, version] :
         {std::pair{signing_certificate_oid, EssVersion::v1}, std::pair{signing_certificate_v2_oid, EssVersion::v2}}) {
        const Single one = single(attributes, oid);
        if (!one.there) continue;
        named = true;
        const auto id = one.value ? first_certificate_id(*one.value, version) : std::nullopt;
        if (!id) {
            findings.fail(cms_attribute_malformed, std::string(oid));
        } else if (certificate && !identifies(*id, *certificate)) {
            findings.fail(cms_signing_certificate_differs, std::string(oid));
        }
    }
    if (!named)
        findings.add(cms_signing_certificate_absent, rules.signing_certificate_required ? Weight::fails : Weight::note);
}

void check_content_type(const std::vector<Attribute>& attributes, std::string_view content_type, Findings& findings) {
    const Single one = single(attributes, content_type_oid);
    if (!one.there) return findings.fail(cms_attribute_missing, "contentType");
    const auto named = one.value ? der::read_oid(*one.value) : std::nullopt;
    if (!named) return findings.fail(cms_attribute_malformed, "contentType");
    // 11.1: "The content-type attribute value MUST match the encapContentInfo eContentType value in the signed-data".
    if (*named != content_type) findings.fail(cms_content_type_differs);
}

// Whether the content is the one that was signed.
bool check_message_digest(const std::vector<Attribute>& attributes, DigestAlgorithm algorithm, Content content,
                          Findings& findings) {
    const Single one = single(attributes, message_digest_oid);
    if (!one.there) {
        findings.fail(cms_attribute_missing, "messageDigest");
        return false;
    }
    if (!one.value || one.value->tag != der::octets_tag) {
        findings.fail(cms_attribute_malformed, "messageDigest");
        return false;
    }
    // 5.6: "The recipient MUST NOT rely on any message digest values computed by the originator."
    if (std::ranges::equal(one.value->content, digest(algorithm, content))) return true;
    findings.fail(cms_digest_differs);
    return false;
}

void read_signing_time(const std::vector<Attribute>& attributes, SignerReport& report) {
    const Single one = single(attributes, signing_time_oid);
    if (!one.there) return;
    report.claimed_at = one.value ? der::read_time(*one.value) : std::nullopt;
    if (!report.claimed_at) report.findings.fail(cms_attribute_malformed, "signingTime");
}

base::Bytes joined(Content content) {
    base::Bytes all;
    for (const base::BytesView part : content)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::optional<DigestAlgorithm> digest_algorithm(const SignerInfo& signer) {
    return signer.digest_oid ? digest_by_oid(*signer.digest_oid) : std::nullopt;
}

std::optional<SignatureAlgorithm> signature_algorithm(const SignerInfo& signer) {
    const auto hash = digest_algorithm(signer);
    return hash && signer.signature_oid ? signature_of(*signer.signature_oid, *hash) : std::nullopt;
}

bool is_signed(const SignerInfo& signer, Content content, const Certificate& certificate) {
    const auto algorithm = signature_algorithm(signer);
    if (!algorithm || !certificate.key()) return false;
    const base::Bytes message = signer.signed_attributes ? signed_bytes(*signer.signed_attributes) : joined(content);
    return certificate.key()->verifies(*algorithm, message, signer.signature);
}

// Two certificates may bear one number, since anybody can put one in: then it is the one whose key has signed, among the
// first few, for an honest authority gives a number once.
std::optional<Certificate> signer_certificate(const SignedData& data, const SignerInfo& signer, Content content,
                                              const CmsRules& rules) {
    constexpr int tries_max = 4;
    std::optional<Certificate> first;
    int tries = 0;
    for (const std::vector<Certificate>* list : {&data.certificates, &rules.certificates}) {
        for (const Certificate& one : *list) {
            if (!is_of(signer, one)) continue;
            if (is_signed(signer, content, one)) return one;
            if (!first) first = one;
            if (++tries == tries_max) return first;
        }
    }
    return first;
}

}  // namespace

CheckedSigner check_signature(const SignedData& data, const SignerInfo& signer, Content content, const CmsRules& rules,
                              const Policy& policy) {
    CheckedSigner checked;
    Findings& findings = checked.report.findings;
    const auto& certificate = checked.certificate = signer_certificate(data, signer, content, rules);
    if (!certificate) findings.fail(cms_signer_certificate_missing);
    const auto hash = digest_algorithm(signer);
    const auto algorithm = checked.report.algorithm = signature_algorithm(signer);
    if (!algorithm) {
        findings.fail(cms_algorithm_unknown,
                      signer.digest_oid.value_or("?") + ", " + signer.signature_oid.value_or("?"));
    } else if (const auto allowed = is_legacy_allowed(*algorithm, policy)) {
        findings.add(cms_algorithm_legacy, *allowed ? Weight::note : Weight::fails, std::string(name_of(*algorithm)));
    }
    bool right_content = true;
    if (signer.signed_attributes) {
        const std::vector<Attribute>& attributes = *signer.signed_attributes;
        if (repeats(attributes)) findings.fail(cms_attribute_repeated);
        check_content_type(attributes, data.content_type, findings);
        right_content = hash && check_message_digest(attributes, *hash, content, findings);
        read_signing_time(attributes, checked.report);
        check_signing_certificate(attributes, certificate, rules, findings);
    } else {
        // 5.3: signedAttrs "MUST be present if the content type of the EncapsulatedContentInfo value being signed is not
        // id-data".
        const bool required = rules.signed_attributes_required || data.content_type != data_oid;
        findings.add(cms_signed_attributes_absent, required ? Weight::fails : Weight::note);
        if (rules.signing_certificate_required) findings.fail(cms_signing_certificate_absent);
    }
    const bool right = certificate && is_signed(signer, content, *certificate);
    if (certificate && algorithm && !right) findings.fail(cms_signature_wrong);
    checked.content_holds = right && right_content;
    return checked;
}

}  // namespace kelisim::trust::cms
