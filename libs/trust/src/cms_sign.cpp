// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "cms_verify.hpp"
#include "trust/cms_findings.hpp"

namespace kelisim::trust {
namespace {

using cms::Content;

base::Bytes bytes_of(const der::Element& element) {
    return {element.whole.begin(), element.whole.end()};
}

base::Bytes digest_identifier(DigestAlgorithm algorithm) {
    return der::algorithm(oid_of(algorithm), der::Parameters::null);
}

// RSA under the name of its bare key: RFC 3370 3.2, "CMS implementations that include the RSA (PKCS #1 v1.5) signature algorithm
// MUST also implement ... rsaEncryption", while the joint names came later. RFC 5754 3.3: for ECDSA "parameters MUST be absent".
base::Bytes signature_identifier(SignatureAlgorithm algorithm) {
    switch (key_kind(algorithm)) {
        case KeyKind::rsa:
            return der::algorithm("1.2.840.113549.1.1.1", der::Parameters::null);
        case KeyKind::ec:
            return der::algorithm(oid_of(algorithm), der::Parameters::absent);
        default:
            return der::algorithm(oid_of(algorithm), der::Parameters::null);
    }
}

base::Bytes serial_of(const Certificate& certificate) {
    return to_der(X509_get0_serialNumber(certificate.openssl()), i2d_ASN1_INTEGER);
}

// SigningCertificateV2 with SHA-256, which as the default is not written (RFC 5035 section 4), and with the issuer as a
// directoryName.
base::Bytes signing_certificate(const Certificate& certificate) {
    const base::Bytes name = der::element(der::context(4), certificate.issuer().der());
    const base::Bytes hash = digest(DigestAlgorithm::sha256, {certificate.der()});
    const base::Bytes id =
        der::sequence({der::octets(hash), der::sequence({der::sequence({name}), serial_of(certificate)})});
    return der::sequence({der::sequence({id})});
}

base::Bytes sign_info(std::string_view content_type, Content content, const SigningKey& key, base::Time at) {
    const SignatureAlgorithm algorithm = key.algorithm();
    const DigestAlgorithm hash = digest_of(algorithm);
    std::vector<base::Bytes> attributes{
        cms::attribute(cms::content_type_oid, der::oid(content_type)),
        cms::attribute(cms::message_digest_oid, der::octets(digest(hash, content))),
        cms::attribute(cms::signing_time_oid, der::time(at)),
        cms::attribute(cms::signing_certificate_v2_oid, signing_certificate(key.certificate())),
    };
    // RFC 5652 5.3: "SignedAttributes MUST be DER encoded, even if the rest of the structure is BER encoded."
    const base::Bytes signature = key.sign(algorithm, der::set_of(attributes));
    return der::sequence({der::integer(1),
                          der::sequence({key.certificate().issuer().der(), serial_of(key.certificate())}),
                          digest_identifier(hash), der::set_of(std::move(attributes), der::context(0)),
                          signature_identifier(algorithm), der::octets(signature)});
}

void add_missing(std::vector<base::Bytes>& members, base::Bytes member) {
    if (std::ranges::find(members, member) == members.end()) members.push_back(std::move(member));
}

// The chain without its root: whoever trusts that has it.
void add_chain(std::vector<base::Bytes>& certificates, const SigningKey& key) {
    for (const Certificate& one : key.chain())
        if (one == key.certificate() || !one.is_self_issued()) add_missing(certificates, one.der());
}

base::Bytes sign(std::optional<base::BytesView> attached, Content content, const SigningKey& key, base::Time at) {
    cms::Parts parts;
    parts.digest_algorithms = {digest_identifier(digest_of(key.algorithm()))};
    parts.encapsulated = cms::encapsulate(cms::data_oid, attached);
    add_chain(parts.certificates, key);
    parts.signer_infos = {sign_info(cms::data_oid, content, key, at)};
    return cms::write(parts);
}

cms::Parts parts_of(const cms::SignedData& data) {
    const auto copies = [](const std::vector<der::Element>& elements) {
        std::vector<base::Bytes> copied;
        for (const der::Element& one : elements)
            copied.push_back(bytes_of(one));
        return copied;
    };
    return {.version = der::read_integer(data.version).value_or(1),
            .digest_algorithms = copies(data.digest_algorithms),
            .encapsulated = bytes_of(data.encapsulated),
            .certificates = copies(data.certificate_choices),
            .crls = data.crls ? bytes_of(*data.crls) : base::Bytes(),
            .signer_infos = copies(data.signer_infos)};
}

// The place of the signer; none: there is no such one.
std::optional<std::size_t> place_of(const cms::SignedData& data, const Certificate& signer) {
    const auto found =
        std::ranges::find_if(data.signers, [&](const cms::SignerInfo& one) { return cms::is_of(one, signer); });
    if (found == data.signers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - data.signers.begin());
}

// The SignerInfo with one more unsigned attribute. All that stands before the unsigned ones keeps its bytes.
base::Bytes with_unsigned(const cms::SignerInfo& signer, base::Bytes attribute) {
    std::vector<base::Bytes> members{std::move(attribute)};
    for (const cms::Attribute& one : signer.unsigned_attributes)
        members.push_back(bytes_of(one.whole));
    base::Bytes fields;
    der::Reader reader(signer.whole.content);
    while (const auto field = reader.next()) {
        if (field->tag == der::context(1)) break;
        fields.insert(fields.end(), field->whole.begin(), field->whole.end());
    }
    const base::Bytes set = der::set_of(std::move(members), der::context(1));
    fields.insert(fields.end(), set.begin(), set.end());
    return der::element(der::sequence_tag, fields);
}

}  // namespace

base::Bytes sign_cms(base::BytesView content, const SigningKey& key, base::Time at) {
    return sign(content, {content}, key, at);
}

base::Bytes sign_detached_cms(Content content, const SigningKey& key, base::Time at) {
    return sign(std::nullopt, content, key, at);
}

base::Result<base::Bytes> add_signer(base::BytesView document, Content content, const SigningKey& key, base::Time at) {
    const auto data = cms::read(document);
    if (data.has_error()) return data.error();
    if (!data->content && content.size() == 0) return cms_content_missing;
    cms::Parts parts = parts_of(*data);
    add_missing(parts.digest_algorithms, digest_identifier(digest_of(key.algorithm())));
    add_chain(parts.certificates, key);
    parts.signer_infos.push_back(data->content ? sign_info(data->content_type, {*data->content}, key, at)
                                               : sign_info(data->content_type, content, key, at));
    base::Bytes written = cms::write(parts);
    if (parts.signer_infos.size() > base::limits::cms_signers_max || written.size() > base::limits::cms_bytes_max ||
        parts.certificates.size() > base::limits::cms_certificates_max)
        return cms_too_large;
    return written;
}

base::Result<base::Bytes> signature_to_stamp(base::BytesView document, const Certificate& signer) {
    const auto data = cms::read(document);
    if (data.has_error()) return data.error();
    const auto place = place_of(*data, signer);
    if (!place) return cms_no_such_signer;
    const base::BytesView signature = data->signers[*place].signature;
    return base::Bytes(signature.begin(), signature.end());
}

base::Result<base::Bytes> add_time_stamp(base::BytesView document, const Certificate& signer, base::BytesView token) {
    const auto data = cms::read(document);
    if (data.has_error()) return data.error();
    const auto place = place_of(*data, signer);
    if (!place) return cms_no_such_signer;
    const cms::SignerInfo& info = data->signers[*place];
    const auto stamp = der::from_ber(token);
    if (!stamp) return time_stamp_malformed;
    if (!cms::is_time_stamp_of(*stamp, {info.signature})) return time_stamp_imprint_differs;
    cms::Parts parts = parts_of(*data);
    parts.signer_infos[*place] = with_unsigned(info, cms::attribute(cms::time_stamp_token_oid, *stamp));
    return cms::write(parts);
}

}  // namespace kelisim::trust
