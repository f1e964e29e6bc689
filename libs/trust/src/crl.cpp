// SPDX-License-Identifier: Apache-2.0
#include "crl.hpp"

#include <openssl/ocsp.h>

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "status.hpp"
#include "trust/findings.hpp"

namespace kelisim::trust {
namespace {

using ScopeHandle = std::unique_ptr<ISSUING_DIST_POINT, Free<ISSUING_DIST_POINT_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Free<ASN1_INTEGER_free>>;

constexpr std::array processed{NID_issuing_distribution_point, NID_delta_crl, NID_crl_number,
                               NID_authority_key_identifier, NID_freshest_crl};

ScopeHandle scope_of(const X509_CRL* list) {
    return ScopeHandle(
        static_cast<ISSUING_DIST_POINT*>(X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, nullptr, nullptr)));
}

Integer number_of(const X509_CRL* list, int nid) {
    return Integer(static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, nid, nullptr, nullptr)));
}

bool has_critical_unknown(const X509_CRL* list) {
    for (int i = 0; i < X509_CRL_get_ext_count(list); ++i) {
        X509_EXTENSION* const one = X509_CRL_get_ext(list, i);
        if (X509_EXTENSION_get_critical(one) != 0 &&
            std::ranges::find(processed, OBJ_obj2nid(X509_EXTENSION_get_object(one))) == processed.end())
            return true;
    }
    return false;
}

// Lists of some reasons only, and lists on behalf of another issuer, are more than we read: whoever is not in one may be in
// the next.
bool is_partial(const X509_CRL* list) {
    const ScopeHandle scope = scope_of(list);
    return scope && (scope->onlysomereasons != nullptr || scope->indirectCRL != 0 || scope->onlyattr != 0);
}

// `set` of the extension when there is one that cannot be read.
bool is_unreadable(const X509_CRL* list, int nid) {
    int found = 0;
    void* const value = X509_CRL_get_ext_d2i(list, nid, &found, nullptr);
    if (value != nullptr) {
        if (nid == NID_issuing_distribution_point)
            ISSUING_DIST_POINT_free(static_cast<ISSUING_DIST_POINT*>(value));
        else
            ASN1_INTEGER_free(static_cast<ASN1_INTEGER*>(value));
        return false;
    }
    return found != -1;
}

std::string reason_of(const X509_REVOKED* entry, int& code) {
    const std::unique_ptr<ASN1_ENUMERATED, Free<ASN1_ENUMERATED_free>> reason(
        static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
    if (!reason) return {};
    code = static_cast<int>(ASN1_ENUMERATED_get(reason.get()));
    return OCSP_crl_reason_str(code);
}

}  // namespace

std::optional<RevocationList> RevocationList::from_der(base::BytesView der) {
    if (der.empty() || der.size() > base::limits::crl_bytes_max) return std::nullopt;
    const std::uint8_t* at = der.data();
    std::shared_ptr<X509_CRL> list(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), X509_CRL_free);
    const auto tbs = list ? first_element(der) : std::nullopt;
    const bool sound = tbs && at == der.data() + der.size() && to_time(X509_CRL_get0_lastUpdate(list.get())) &&
                       !is_unreadable(list.get(), NID_issuing_distribution_point) &&
                       !is_unreadable(list.get(), NID_delta_crl) && !is_unreadable(list.get(), NID_crl_number);
    forget_errors();
    if (!sound) return std::nullopt;
    return RevocationList(std::move(list), {tbs->begin(), tbs->end()});
}

bool RevocationList::is_delta() const {
    return X509_CRL_get_ext_by_NID(list_.get(), NID_delta_crl, -1) >= 0;
}

std::optional<base::Time> RevocationList::until() const {
    return to_time(X509_CRL_get0_nextUpdate(list_.get()));
}

void RevocationList::check(const Certificate& issuer, const Verification& with, Findings& findings) const {
    if (Name(to_der(X509_CRL_get_issuer(list_.get()), i2d_X509_NAME)) != issuer.subject())
        findings.fail(status_responder, "another issuer");
    // RFC 5280 6.3.3 (f): "If a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is
    // set."
    if (!issuer.has(KeyUse::crl_sign)) findings.fail(status_responder, "cRLSign is missing");
    if (has_critical_unknown(list_.get()) || is_partial(list_.get())) findings.fail(status_scope);
    const ASN1_BIT_STRING* signature = nullptr;
    const X509_ALGOR* named = nullptr;
    X509_CRL_get0_signature(list_.get(), &signature, &named);
    const ASN1_OBJECT* name = nullptr;
    X509_ALGOR_get0(&name, nullptr, nullptr, named);
    const auto algorithm = signature_by_oid(dotted(name));
    if (!algorithm || !issuer.key() || !issuer.key()->verifies(*algorithm, tbs_, view(signature))) {
        findings.fail(status_signature);
        return;
    }
    if (const auto allowed = is_legacy_allowed(*algorithm, with.policy))
        findings.add(status_algorithm_legacy, *allowed ? Weight::note : Weight::fails);
}

