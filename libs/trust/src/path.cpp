// SPDX-License-Identifier: Apache-2.0
#include "trust/path.hpp"

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "openssl_path.hpp"
#include "trust/findings.hpp"
#include "trust/revocation.hpp"
#include "trust/verified_certificates.hpp"

namespace kelisim::trust {
namespace {

constexpr std::string_view client_auth = "1.3.6.1.5.5.7.3.2", server_auth = "1.3.6.1.5.5.7.3.1",
                           email_protection = "1.3.6.1.5.5.7.3.4", time_stamping = "1.3.6.1.5.5.7.3.8",
                           ocsp_signing = "1.3.6.1.5.5.7.3.9";
// Under it stand the roles of whatever authority of Kazakhstan.
constexpr std::string_view national_arc = "1.2.398";

struct RoleRow {
    std::string_view oid;
    Role role;
    std::string_view name;
};
constexpr std::array roles{
    RoleRow{"1.2.398.3.3.4.1.1", Role::natural_person, "natural_person"},
    RoleRow{"1.2.398.3.3.4.1.1.1", Role::system_of_person, "system_of_person"},
    RoleRow{"1.2.398.3.3.4.1.2", Role::legal_entity, "legal_entity"},
    RoleRow{"1.2.398.3.3.4.1.2.1", Role::first_head, "first_head"},
    RoleRow{"1.2.398.3.3.4.1.2.2", Role::may_sign, "may_sign"},
    RoleRow{"1.2.398.3.3.4.1.2.3", Role::may_sign_financial, "may_sign_financial"},
    RoleRow{"1.2.398.3.3.4.1.2.4", Role::hr_officer, "hr_officer"},
    RoleRow{"1.2.398.3.3.4.1.2.5", Role::employee, "employee"},
    RoleRow{"1.2.398.3.3.4.1.2.6", Role::system_of_organisation, "system_of_organisation"},
    RoleRow{"1.2.398.3.3.4.2.1", Role::authority_administrator, "authority_administrator"},
    RoleRow{"1.2.398.3.3.4.2.2", Role::authority_manager, "authority_manager"},
    RoleRow{"1.2.398.3.3.4.2.3", Role::authority_operator, "authority_operator"},
    RoleRow{"1.2.398.3.3.4.3.1", Role::identified_at_service_centre, "identified_at_service_centre"},
    RoleRow{"1.2.398.3.3.4.3.2", Role::identified_remotely, "identified_remotely"},
    RoleRow{"1.2.398.3.3.4.3.2.1", Role::identified_by_digital_id, "identified_by_digital_id"},
    RoleRow{"1.2.398.3.3.4.3.2.2", Role::identified_by_ai_platform, "identified_by_ai_platform"},
    RoleRow{"1.2.398.5.19.1.2.2.1", Role::treasury_client, "treasury_client"},
};
// Hundreds of kinds of systems stand under it (pki.md 1.2).
constexpr std::string_view systems_arc = "1.2.398.3.3.4.1.2.6";

bool is_under(std::string_view oid, std::string_view arc) {
    return oid == arc || (oid.size() > arc.size() && oid.starts_with(arc) && oid[arc.size()] == '.');
}

std::optional<Role> role_of(std::string_view oid) {
    const auto found = std::ranges::find(roles, oid, &RoleRow::oid);
    if (found != roles.end()) return found->role;
    if (is_under(oid, systems_arc)) return Role::system_of_organisation;
    return std::nullopt;
}

bool ids_contradict(const Certificate& certificate, const Certificate& issuer) {
    const base::BytesView named = certificate.authority_key_id(), own = issuer.subject_key_id();
    return !named.empty() && !own.empty() && !std::ranges::equal(named, own);
}

// One way up from a certificate.
struct Way {
    std::vector<Certificate> chain;
    bool anchored = false;
};

// Depth first over issuers by name, then by key identifier, then by signature. The number of tries is bounded: what came with
// a signature is a stranger's.
class Search {
public:
    Search(const std::vector<Certificate>& others, const Authorities& authorities, VerifiedCertificates* verified)
        : others_(others), authorities_(authorities), verified_(verified) {}

    Way best(const Certificate& leaf) {
        Way way;
        way.chain.push_back(leaf);
        best_ = way;
        climb(way);
        return best_;
    }

    // An issuer of the right name was there, whose signature it is not.
    bool met_wrong_signature() const { return met_wrong_signature_; }

private:
    void climb(Way& way) {
        const Authority* const known = authorities_.find(way.chain.back());
        if (known != nullptr && known->anchor) way.anchored = true;
        if (way.anchored || way.chain.size() > best_.chain.size()) best_ = way;
        if (way.anchored) return;
        for (const Certificate& issuer : issuers(way.chain.back())) {
            if (best_.anchored || way.chain.size() >= base::limits::certificate_chain_max) return;
            if (std::ranges::find(way.chain, issuer) != way.chain.end()) continue;
            if (++tries_ > base::limits::certificate_tries_max) return;
            if (!is_signed_by(way.chain.back(), issuer)) {
                met_wrong_signature_ = true;
                continue;
            }
            way.chain.push_back(issuer);
            climb(way);
            way.chain.pop_back();
            way.anchored = false;
        }
    }

