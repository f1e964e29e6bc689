// SPDX-License-Identifier: Apache-2.0
#include "trust_command.hpp"

#include <boost/json/serialize.hpp>
#include <optional>

#include "base/entropy.hpp"
#include "base/limits.hpp"
#include "commands.hpp"
#include "network_status_source.hpp"
#include "soap/security.hpp"
#include "terminal.hpp"
#include "trust/cms.hpp"
#include "trust/path.hpp"
#include "trust/xml_signature.hpp"
#include "trust_report.hpp"

namespace kelisim::app {

namespace {

using base::Language;
using trust::Verdict;

constexpr std::size_t document_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t signatures_max = 16;  // of one XML document

int exit_status(Verdict verdict) {
    if (verdict == Verdict::valid) return trust_valid;
    return verdict == Verdict::invalid ? trust_invalid : trust_indeterminate;
}

base::Time instant(const TrustQuestion& question, base::Time now) {
    if (!question.at) return now;
    const auto at = base::parse_time(*question.at);
    if (at.has_error()) throw base::Outage("no date-time of RFC 3339: " + *question.at);
    if (*at > now) throw base::Outage("nobody knows what will be valid at " + *question.at);
    return *at;
}

trust::Authorities authorities_of(const TrustQuestion& question, const config::Config& config) {
    const std::string directory = question.anchors ? question.anchors->string() : config.text("trust.authorities");
    if (directory.empty())
        throw base::Outage("say whom to trust: --anchors, or trust.authorities in the file of --config");
    return trust::read_authorities(directory);
}

trust::Policy policy_of(const TrustQuestion& question) {
    trust::Policy policy;
    policy.allow_rsa_sha1 = policy.allow_gost2004 = question.allow_legacy;
    policy.revocation_required = !question.without_revocation;
    return policy;
}

template <class Report>
int told(const Report& report, const TrustQuestion& question, Language language) {
    if (question.json) {
        print_line(boost::json::serialize(to_json(report)));
    } else {
        if constexpr (std::is_same_v<Report, trust::CertificateReport>)
            tell(report, language, "");
        else
            tell(report, language);
        tell_verdict(report.verdict(), language);
    }
    return exit_status(report.verdict());
}

std::string read_document(const std::filesystem::path& file) {
    std::string bytes = read_bounded(file, document_bytes_max);
    if (bytes.size() > document_bytes_max)
        throw base::Outage("larger than any document that is verified here: " + file.string());
    return bytes;
}

bool is_xml(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto begin = bytes.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && bytes[begin] == '<';
}

trust::DocumentReport refused(const base::Refusal& refusal) {
    trust::DocumentReport report;
    for (const base::Reason* const reason : refusal.reasons())
        report.findings.fail(*reason);
    return report;
}

// A message of SOAP is signed by its WS-Security header, any other document by its own signatures.
trust::DocumentReport verify_xml_file(const std::string& bytes, const trust::Verification& with) {
    const auto message = soap::Envelope::parse(base::as_bytes(bytes));
    if (message.has_value()) return soap::verify(*message, {}, with);
    const base::Refusal why = message.error();
    if (!why.has(soap::soap_not_an_envelope)) return refused(why);
    trust::XmlRules rules;
    rules.part.kind = trust::SignedPart::Kind::whatever;
    rules.signatures_max = signatures_max;
    return trust::verify_xml(base::as_bytes(bytes), rules, with);
}

int verify_bytes(const std::string& bytes, const TrustQuestion& question, const trust::Verification& with,
                 Language language) {
    if (const auto certificate = trust::Certificate::from_any(base::as_bytes(bytes)))
        return told(trust::check_certificate(*certificate, {}, trust::Purpose::any, with), question, language);
    if (is_xml(bytes)) return told(verify_xml_file(bytes, with), question, language);
    const auto from_text = trust::read_cms_text(bytes);
    const base::BytesView cms = from_text ? base::BytesView(*from_text) : base::as_bytes(bytes);
    if (!question.detached) return told(trust::verify_cms(cms, {}, with), question, language);
    const std::string content = read_document(*question.detached);
    return told(trust::verify_detached_cms(cms, {base::as_bytes(content)}, {}, with), question, language);
}

}  // namespace

int trust_verify(const TrustQuestion& question, const config::Config& config) {
    const Language language = language_wanted(question.language);
    try {
        const base::SystemClock clock;
        base::SystemEntropy entropy;
        const base::Time now = clock.now();
        const trust::Authorities authorities = authorities_of(question, config);
        const trust::Policy policy = policy_of(question);
        http::Workers workers(1);
        http::Client client(workers);
        NetworkStatusSource source(workers, client);
        trust::Revocation revocation(source, entropy);
        const trust::Verification with{.authorities = authorities,
                                       .policy = policy,
                                       .revocation = question.without_revocation ? nullptr : &revocation,
                                       .at = instant(question, now),
                                       .now = now};
        return verify_bytes(read_document(question.file), question, with, language);
    } catch (const base::Outage& outage) {
        complain(outage.what());
        return trust_untold;
    }
}

int trust_show(const std::filesystem::path& file, const std::optional<std::string>& language) {
    try {
        const std::string bytes = read_bounded(file, 2 * base::limits::certificate_bytes_max);
        const auto certificate = trust::Certificate::from_any(base::as_bytes(bytes));
        if (!certificate) throw base::Outage("no certificate: " + file.string());
        tell(*certificate, language_wanted(language), "");
        for (const std::string& usage : certificate->extended_key_usages())
            print_line("EKU: " + usage);
        for (const std::string& url : certificate->ocsp_urls())
            print_line("OCSP: " + printable(url));
        for (const std::string& url : certificate->crl_urls())
            print_line("CRL: " + printable(url));
        return trust_valid;
    } catch (const base::Outage& outage) {
        complain(outage.what());
        return trust_untold;
    }
}

}  // namespace kelisim::app
