// SPDX-License-Identifier: Apache-2.0
// What can be found about a CMS signature and its time stamps, beside what findings.hpp has on certificates.
#pragma once

#include "base/result.hpp"

namespace kelisim::trust {

// The document
extern const base::Reason cms_malformed;
extern const base::Reason cms_too_large;
extern const base::Reason cms_not_signed;
extern const base::Reason cms_no_signer;
extern const base::Reason cms_no_such_signer;  // whom a time stamp is to be added for
extern const base::Reason cms_content_missing;
extern const base::Reason cms_content_differs;  // from what the caller has
// One signer
extern const base::Reason cms_signer_certificate_missing;
extern const base::Reason cms_algorithm_unknown;  // or its names contradict each other
extern const base::Reason cms_algorithm_legacy;
extern const base::Reason cms_signed_attributes_absent;
extern const base::Reason cms_attribute_repeated;  // RFC 5652 11: at most one instance
extern const base::Reason cms_attribute_malformed;
extern const base::Reason cms_attribute_missing;
extern const base::Reason cms_content_type_differs;
extern const base::Reason cms_digest_differs;
extern const base::Reason cms_signing_certificate_differs;
extern const base::Reason cms_signing_certificate_absent;
extern const base::Reason cms_signature_wrong;
extern const base::Reason cms_time_stamp_absent;
// A time stamp
extern const base::Reason time_stamp_malformed;
extern const base::Reason time_stamp_refused;
extern const base::Reason time_stamp_nonce;
extern const base::Reason time_stamp_policy;
extern const base::Reason time_stamp_imprint_differs;
extern const base::Reason time_stamp_imprint_weak;
extern const base::Reason time_stamp_not_one_signer;
extern const base::Reason time_stamp_from_future;
extern const base::Reason time_stamp_outside_validity;

}  // namespace kelisim::trust