    bool is_signed_by(const Certificate& certificate, const Certificate& issuer) const {
        return verified_ != nullptr ? verified_->is_signed_by(certificate, issuer) : certificate.is_signed_by(issuer);
    }

    // Installed ones before those that came along. Never by AIA: wrong ones are in the wild (pki.md 1.3).
    std::vector<Certificate> issuers(const Certificate& certificate) const {
        std::vector<Certificate> found;
        for (const Authority* const one : authorities_.named(certificate.issuer()))
            if (!ids_contradict(certificate, one->certificate)) found.push_back(one->certificate);
        for (const Certificate& one : others_)
            if (one.subject() == certificate.issuer() && !ids_contradict(certificate, one)) found.push_back(one);
        return found;
    }

    const std::vector<Certificate>& others_;
    const Authorities& authorities_;
    VerifiedCertificates* const verified_;
    Way best_;
    std::size_t tries_ = 0;
    bool met_wrong_signature_ = false;
};

void check_dates(const Certificate& one, base::Time at, Findings& findings) {
    if (at < one.not_before()) findings.fail(certificate_not_yet_valid, base::to_hex(one.fingerprint()));
    if (at > one.not_after()) findings.fail(certificate_expired, base::to_hex(one.fingerprint()));
}

void check_key(const Certificate& one, const Policy& policy, Findings& findings) {
    if (!one.key()) {
        findings.fail(certificate_algorithm_unknown, base::to_hex(one.fingerprint()));
        return;
    }
    if (one.key()->kind() == KeyKind::rsa && one.key()->bits() < policy.rsa_bits_min)
        findings.fail(certificate_key_weak, base::to_hex(one.fingerprint()));
    if (one.key()->kind() == KeyKind::gost2004)
        findings.add(certificate_algorithm_legacy, policy.allow_gost2004 ? Weight::note : Weight::fails,
                     base::to_hex(one.fingerprint()));
}

// Of a certificate whose signature counts: an anchor's own does not.
void check_algorithm(const Certificate& one, const Policy& policy, Findings& findings) {
    const auto algorithm = one.signature_algorithm();
    if (!algorithm) {
        findings.fail(certificate_algorithm_unknown, base::to_hex(one.fingerprint()));
        return;
    }
    if (const auto allowed = is_legacy_allowed(*algorithm, policy))
        findings.add(certificate_algorithm_legacy, *allowed ? Weight::note : Weight::fails,
                     base::to_hex(one.fingerprint()));
}

void check_issuer(const Certificate& one, std::size_t intermediates_below, Findings& findings) {
    const auto& constraints = one.basic_constraints();
    // RFC 5280 6.1.4 (k): "If certificate i is a version 3 certificate, verify that the basicConstraints extension is present
    // and that cA is set to TRUE"; (n): "If a key usage extension is present, verify that the keyCertSign bit is set."
    if (!constraints || !constraints->authority || !one.has(KeyUse::certificate_sign))
        findings.fail(chain_not_authority, base::to_hex(one.fingerprint()));
    else if (constraints->path_length && intermediates_below > static_cast<std::size_t>(*constraints->path_length))
        findings.fail(chain_path_too_long, base::to_hex(one.fingerprint()));
}

bool has_usage(const Certificate& leaf, std::string_view usage) {
    return std::ranges::find(leaf.extended_key_usages(), usage) != leaf.extended_key_usages().end();
}

bool has_usage_or_none(const Certificate& leaf, std::initializer_list<std::string_view> usages) {
    return leaf.extended_key_usages().empty() ||
           std::ranges::any_of(usages, [&](std::string_view one) { return has_usage(leaf, one); });
}

struct Demands {
    bool key_usage = true, extended = true;
};

// pki.md 1.3
Demands meets(const Certificate& leaf, Purpose purpose) {
    switch (purpose) {
        case Purpose::signature:
            return {.key_usage = leaf.has(KeyUse::non_repudiation),
                    .extended = has_usage_or_none(leaf, {email_protection})};
        case Purpose::sign_in:
            return {.key_usage = leaf.has(KeyUse::digital_signature),
                    .extended = has_usage_or_none(leaf, {email_protection, client_auth})};
        case Purpose::transport:
            return {.key_usage = leaf.has(KeyUse::digital_signature) || leaf.has(KeyUse::non_repudiation),
                    .extended = has_usage_or_none(leaf, {email_protection, client_auth, server_auth})};
        case Purpose::ocsp_responder:
            // RFC 6960 4.2.2.2: delegation is "designated by the inclusion of id-kp-OCSPSigning in an extended key usage
            // certificate extension".
            return {.key_usage = leaf.has(KeyUse::digital_signature) || leaf.has(KeyUse::non_repudiation),
                    .extended = has_usage(leaf, ocsp_signing)};
        case Purpose::time_stamp:
            // RFC 3161 2.3: "The corresponding certificate MUST contain only one instance of the extended key usage field
            // extension ... with KeyPurposeID having value: id-kp-timeStamping. This extension MUST be critical."
            return {.key_usage = leaf.has(KeyUse::digital_signature) || leaf.has(KeyUse::non_repudiation),
                    .extended = leaf.extended_key_usages().size() == 1 && has_usage(leaf, time_stamping) &&
                                leaf.extended_key_usage_is_critical()};
        case Purpose::any:
            return {};
    }
    return {};
}

void check_purpose(const Certificate& leaf, Purpose purpose, Findings& findings) {
    const Demands met = meets(leaf, purpose);
    if (!met.key_usage) findings.fail(certificate_wrong_key_usage, base::to_hex(leaf.fingerprint()));
    if (!met.extended) findings.fail(certificate_wrong_purpose, base::to_hex(leaf.fingerprint()));
}

bool may_give(const std::vector<Certificate>& chain, const Authorities& authorities, std::string_view role) {
    return std::any_of(chain.begin() + 1, chain.end(), [&](const Certificate& one) {
        const Authority* const known = authorities.find(one);
        return known != nullptr &&
               std::ranges::any_of(known->role_arcs, [&](const std::string& arc) { return is_under(role, arc); });
    });
}

void read_roles(CertificateReport& report, const Authorities& authorities) {
    for (const std::string& oid : report.subject().extended_key_usages()) {
        if (!is_under(oid, national_arc)) continue;
        if (!may_give(report.chain, authorities, oid))
            report.findings.fail(certificate_role_foreign, oid);
        else if (const auto role = role_of(oid))
            report.roles.push_back(*role);
    }
}

void check_revocation(CertificateReport& report, const Verification& with) {
    const Weight weight = with.policy.revocation_required ? Weight::leaves_open : Weight::note;
    if (with.revocation == nullptr) {
        report.findings.add(revocation_not_asked, weight);
        return;
    }
    for (std::size_t i = 0; i + 1 < report.chain.size(); ++i)
        with.revocation->check(report.chain[i], report.chain[i + 1], with, report.findings);
}

void check_links(const std::vector<Certificate>& chain, bool anchored, const Verification& with, Findings& findings) {
    std::size_t intermediates_below = 0;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const Certificate& one = chain[i];
        check_dates(one, with.at, findings);
        check_key(one, with.policy, findings);
        if (!anchored || i + 1 < chain.size()) check_algorithm(one, with.policy, findings);
        for (const std::string& unknown : one.critical_unknown())
            findings.fail(certificate_critical_unknown, unknown);
        if (i == 0) continue;
        check_issuer(one, intermediates_below, findings);
        // RFC 5280 4.2.1.9: "the maximum number of non-self-issued intermediate certificates that may follow"
        if (!one.is_self_issued()) ++intermediates_below;
    }
}

}  // namespace

