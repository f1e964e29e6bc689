// SPDX-License-Identifier: Apache-2.0
#include "cms_verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "trust/cms_findings.hpp"
#include "trust/time_stamp.hpp"

namespace kelisim::trust {
namespace {

namespace limits = base::limits;
using cms::Content;

// The earliest instant that a time stamp proves. RFC 5126 6.1.1 allows several of them, from several authorities.
std::optional<base::Time> proven_at(const cms::SignerInfo& signer, const CmsRules& rules, const Verification& with,
                                    Findings& findings) {
    std::optional<base::Time> proven;
    std::size_t count = 0;
    for (const cms::Attribute& one : signer.unsigned_attributes) {
        if (one.oid != cms::time_stamp_token_oid) continue;
        for (const der::Element& token : one.values) {
            if (++count > limits::time_stamps_max) {
                findings.add(cms_too_large, rules.time_stamp_required ? Weight::fails : Weight::note);
                return proven;
            }
            const TimeStampReport report = verify_time_stamp(token.whole, {signer.signature}, with);
            const bool counts = report.verdict() == Verdict::valid;
            const Findings found = report.all();
            for (const Finding& finding : found.all())
                findings.add(*finding.reason, rules.time_stamp_required ? finding.weight : Weight::note,
                             finding.detail);
            if (counts && (!proven || *report.at < *proven)) proven = report.at;
        }
    }
    if (count == 0 && rules.time_stamp_required) findings.fail(cms_time_stamp_absent);
    return proven;
}

cms::CheckedSigner check_signer(const cms::SignedData& data, const cms::SignerInfo& signer, Content content,
                                const CmsRules& rules, const Verification& with) {
    cms::CheckedSigner checked = cms::check_signature(data, signer, content, rules, with.policy);
    SignerReport& report = checked.report;
    report.proven_at = proven_at(signer, rules, with, report.findings);
    Verification then = with;
    then.at = report.checked_at = report.proven_at.value_or(with.at);
    if (checked.certificate) {
        std::vector<Certificate> others = data.certificates;
        others.insert(others.end(), rules.certificates.begin(), rules.certificates.end());
        report.certificate = check_certificate(*checked.certificate, others, rules.purpose, then);
    }
    return checked;
}

DocumentReport refused(const base::Refusal& refusal) {
    DocumentReport report;
    for (const base::Reason* reason : refusal.reasons())
        report.findings.fail(*reason);
    return report;
}

DocumentReport verify(const cms::SignedData& data, Content content, const CmsRules& rules, const Verification& with) {
    DocumentReport report;
    if (data.signers.empty()) report.findings.fail(cms_no_signer);
    bool all_hold = !data.signers.empty();
    for (const cms::SignerInfo& signer : data.signers) {
        cms::CheckedSigner checked = check_signer(data, signer, content, rules, with);
        all_hold = all_hold && checked.content_holds;
        report.signers.push_back(std::move(checked.report));
    }
    if (!all_hold) return report;
    for (const base::BytesView part : content)
        report.content.insert(report.content.end(), part.begin(), part.end());
    return report;
}

// Whether the parts one after another are the whole.
bool is_made_of(base::BytesView whole, Content parts) {
    for (const base::BytesView part : parts) {
        if (whole.size() < part.size() || !std::ranges::equal(whole.first(part.size()), part)) return false;
        whole = whole.subspan(part.size());
    }
    return whole.empty();
}

}  // namespace

DocumentReport verify_cms(base::BytesView bytes, const CmsRules& rules, const Verification& with) {
    const auto data = cms::read(bytes);
    if (data.has_error()) return refused(data.error());
    if (!data->content) return refused(cms_content_missing);
    return verify(*data, {*data->content}, rules, with);
}

DocumentReport verify_detached_cms(base::BytesView bytes, Content content, const CmsRules& rules,
                                   const Verification& with) {
    const auto data = cms::read(bytes);
    if (data.has_error()) return refused(data.error());
    if (data->content && !is_made_of(*data->content, content)) return refused(cms_content_differs);
    return verify(*data, content, rules, with);
}

std::optional<base::Bytes> read_cms_text(std::string_view text) {
    constexpr std::size_t letters_max = limits::cms_bytes_max / 3 * 4 + 4;
    // With room for a line break after each short line.
    if (text.size() > 2 * letters_max) return std::nullopt;
    for (const std::string_view label : {"CMS", "PKCS7"}) {
        const std::string head = fmt::format("-----BEGIN {}-----", label),
                          foot = fmt::format("-----END {}-----", label);
        const std::size_t begins = text.find(head), ends = text.find(foot);
        if (begins == std::string_view::npos || ends == std::string_view::npos || ends < begins + head.size()) continue;
        text = text.substr(begins + head.size(), ends - begins - head.size());
        break;
    }
    std::string letters;
    std::ranges::copy_if(text, std::back_inserter(letters),
                         [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    auto bytes = base::from_base64(letters);
    if (!bytes || bytes->empty() || bytes->size() > limits::cms_bytes_max) return std::nullopt;
    return bytes;
}

}  // namespace kelisim::trust
