// SPDX-License-Identifier: Apache-2.0
// What can be found about certificates, their chains and their revocation. Each is against a document or certificate by the
// weight with which it was added.
#pragma once

#include "base/result.hpp"

namespace kelisim::trust {

// The certificate itself
extern const base::Reason certificate_malformed;
extern const base::Reason certificate_algorithm_unknown;
extern const base::Reason certificate_algorithm_legacy;
extern const base::Reason certificate_key_weak;
extern const base::Reason certificate_not_yet_valid;
extern const base::Reason certificate_expired;
extern const base::Reason certificate_critical_unknown;
extern const base::Reason certificate_wrong_key_usage;
extern const base::Reason certificate_wrong_purpose;
extern const base::Reason certificate_role_foreign;
// Its chain
extern const base::Reason chain_no_anchor;
extern const base::Reason chain_signature_wrong;
extern const base::Reason chain_not_authority;
extern const base::Reason chain_path_too_long;
extern const base::Reason chain_refused_by_library;
// Whether it was taken back
extern const base::Reason revocation_not_asked;
extern const base::Reason revocation_unknown;
extern const base::Reason certificate_revoked;
extern const base::Reason certificate_on_hold;
extern const base::Reason certificate_not_issued;
extern const base::Reason status_malformed;
extern const base::Reason status_refused;
extern const base::Reason status_other_certificate;
extern const base::Reason status_nonce;
extern const base::Reason status_responder;
extern const base::Reason status_signature;
extern const base::Reason status_stale;
extern const base::Reason status_from_future;
extern const base::Reason status_algorithm_legacy;
extern const base::Reason status_scope;

}  // namespace kelisim::trust