std::optional<bool> is_legacy_allowed(SignatureAlgorithm algorithm, const Policy& policy) {
    if (algorithm == SignatureAlgorithm::rsa_sha1) return policy.allow_rsa_sha1;
    if (algorithm == SignatureAlgorithm::gost2004) return policy.allow_gost2004;
    return std::nullopt;
}

std::string_view to_string(Role role) {
    return std::ranges::find(roles, role, &RoleRow::role)->name;
}

bool CertificateReport::has(Role role) const {
    return std::ranges::find(roles, role) != roles.end();
}

CertificateReport check_certificate(const Certificate& leaf, const std::vector<Certificate>& others, Purpose purpose,
                                    const Verification& with) {
    Search search(others, with.authorities, with.verified);
    Way way = search.best(leaf);
    CertificateReport report{.chain = std::move(way.chain), .roles = {}, .findings = {}};
    check_links(report.chain, way.anchored, with, report.findings);
    check_purpose(leaf, purpose, report.findings);
    if (!way.anchored) {
        report.findings.fail(chain_no_anchor, base::to_hex(report.chain.back().fingerprint()));
        if (search.met_wrong_signature())
            report.findings.fail(chain_signature_wrong, base::to_hex(report.chain.back().fingerprint()));
        return report;
    }
    if (purpose != Purpose::ocsp_responder && purpose != Purpose::time_stamp) read_roles(report, with.authorities);
    // What our rules let pass and OpenSSL can check, it checks too: name constraints and the like are its trade.
    if (report.findings.verdict() != Verdict::invalid) check_with_openssl(report.chain, with.at, report.findings);
    if (purpose != Purpose::ocsp_responder) check_revocation(report, with);
    return report;
}

}  // namespace kelisim::trust
