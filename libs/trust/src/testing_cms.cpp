// SPDX-License-Identifier: Apache-2.0
#include "trust/testing_cms.hpp"

#include "asn1.hpp"
#include "der.hpp"

namespace kelisim::trust::test {
namespace {

base::Bytes serial_of(const Certificate& certificate) {
    return to_der(X509_get0_serialNumber(certificate.openssl()), i2d_ASN1_INTEGER);
}

base::Bytes certificate_hash(DigestAlgorithm algorithm, const Certificate& certificate) {
    return der::sequence({der::sequence({der::sequence({der::octets(digest(algorithm, {certificate.der()}))})})});
}

DigestAlgorithm digest_of(const CmsSigner& signer) {
    return trust::digest_of(signature_for(signer.party->key.kind()));
}

std::vector<base::Bytes> attributes_of(const CmsSigner& signer, const CmsDocument& document) {
    std::vector<base::Bytes> attributes;
    const std::string content_type = signer.content_type.value_or(document.content_type);
    const base::Bytes hash = signer.message_digest.value_or(digest(digest_of(signer), {document.content}));
    const base::Bytes ess = signer.signing_certificate.value_or(signing_certificate_v2(signer.party->certificate));
    if (!content_type.empty()) attributes.push_back(attribute("1.2.840.113549.1.9.3", der::oid(content_type)));
    if (signer.signing_time) attributes.push_back(attribute("1.2.840.113549.1.9.5", der::time(*signer.signing_time)));
    if (!hash.empty()) attributes.push_back(attribute("1.2.840.113549.1.9.4", der::octets(hash)));
    if (!ess.empty()) attributes.push_back(ess);
    attributes.insert(attributes.end(), signer.further_attributes.begin(), signer.further_attributes.end());
    return attributes;
}

base::Bytes identifier_of(const CmsSigner& signer) {
    const Certificate& own = signer.party->certificate;
    if (signer.by_key_id) return der::element(der::context_primitive(0), own.subject_key_id());
    return der::sequence({own.issuer().der(), serial_of(own)});
}

base::Bytes signer_info(const CmsSigner& signer, const CmsDocument& document) {
    const KeyPair& key = signer.party->key;
    const std::vector<base::Bytes> attributes = attributes_of(signer, document);
    base::Bytes signature = key.sign(signer.has_attributes ? der::set_of(attributes) : document.content);
    if (signer.alter_signature) signature = signer.alter_signature(signature);
    const auto parameters = key.kind() == KeyKind::ec ? der::Parameters::absent : der::Parameters::null;
    std::vector<base::Bytes> fields{
        der::integer(signer.by_key_id ? 3 : 1), identifier_of(signer),
        der::algorithm(signer.digest_oid.value_or(std::string(oid_of(digest_of(signer)))), der::Parameters::null)};
    // In the order in which they were put: not sorted, as native software writes them.
    if (signer.has_attributes) fields.push_back(der::element_of(der::context(0), attributes));
    fields.push_back(
        der::algorithm(signer.signature_oid.value_or(std::string(oid_of(signature_for(key.kind())))), parameters));
    fields.push_back(der::octets(signature));
    if (!signer.unsigned_attributes.empty()) fields.push_back(der::set_of(signer.unsigned_attributes, der::context(1)));
    return der::sequence(fields);
}

}  // namespace

base::Bytes attribute(std::string_view oid, base::BytesView value) {
    return der::sequence({der::oid(oid), der::element(der::set_tag, value)});
}

base::Bytes signing_certificate_v1(const Certificate& certificate) {
    return attribute("1.2.840.113549.1.9.16.2.12", certificate_hash(DigestAlgorithm::sha1, certificate));
}

base::Bytes signing_certificate_v2(const Certificate& certificate) {
    return attribute("1.2.840.113549.1.9.16.2.47", certificate_hash(DigestAlgorithm::sha256, certificate));
}

base::Bytes cms(const CmsDocument& document) {
    std::vector<base::Bytes> digests, infos, certificates;
    for (const CmsSigner& one : document.signers) {
        digests.push_back(der::algorithm(oid_of(digest_of(one)), der::Parameters::null));
        infos.push_back(signer_info(one, document));
        if (!document.certificates) certificates.push_back(one.party->certificate.der());
    }
    for (const Certificate& one : document.certificates.value_or(std::vector<Certificate>{}))
        certificates.push_back(one.der());
    std::vector<base::Bytes> encapsulated{der::oid(document.content_type)};
    if (document.attached) encapsulated.push_back(der::element(der::context(0), der::octets(document.content)));
    const base::Bytes signed_data = der::sequence(
        {der::integer(document.content_type == data_content ? 1 : 3), der::set_of(digests), der::sequence(encapsulated),
         certificates.empty() ? base::Bytes() : der::element_of(der::context(0), certificates),
         der::element_of(der::set_tag, infos)});
    return der::sequence({der::oid("1.2.840.113549.1.7.2"), der::element(der::context(0), signed_data)});
}

base::Bytes time_stamp_token(const TimeStamp& stamp, const Party& authority) {
    return time_stamp_token(
        stamp, {{.party = &authority, .signing_certificate = signing_certificate_v1(authority.certificate)}});
}

base::Bytes time_stamp_token(const TimeStamp& stamp, std::vector<CmsSigner> signers) {
    std::vector<base::Bytes> fields{
        der::integer(1), der::oid(stamp.policy),
        der::sequence({der::algorithm(oid_of(stamp.algorithm), der::Parameters::null), der::octets(stamp.imprint)}),
        der::integer(4711), der::generalized_time(stamp.at)};
    if (!stamp.nonce.empty()) fields.push_back(der::integer(base::BytesView(stamp.nonce)));
    fields.insert(fields.end(), stamp.further_fields.begin(), stamp.further_fields.end());
    return cms({.content_type = std::string(time_stamp_content),
                .content = der::sequence(fields),
                .signers = std::move(signers)});
}

base::Bytes time_stamp_response(int status, base::BytesView token) {
    return der::sequence({der::sequence({der::integer(status)}), base::Bytes(token.begin(), token.end())});
}

}  // namespace kelisim::trust::test
