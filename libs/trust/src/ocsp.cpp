// SPDX-License-Identifier: Apache-2.0
// RFC 6960, both sides of the question.
#include <openssl/ocsp.h>

#include <algorithm>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "status.hpp"
#include "trust/findings.hpp"
#include "trust/path.hpp"
#include "trust/revocation.hpp"

namespace kelisim::trust {
namespace {

constexpr std::size_t nonce_bytes = 32;

using Request = std::unique_ptr<OCSP_REQUEST, Free<OCSP_REQUEST_free>>;
using Response = std::unique_ptr<OCSP_RESPONSE, Free<OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, Free<OCSP_BASICRESP_free>>;
using CertId = std::unique_ptr<OCSP_CERTID, Free<OCSP_CERTID_free>>;

CertId make_id(const EVP_MD* digest, const Certificate& certificate, const Certificate& issuer) {
    return crypto::required(CertId(OCSP_cert_to_id(digest, certificate.openssl(), issuer.openssl())),
                            "OCSP_cert_to_id");
}

// tbsResponseData as it was signed: OCSPResponse { status, [0] { OID, OCTET STRING { BasicOCSPResponse { it, ... } } } }.
std::optional<base::BytesView> signed_bytes(base::BytesView der) {
    const auto response = read_element(der);
    if (!response) return std::nullopt;
    base::BytesView rest = response->contents;
    if (!read_element(rest)) return std::nullopt;  // responseStatus
    const auto tagged = read_element(rest);
    if (!tagged) return std::nullopt;
    rest = tagged->contents;
    const auto bytes = read_element(rest);
    if (!bytes) return std::nullopt;
    rest = bytes->contents;
    if (!read_element(rest)) return std::nullopt;  // responseType
    const auto octets = read_element(rest);
    return octets ? first_element(octets->contents) : std::nullopt;
}

// The digests that the CertID of an answer may be made with: ours, and SHA-1 of responders that do not echo it.
const EVP_MD* id_digest(const OCSP_CERTID* id) {
    ASN1_OBJECT* name = nullptr;
    OCSP_id_get0_info(nullptr, &name, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
    switch (OBJ_obj2nid(name)) {
        case NID_sha256:
            return crypto::sha256_algorithm();
        case NID_sha1:
            return EVP_sha1();
        default:
            return nullptr;
    }
}

OCSP_SINGLERESP* find_single(OCSP_BASICRESP* basic, const Certificate& certificate, const Certificate& issuer) {
    for (int i = 0; i < OCSP_resp_count(basic); ++i) {
        OCSP_SINGLERESP* const single = OCSP_resp_get0(basic, i);
        const OCSP_CERTID* const id = OCSP_SINGLERESP_get0_id(single);
        const EVP_MD* const digest = id_digest(id);
        if (digest != nullptr && OCSP_id_cmp(id, make_id(digest, certificate, issuer).get()) == 0) return single;
    }
    return nullptr;
}

// The extension's value is an OCTET STRING itself (RFC 8954 2.1).
bool nonce_is(OCSP_BASICRESP* basic, base::BytesView nonce) {
    const int at = OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1);
    if (at < 0) return false;
    base::BytesView value = view(X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(basic, at)));
    const auto octets = read_element(value);
    return octets && value.empty() && std::ranges::equal(octets->contents, nonce);
}

bool answers_as(OCSP_BASICRESP* basic, const Certificate& candidate) {
    const ASN1_OCTET_STRING* key = nullptr;
    const X509_NAME* name = nullptr;
    if (OCSP_resp_get0_id(basic, &key, &name) != 1) return false;
    // As RFC 5280 7.1 compares names: responders write theirs with other kinds of strings than their certificates have.
    if (name != nullptr) return X509_NAME_cmp(name, X509_get_subject_name(candidate.openssl())) == 0;
    // RFC 6960 4.2.1: "KeyHash ::= OCTET STRING -- SHA-1 hash of responder's public key"
    return std::ranges::equal(view(key), digest(DigestAlgorithm::sha1, {candidate.key_bits()}));
}

// RFC 6960 4.2.2.2: "The CA SHOULD use the same issuing key to issue a delegation certificate ... Systems relying on OCSP
// responses MUST recognize a delegation certificate as being issued by the CA that issued the certificate in question only if
// the delegation certificate and the certificate being checked for revocation were signed by the same key."
bool is_appointed(const Certificate& candidate, const Certificate& issuer, const Verification& with,
                  Findings& findings) {
    if (candidate == issuer) return true;
    if (!candidate.is_signed_by(issuer)) return false;
    const CertificateReport report = check_certificate(candidate, {issuer}, Purpose::ocsp_responder, with);
    findings.add(report.findings);
    // Without it we would have to ask a responder about the responder.
    return report.verdict() == Verdict::valid && candidate.has_no_check();
}

std::vector<Certificate> responders(OCSP_BASICRESP* basic, const Certificate& issuer) {
    std::vector<Certificate> found;
    if (answers_as(basic, issuer)) found.push_back(issuer);
    const STACK_OF(X509)* const sent = OCSP_resp_get0_certs(basic);
    for (int i = 0; i < std::min(sk_X509_num(sent), 8); ++i) {
        auto one = Certificate::from_der(to_der(sk_X509_value(sent, i), i2d_X509));
        if (one && answers_as(basic, *one)) found.push_back(*std::move(one));
    }
    return found;
}

void check_signature(OCSP_BASICRESP* basic, base::BytesView tbs, const Certificate& issuer, const Verification& with,
                     Findings& findings) {
    const ASN1_OBJECT* name = nullptr;
    X509_ALGOR_get0(&name, nullptr, nullptr, OCSP_resp_get0_tbs_sigalg(basic));
    const auto algorithm = signature_by_oid(dotted(name));
    if (!algorithm) {
        findings.fail(status_signature, "unknown algorithm " + dotted(name));
        return;
    }
    if (const auto allowed = is_legacy_allowed(*algorithm, with.policy))
        findings.add(status_algorithm_legacy, *allowed ? Weight::note : Weight::fails);
    Findings of_responder;
    bool appointed = false, verified = false;
    for (const Certificate& one : responders(basic, issuer)) {
        if (!is_appointed(one, issuer, with, of_responder)) continue;
        appointed = true;
        verified =
            verified || (one.key() && one.key()->verifies(*algorithm, tbs, view(OCSP_resp_get0_signature(basic))));
    }
    if (!appointed) {
        findings.fail(status_responder);
        findings.add(of_responder);
    } else if (!verified) {
        findings.fail(status_signature);
    }
}

Status read_status(OCSP_SINGLERESP* single) {
    int reason = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
    const int standing = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
    Status status{.standing = Standing::unknown,
                  .revoked_at = to_time(revoked),
                  .reason = reason < 0 ? std::string() : OCSP_crl_reason_str(reason),
                  .by = "OCSP",
                  .as_of = to_time(from).value_or(base::Time{}),
                  .until = to_time(until)};
    if (standing == V_OCSP_CERTSTATUS_GOOD) status.standing = Standing::good;
    if (standing == V_OCSP_CERTSTATUS_REVOKED) {
        status.standing = Standing::revoked;
        // RFC 6960 2.2: for a non-issued certificate a responder "MUST specify the revocation reason certificateHold (6)" and
        // "MUST specify the revocationTime January 1, 1970".
        if (reason == OCSP_REVOKED_STATUS_CERTIFICATEHOLD)
            status.standing = status.revoked_at == base::Time{} ? Standing::not_issued : Standing::on_hold;
    }
    return status;
}

}  // namespace

