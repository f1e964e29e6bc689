// SPDX-License-Identifier: Apache-2.0
// Whether a certificate was taken back: OCSP (RFC 6960) and CRLs with deltas (RFC 5280 section 5), with the habits of the
// national responder (pki.md 4). Bytes in, a standing out; who fetches them is behind StatusSource.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/limits.hpp"
#include "trust/certificate.hpp"
#include "trust/finding.hpp"
#include "trust/policy.hpp"

namespace kelisim::trust {

enum class Standing {
    good,
    revoked,
    on_hold,     // certificateHold: it may come back
    not_issued,  // RFC 6960 2.2: revoked, certificateHold, 1970: the responder has never heard of it
    unknown,     // the responder cannot say
};

struct Status {
    Standing standing = Standing::unknown;
    std::optional<base::Time> revoked_at;
    std::string reason;               // RFC 5280 5.3.1, "keyCompromise"; empty: none given
    std::string_view by;              // "OCSP" or "CRL"
    base::Time as_of;                 // thisUpdate
    std::optional<base::Time> until;  // nextUpdate; the national responder names none (pki.md 4)
};

// Fetches bytes from an address that a certificate or the configuration names. Implementations bound time and size; they are
// called by several threads at once.
class StatusSource {
public:
    virtual ~StatusSource() = default;
    // Nothing when there was no answer.
    virtual std::optional<base::Bytes> ask_ocsp(const std::string& url, base::BytesView request) = 0;
    virtual std::optional<base::Bytes> fetch_crl(const std::string& url) = 0;
};

struct OcspRequest {
    base::Bytes der;
    base::Bytes nonce;
};
// One certificate, CertID with SHA-256, a nonce of 32 bytes (RFC 8954 2.1: "at least 1 octet and can be at most 32").
OcspRequest make_ocsp_request(const Certificate& certificate, const Certificate& issuer, base::Entropy& entropy);

// What an answer says, and everything that is wrong with it: of another certificate, no or another nonce where one was sent, a
// responder that the issuer did not appoint, a bad signature, too old, from the future. `status` counts only when nothing is.
struct StatusReport {
    Status status;
    Findings findings;
};
// `nonce` empty: none was sent (an answer that was kept).
StatusReport read_ocsp_response(base::BytesView der, const Certificate& certificate, const Certificate& issuer,
                                base::BytesView nonce, const Verification& with);
// `delta` empty: none.
StatusReport read_crls(base::BytesView crl, base::BytesView delta, const Certificate& certificate,
                       const Certificate& issuer, const Verification& with);

// Adds what a standing that counts means for `with.at`: taken back before it is against the certificate, later is noted.
void judge(const Status& status, const Certificate& certificate, const Verification& with, Findings& findings);

// Asks OCSP first, then the lists (either will do: pki.md 4), and keeps what it learned for as long as it counts. Thread-safe;
// may wait for the source.
class Revocation {
public:
    struct Bounds {
        std::size_t statuses_max = base::limits::revocation_statuses_max;  // over it, nothing more is kept
        std::size_t lists_max = base::limits::revocation_lists_max;        // over it, the oldest goes
    };
    Revocation(StatusSource& source, base::Entropy& entropy) : Revocation(source, entropy, Bounds()) {}
    Revocation(StatusSource& source, base::Entropy& entropy, const Bounds& bounds);
    ~Revocation();
    // Adds to `findings` what is against the certificate. A standing that nobody could tell leaves it open, or is noted where
    // the policy does not require one.
    void check(const Certificate& certificate, const Certificate& issuer, const Verification& with, Findings& findings);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kelisim::trust
