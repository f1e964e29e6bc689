// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

namespace kelisim::owner {

extern const base::Reason token_missing;
extern const base::Reason token_inactive;
extern const base::Reason token_suspended;
extern const base::Reason token_without_status;
extern const base::Reason public_key_foreign;
extern const base::Reason person_differs;
extern const base::Reason service_not_granted;
extern const base::Reason field_not_granted;
extern const base::Reason field_unknown;
extern const base::Reason person_unknown;
extern const base::Reason media_type_wrong;
extern const base::Reason soap_media_type_wrong;

// RFC 9457, with every reason in the three languages.
http::Response problem(int status, const base::Refusal& refusal);
http::Response problem_page(int status, const base::Reason& reason, const http::Request& request);

}  // namespace kelisim::owner