void RevocationList::check_age(const Verification& with, Findings& findings) const {
    const base::Time from = *to_time(X509_CRL_get0_lastUpdate(list_.get()));
    if (from > with.now + with.policy.clock_skew) findings.fail(status_from_future);
    // RFC 5280 5.1.2.5: nextUpdate "indicates the date by which the next CRL will be issued"; a list without it is of no
    // known age.
    const auto next = until();
    if (!next || *next < with.at) findings.fail(status_stale);
}

bool RevocationList::continues_with(const RevocationList& delta) const {
    const Integer own = number_of(list_.get(), NID_crl_number), from = number_of(delta.list_.get(), NID_delta_crl),
                  its = number_of(delta.list_.get(), NID_crl_number);
    // RFC 5280 5.2.4: a complete CRL and a delta may be combined when "The CRL number of the complete CRL is equal to or greater
    // than the BaseCRLNumber specified in the delta CRL" and "less than the CRL number of the delta CRL".
    return own && from && its && ASN1_INTEGER_cmp(own.get(), from.get()) >= 0 &&
           ASN1_INTEGER_cmp(own.get(), its.get()) < 0 &&
           X509_NAME_cmp(X509_CRL_get_issuer(list_.get()), X509_CRL_get_issuer(delta.list_.get())) == 0;
}

bool RevocationList::covers(const Certificate& certificate) const {
    const ScopeHandle scope = scope_of(list_.get());
    if (!scope) return true;
    const bool authority = certificate.basic_constraints() && certificate.basic_constraints()->authority;
    return authority ? scope->onlyuser == 0 : scope->onlyCA == 0;
}

RevocationList::Entry RevocationList::find(const Certificate& certificate) const {
    Entry found{.status = {.standing = Standing::good,
                           .revoked_at = {},
                           .reason = {},
                           .by = "CRL",
                           .as_of = *to_time(X509_CRL_get0_lastUpdate(list_.get())),
                           .until = until()}};
    X509_REVOKED* entry = nullptr;
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(certificate.openssl());
    if (X509_CRL_get0_by_serial(list_.get(), &entry, serial) == 0) return found;
    int code = -1;
    found.listed = true;
    found.status.reason = reason_of(entry, code);
    found.status.revoked_at = to_time(X509_REVOKED_get0_revocationDate(entry));
    found.removed = code == CRL_REASON_REMOVE_FROM_CRL;
    found.status.standing = code == CRL_REASON_CERTIFICATE_HOLD ? Standing::on_hold : Standing::revoked;
    return found;
}

Status standing_in(const RevocationList& list, const RevocationList* delta, const Certificate& certificate) {
    const RevocationList::Entry whole = list.find(certificate);
    if (delta == nullptr) return whole.status;
    RevocationList::Entry later = delta->find(certificate);
    if (!later.listed) {
        Status status = whole.status;
        status.as_of = later.status.as_of;
        return status;
    }
    if (later.removed) {
        later.status.standing = Standing::good;
        later.status.revoked_at.reset();
        later.status.reason.clear();
    }
    return later.status;
}

StatusReport read_crls(base::BytesView crl, base::BytesView delta, const Certificate& certificate,
                       const Certificate& issuer, const Verification& with) {
    StatusReport report;
    const auto list = RevocationList::from_der(crl);
    const auto later = delta.empty() ? std::nullopt : RevocationList::from_der(delta);
    if (!list || (!delta.empty() && !later)) {
        report.findings.fail(status_malformed);
        return report;
    }
    list->check(issuer, with, report.findings);
    list->check_age(with, report.findings);
    if (list->is_delta() || !list->covers(certificate)) report.findings.fail(status_scope);
    if (later) {
        later->check(issuer, with, report.findings);
        later->check_age(with, report.findings);
        if (!later->is_delta() || !list->continues_with(*later)) report.findings.fail(status_scope);
    }
    report.status = standing_in(*list, later ? &*later : nullptr, certificate);
    return report;
}

}  // namespace kelisim::trust
