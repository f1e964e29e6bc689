// SPDX-License-Identifier: Apache-2.0
// Time stamps of RFC 3161 as the national authority gives them (pki.md 3.3, 4). Bytes in, bytes and findings out; who carries
// them is elsewhere.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/entropy.hpp"
#include "trust/report.hpp"

namespace kelisim::trust {

// Of НУЦ РК (pki.md 3.3): what its authority stamps under.
inline constexpr std::string_view time_stamp_policy_gost2015 = "1.2.398.3.3.2.6.4",
                                  time_stamp_policy_rsa = "1.2.398.3.3.2.6.2";

struct TimeStampRequest {
    base::Bytes der;  // to be sent as application/timestamp-query
    base::Bytes nonce;
    DigestAlgorithm algorithm = DigestAlgorithm::sha256;
    base::Bytes imprint;
    std::string policy;  // dotted; empty: whichever the authority takes
};
// With a nonce of 16 bytes, and asking for the certificate.
TimeStampRequest make_time_stamp_request(DigestAlgorithm algorithm, std::initializer_list<base::BytesView> data,
                                         std::string_view policy, base::Entropy& entropy);

// What is known of one time stamp. It proves `at` only when verdict() is valid.
struct TimeStampReport {
    std::optional<base::Time> at;  // genTime
    std::string policy;            // dotted
    std::optional<DigestAlgorithm> algorithm;
    base::Bytes nonce;                      // empty: none
    std::optional<SignerReport> authority;  // its signature and its certificate
    Findings findings;                      // of the stamp itself

    Verdict verdict() const;
    Findings all() const;  // the stamp's, its signature's and its certificate's
};

// Checks a token against what it should be over. The authority's certificate is checked for `with.at`: a stamp whose
// authority's certificate has run out by then proves nothing, as long as nothing newer protects it.
TimeStampReport verify_time_stamp(base::BytesView token, std::initializer_list<base::BytesView> data,
                                  const Verification& with);
TimeStampReport verify_time_stamp_of_imprint(base::BytesView token, DigestAlgorithm algorithm, base::BytesView imprint,
                                             const Verification& with);

struct TimeStampResponse {
    base::Bytes token;  // empty unless it verifies and answers the request
    TimeStampReport report;
};
TimeStampResponse read_time_stamp_response(base::BytesView der, const TimeStampRequest& request,
                                           const Verification& with);

}  // namespace kelisim::trust
