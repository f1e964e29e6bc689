// SPDX-License-Identifier: Apache-2.0
#include "trust/time_stamp.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "cms_verify.hpp"
#include "trust/cms_findings.hpp"

namespace kelisim::trust {
namespace {

constexpr std::size_t nonce_bytes = 16;

// RFC 3161 2.4.2: TSTInfo.
struct Info {
    std::string policy;
    std::optional<DigestAlgorithm> algorithm;  // none: one that we do not know
    base::BytesView imprint;
    base::Time at;
    base::Bytes nonce;
};

bool read_imprint(const der::Element& element, Info& info) {
    der::Reader reader(element.content);
    const auto named = reader.next(der::sequence_tag);
    const auto hashed = reader.next(der::octets_tag);
    if (!named || !hashed || !reader.finished()) return false;
    const auto oid = der::read_algorithm(*named);
    info.algorithm = oid ? digest_by_oid(*oid) : std::nullopt;
    info.imprint = hashed->content;
    return true;
}

// Behind genTime: accuracy, ordering, nonce, tsa and extensions, each of them optional.
bool read_optional(der::Reader& reader, Info& info) {
    reader.next_if(der::sequence_tag);
    reader.next_if(der::boolean_tag);
    if (const auto nonce = reader.next_if(der::integer_tag))
        info.nonce.assign(nonce->content.begin(), nonce->content.end());
    reader.next_if(der::context(0));
    const auto extensions = reader.next_if(der::context(1));
    if (!reader.finished()) return false;
    if (!extensions) return true;
    der::Reader members(extensions->content);
    while (!members.at_end()) {
        const auto one = members.next(der::sequence_tag);
        if (!one) return false;
        der::Reader parts(one->content);
        const auto name = parts.next(der::oid_tag);
        // None is known here, so none may be critical.
        if (!name || parts.next_if(der::boolean_tag)) return false;
    }
    return true;
}

std::optional<Info> read_info(base::BytesView der) {
    const auto outer = der::whole(der, der::sequence_tag);
    if (!outer) return std::nullopt;
    Info info;
    der::Reader reader(outer->content);
    const auto version = reader.next(der::integer_tag);
    const auto policy = reader.next(der::oid_tag);
    const auto imprint = reader.next(der::sequence_tag);
    const auto serial = reader.next(der::integer_tag);
    const auto time = reader.next(der::generalized_time_tag);
    if (!version || !policy || !imprint || !serial || !time || der::read_integer(*version) != 1) return std::nullopt;
    const auto oid = der::read_oid(*policy);
    const auto at = der::read_time(*time);
    if (!oid || !at || !read_imprint(*imprint, info) || !read_optional(reader, info)) return std::nullopt;
    info.policy = *oid;
    info.at = *at;
    return info;
}

// 2.4.2: "The time-stamp token MUST NOT contain any signatures other than the signature of the TSA. The certificate identifier
// (ESSCertID) of the TSA certificate MUST be included as a signerInfo attribute inside a SigningCertificate attribute", which
// since RFC 5816 may be SigningCertificateV2.
SignerReport check_authority(const cms::SignedData& token, const Verification& with) {
    const CmsRules rules{
        .purpose = Purpose::time_stamp, .signed_attributes_required = true, .signing_certificate_required = true};
    const cms::SignerInfo& signer = token.signers.front();
    cms::CheckedSigner checked = cms::check_signature(token, signer, {*token.content}, rules, with.policy);
    checked.report.checked_at = with.at;
    if (checked.certificate)
        checked.report.certificate = check_certificate(*checked.certificate, token.certificates, rules.purpose, with);
    return std::move(checked.report);
}

void check_times(const Info& info, TimeStampReport& report, const Verification& with) {
    // Nobody has seen it before it was made: against the instant in question it proves nothing, and beyond now it is wrong.
    if (info.at > with.at + with.policy.clock_skew) report.findings.fail(time_stamp_from_future);
    if (!report.authority->certificate) return;
    const Certificate& authority = report.authority->certificate->subject();
    if (info.at < authority.not_before() || info.at > authority.not_after())
        report.findings.fail(time_stamp_outside_validity);
}

template <class IsOver>
TimeStampReport verify(base::BytesView bytes, const Verification& with, IsOver is_over) {
    TimeStampReport report;
    if (bytes.size() > base::limits::time_stamp_bytes_max) {
        report.findings.fail(time_stamp_malformed);
        return report;
    }
    const auto token = cms::read(bytes);
    const bool is_token = token.has_value() && token->content_type == cms::time_stamp_info_oid && token->content;
    const auto info = is_token ? read_info(*token->content) : std::nullopt;
    if (!info) {
        report.findings.fail(time_stamp_malformed);
        return report;
    }
    report.at = info->at;
    report.policy = info->policy;
    report.algorithm = info->algorithm;
    report.nonce = info->nonce;
    // The algorithm is the token's: three are in use with the national authority (pki.md 3.3). SHA-1 only where old signatures
    // are let pass.
    if (info->algorithm == DigestAlgorithm::sha1)
        report.findings.add(time_stamp_imprint_weak, with.policy.allow_rsa_sha1 ? Weight::note : Weight::fails);
    if (!info->algorithm) report.findings.fail(cms_algorithm_unknown);
    if (info->algorithm && !is_over(*info)) report.findings.fail(time_stamp_imprint_differs);
    if (token->signers.size() != 1) {
        report.findings.fail(time_stamp_not_one_signer);
        return report;
    }
    report.authority = check_authority(*token, with);
    check_times(*info, report, with);
    return report;
}

base::Bytes request_der(const TimeStampRequest& request) {
    std::vector<base::Bytes> parts{der::integer(1),
                                   der::sequence({der::algorithm(oid_of(request.algorithm), der::Parameters::null),
                                                  der::octets(request.imprint)})};
    if (!request.policy.empty()) parts.push_back(der::oid(request.policy));
    parts.push_back(der::integer(base::BytesView(request.nonce)));
    parts.push_back(der::boolean_true());
    return der::sequence(parts);
}

// The token of a TimeStampResp (2.4.2); nothing, and the finding, where there is none.
std::optional<base::Bytes> token_in(base::BytesView bytes, Findings& findings) {
    const auto der = bytes.size() <= base::limits::time_stamp_bytes_max ? der::from_ber(bytes) : std::nullopt;
    const auto outer = der ? der::whole(*der, der::sequence_tag) : std::nullopt;
    if (!outer) {
        findings.fail(time_stamp_malformed);
        return std::nullopt;
    }
    der::Reader reader(outer->content);
    const auto status = reader.next(der::sequence_tag);
    const auto token = reader.next_if(der::sequence_tag);
    der::Reader parts(status ? status->content : base::BytesView());
    const auto code = parts.next(der::integer_tag);
    if (!status || !code || !reader.finished()) {
        findings.fail(time_stamp_malformed);
        return std::nullopt;
    }
    // 2.4.2: "When the status contains the value zero or one, a TimeStampToken MUST be present. When status contains a value
    // other than zero or one, a TimeStampToken MUST NOT be present."
    const auto value = der::read_integer(*code);
    if (value != 0 && value != 1) {
        findings.fail(time_stamp_refused, value ? std::to_string(*value) : "?");
        return std::nullopt;
    }
    if (!token) {
        findings.fail(time_stamp_malformed);
        return std::nullopt;
    }
    return base::Bytes(token->whole.begin(), token->whole.end());
}

base::Bytes integer_content(base::BytesView big_endian) {
    const base::Bytes written = der::integer(big_endian);
    return {written.begin() + 2, written.end()};  // a nonce is short: tag and length take two bytes
}

}  // namespace

Findings TimeStampReport::all() const {
    Findings all = findings;
    if (authority) {
        all.add(authority->findings);
        if (authority->certificate) all.add(authority->certificate->findings);
    }
    return all;
}

Verdict TimeStampReport::verdict() const {
    if (!at || !authority) return Verdict::invalid;
    return std::max(findings.verdict(), authority->verdict());
}

TimeStampRequest make_time_stamp_request(DigestAlgorithm algorithm, std::initializer_list<base::BytesView> data,
                                         std::string_view policy, base::Entropy& entropy) {
    TimeStampRequest request{.der = {},
                             .nonce = base::Bytes(nonce_bytes),
                             .algorithm = algorithm,
                             .imprint = digest(algorithm, data),
                             .policy = std::string(policy)};
    entropy.fill(request.nonce);
    request.nonce[0] |= 1U;  // no leading zero: as an INTEGER it keeps its bytes
    request.der = request_der(request);
    return request;
}

TimeStampReport verify_time_stamp(base::BytesView token, std::initializer_list<base::BytesView> data,
                                  const Verification& with) {
    return verify(token, with,
                  [&](const Info& info) { return std::ranges::equal(info.imprint, digest(*info.algorithm, data)); });
}

TimeStampReport verify_time_stamp_of_imprint(base::BytesView token, DigestAlgorithm algorithm, base::BytesView imprint,
                                             const Verification& with) {
    return verify(token, with, [&](const Info& info) {
        return info.algorithm == algorithm && std::ranges::equal(info.imprint, imprint);
    });
}

TimeStampResponse read_time_stamp_response(base::BytesView der, const TimeStampRequest& request,
                                           const Verification& with) {
    TimeStampResponse response;
    const auto token = token_in(der, response.report.findings);
    if (!token) return response;
    response.report = verify_time_stamp_of_imprint(*token, request.algorithm, request.imprint, with);
    if (!response.report.at) return response;
    // 2.4.2: the nonce "MUST be present if it was present in the TimeStampReq. In such a case it MUST equal the value provided".
    if (response.report.nonce != integer_content(request.nonce)) response.report.findings.fail(time_stamp_nonce);
    // "the policy field MUST indicate the TSA's policy under which the response was produced. If a similar field was present in
    // the TimeStampReq, then it MUST have the same value".
    if (!request.policy.empty() && response.report.policy != request.policy)
        response.report.findings.fail(time_stamp_policy);
    if (response.report.verdict() == Verdict::valid) response.token = *token;
    return response;
}

namespace cms {

bool is_time_stamp_of(base::BytesView token, Content data) {
    const auto read = cms::read(token);
    const auto info = read.has_value() && read->content ? read_info(*read->content) : std::nullopt;
    return info && info->algorithm && std::ranges::equal(info->imprint, digest(*info->algorithm, data));
}

}  // namespace cms

}  // namespace kelisim::trust
