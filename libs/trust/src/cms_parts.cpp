// SPDX-License-Identifier: Apache-2.0
#include "cms_parts.hpp"

#include <algorithm>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "trust/cms_findings.hpp"

namespace kelisim::trust::cms {
namespace {

namespace limits = base::limits;
using NameHandle = std::unique_ptr<X509_NAME, Free<X509_NAME_free>>;

std::optional<Attribute> read_attribute(const der::Element& element) {
    if (element.tag != der::sequence_tag) return std::nullopt;
    der::Reader reader(element.content);
    const auto name = reader.next(der::oid_tag);
    const auto values = reader.next(der::set_tag);
    if (!name || !values || !reader.finished()) return std::nullopt;
    const auto oid = der::read_oid(*name);
    if (!oid) return std::nullopt;
    Attribute attribute{.oid = *oid, .values = {}, .whole = element};
    der::Reader members(values->content);
    while (const auto value = members.next())
        attribute.values.push_back(*value);
    if (!members.finished() || attribute.values.size() > limits::cms_attributes_max) return std::nullopt;
    return attribute;
}

std::optional<std::vector<Attribute>> read_attributes(const der::Element& set) {
    std::vector<Attribute> attributes;
    der::Reader reader(set.content);
    while (const auto element = reader.next()) {
        auto attribute = read_attribute(*element);
        if (!attribute || attributes.size() == limits::cms_attributes_max) return std::nullopt;
        attributes.push_back(*std::move(attribute));
    }
    if (!reader.finished()) return std::nullopt;
    return attributes;
}

bool read_identifier(der::Reader& reader, SignerInfo& signer) {
    if (const auto key = reader.next_if(der::context_primitive(0))) {
        signer.key_id = key->content;
        return !key->content.empty();
    }
    const auto pair = reader.next(der::sequence_tag);
    if (!pair) return false;
    der::Reader members(pair->content);
    const auto issuer = members.next(der::sequence_tag);
    const auto serial = members.next(der::integer_tag);
    if (!issuer || !serial || !members.finished()) return false;
    signer.issuer = issuer->whole;
    signer.serial = serial->whole;
    return true;
}

std::optional<SignerInfo> read_signer(const der::Element& element) {
    if (element.tag != der::sequence_tag) return std::nullopt;
    SignerInfo signer;
    signer.whole = element;
    der::Reader reader(element.content);
    // The version says only which identifier follows (5.3), which is seen anyway.
    if (!reader.next(der::integer_tag) || !read_identifier(reader, signer)) return std::nullopt;
    const auto digest = reader.next(der::sequence_tag);
    const auto attributes = reader.next_if(der::context(0));
    const auto algorithm = reader.next(der::sequence_tag);
    const auto signature = reader.next(der::octets_tag);
    const auto further = reader.next_if(der::context(1));
    if (!digest || !algorithm || !signature || !reader.finished()) return std::nullopt;
    signer.digest_oid = der::read_algorithm(*digest);
    signer.signature_oid = der::read_algorithm(*algorithm);
    signer.signature = signature->content;
    if (attributes) {
        signer.signed_attributes = read_attributes(*attributes);
        // 5.3: "SignedAttributes ::= SET SIZE (1..MAX) OF Attribute"
        if (!signer.signed_attributes || signer.signed_attributes->empty()) return std::nullopt;
    }
    if (further) {
        auto read = read_attributes(*further);
        if (!read) return std::nullopt;
        signer.unsigned_attributes = *std::move(read);
    }
    return signer;
}

bool read_encapsulated(SignedData& data) {
    der::Reader reader(data.encapsulated.content);
    const auto type = reader.next(der::oid_tag);
    const auto wrapped = reader.next_if(der::context(0));
    const auto oid = type ? der::read_oid(*type) : std::nullopt;
    if (!oid || !reader.finished()) return false;
    data.content_type = *oid;
    if (!wrapped) return true;
    const auto content = der::whole(wrapped->content, der::octets_tag);
    if (!content) return false;
    data.content = content->content;
    return true;
}

std::optional<std::vector<der::Element>> members_of(const der::Element& set) {
    std::vector<der::Element> members;
    der::Reader reader(set.content);
    while (const auto member = reader.next())
        members.push_back(*member);
    if (!reader.finished()) return std::nullopt;
    return members;
}

std::optional<der::Element> signed_data_in(base::BytesView der) {
    const auto info = der::whole(der, der::sequence_tag);
    if (!info) return std::nullopt;
    der::Reader reader(info->content);
    const auto type = reader.next(der::oid_tag);
    const auto wrapped = reader.next(der::context(0));
    if (!type || !wrapped || !reader.finished() || der::read_oid(*type) != signed_data_oid) return std::nullopt;
    return der::whole(wrapped->content, der::sequence_tag);
}

// Nothing: it is read.
const base::Reason* read_sets(SignedData& data, der::Reader& reader, const der::Element& digests) {
    const auto certificates = reader.next_if(der::context(0));
    data.crls = reader.next_if(der::context(1));
    const auto signers = reader.next(der::set_tag);
    if (!signers || !reader.finished()) return &cms_malformed;
    auto digest_members = members_of(digests), signer_members = members_of(*signers);
    auto certificate_members = certificates ? members_of(*certificates) : std::vector<der::Element>{};
    if (!digest_members || !signer_members || !certificate_members) return &cms_malformed;
    if (signer_members->size() > limits::cms_signers_max || certificate_members->size() > limits::cms_certificates_max)
        return &cms_too_large;
    data.digest_algorithms = *std::move(digest_members);
    data.certificate_choices = *std::move(certificate_members);
    data.signer_infos = *std::move(signer_members);
    return nullptr;
}

const base::Reason* read_members(SignedData& data) {
    for (const der::Element& choice : data.certificate_choices) {
        // Other kinds of certificates (10.2.2) are tagged, and of no use here.
        auto certificate = choice.tag == der::sequence_tag ? Certificate::from_der(choice.whole) : std::nullopt;
        if (certificate) data.certificates.push_back(*std::move(certificate));
    }
    for (const der::Element& info : data.signer_infos) {
        auto signer = read_signer(info);
        if (!signer) return &cms_malformed;
        data.signers.push_back(*std::move(signer));
    }
    return nullptr;
}

bool is_same_name(base::BytesView der, const Certificate& certificate) {
    const std::uint8_t* at = der.data();
    const NameHandle name(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
    const bool same = name && X509_NAME_cmp(name.get(), X509_get_issuer_name(certificate.openssl())) == 0;
    forget_errors();
    return same;
}

}  // namespace

base::Result<SignedData> read(base::BytesView ber) {
    if (ber.size() > limits::cms_bytes_max) return cms_too_large;
    auto der = der::from_ber(ber);
    if (!der) return cms_malformed;
    SignedData data;
    data.der = *std::move(der);
    const auto signed_data = signed_data_in(data.der);
    if (!signed_data) return cms_not_signed;
    der::Reader reader(signed_data->content);
    const auto version = reader.next(der::integer_tag);
    const auto digests = reader.next(der::set_tag);
    const auto encapsulated = reader.next(der::sequence_tag);
    if (!version || !digests || !encapsulated) return cms_malformed;
    data.version = *version;
    data.encapsulated = *encapsulated;
    if (!read_encapsulated(data)) return cms_malformed;
    if (const base::Reason* const wrong = read_sets(data, reader, *digests)) return *wrong;
    if (const base::Reason* const wrong = read_members(data)) return *wrong;
    return data;
}

bool is_of(const SignerInfo& signer, const Certificate& certificate) {
    if (!signer.key_id.empty()) return std::ranges::equal(signer.key_id, certificate.subject_key_id());
    // By name and number and not by order: several signers stand in any (pki.md 3.3).
    const base::Bytes serial = to_der(X509_get0_serialNumber(certificate.openssl()), i2d_ASN1_INTEGER);
    return std::ranges::equal(signer.serial, serial) && is_same_name(signer.issuer, certificate);
}

base::Bytes signed_bytes(const std::vector<Attribute>& attributes) {
    std::vector<base::Bytes> members;
    for (const Attribute& one : attributes)
        members.emplace_back(one.whole.whole.begin(), one.whole.whole.end());
    return der::set_of(std::move(members));
}

base::Bytes attribute(std::string_view oid, base::BytesView value) {
    return der::sequence({der::oid(oid), der::element(der::set_tag, value)});
}

base::Bytes encapsulate(std::string_view content_type, std::optional<base::BytesView> content) {
    if (!content) return der::sequence({der::oid(content_type)});
    return der::sequence({der::oid(content_type), der::element(der::context(0), der::octets(*content))});
}

base::Bytes write(const Parts& parts) {
    std::vector<base::Bytes> fields{der::integer(parts.version), der::set_of(parts.digest_algorithms),
                                    parts.encapsulated};
    if (!parts.certificates.empty()) fields.push_back(der::set_of(parts.certificates, der::context(0)));
    fields.push_back(parts.crls);
    fields.push_back(der::set_of(parts.signer_infos));
    return der::sequence({der::oid(signed_data_oid), der::element(der::context(0), der::sequence(fields))});
}

}  // namespace kelisim::trust::cms