OcspRequest make_ocsp_request(const Certificate& certificate, const Certificate& issuer, base::Entropy& entropy) {
    OcspRequest made{.der = {}, .nonce = base::Bytes(nonce_bytes)};
    entropy.fill(made.nonce);
    const Request request = crypto::required(Request(OCSP_REQUEST_new()), "OCSP_REQUEST_new");
    CertId id = make_id(crypto::sha256_algorithm(), certificate, issuer);
    if (OCSP_request_add0_id(request.get(), id.get()) == nullptr) crypto::fail("OCSP_request_add0_id");
    static_cast<void>(id.release());  // the request's now
    crypto::require(OCSP_request_add1_nonce(request.get(), made.nonce.data(), static_cast<int>(made.nonce.size())),
                    "OCSP_request_add1_nonce");
    made.der = to_der(request.get(), i2d_OCSP_REQUEST);
    return made;
}

StatusReport read_ocsp_response(base::BytesView der, const Certificate& certificate, const Certificate& issuer,
                                base::BytesView nonce, const Verification& with) {
    StatusReport report;
    const std::uint8_t* at = der.data();
    const Response response(der.size() > base::limits::ocsp_response_bytes_max
                                ? nullptr
                                : d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
    const int outcome = response ? OCSP_response_status(response.get()) : -1;
    const Basic basic(outcome == OCSP_RESPONSE_STATUS_SUCCESSFUL ? OCSP_response_get1_basic(response.get()) : nullptr);
    const auto tbs = basic ? signed_bytes(der) : std::nullopt;
    forget_errors();
    if (outcome > 0) {
        report.findings.fail(status_refused, OCSP_response_status_str(outcome));
        return report;
    }
    if (!tbs || at != der.data() + der.size()) {
        report.findings.fail(status_malformed);
        return report;
    }
    OCSP_SINGLERESP* const single = find_single(basic.get(), certificate, issuer);
    forget_errors();
    // A responder has to be appointed when it speaks, which may be years after the instant that is asked about.
    Verification spoken = with;
    if (single != nullptr) {
        report.status = read_status(single);
        spoken.at = std::min(report.status.as_of, with.now);
        check_age(report.status, with, report.findings);
    } else {
        report.findings.fail(status_other_certificate);
    }
    check_signature(basic.get(), *tbs, issuer, spoken, report.findings);
    if (!nonce.empty() && !nonce_is(basic.get(), nonce)) report.findings.fail(status_nonce);
    return report;
}

}  // namespace kelisim::trust
