// SPDX-License-Identifier: Apache-2.0
// The one table from reasons to OAuth errors (RFC 6749 5.2, CIBA Core 1.0 sections 11 and 13, RFC 9396 section 5).
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace kelisim::api {

struct OAuthError {
    std::string_view error;
    int status = 400;
};

// Where no row of the table speaks, the kind of the reason decides.
OAuthError oauth_error_of(const base::Reason& reason);

// {"error", "error_description", "code", "reasons"}; with WWW-Authenticate only where a client used that header.
http::Response oauth_error(const base::Refusal& refusal, const http::Request& request);
http::Response oauth_error(OAuthError error, const base::Refusal& refusal, const http::Request& request);

// Errors that have no reason of their own elsewhere.
extern const base::Reason oauth_not_a_form;
extern const base::Reason oauth_parameter_repeated;
extern const base::Reason oauth_parameter_missing;
extern const base::Reason oauth_scope;
extern const base::Reason oauth_hint;
extern const base::Reason oauth_deferral;
extern const base::Reason oauth_binding_message;
extern const base::Reason oauth_signed_request;
extern const base::Reason oauth_details;
extern const base::Reason oauth_expiry;
extern const base::Reason oauth_grant_type;
extern const base::Reason oauth_auth_req_id;
extern const base::Reason oauth_pending;
extern const base::Reason oauth_slow_down;
extern const base::Reason oauth_refused;
extern const base::Reason oauth_undeliverable;
extern const base::Reason oauth_expired;
extern const base::Reason oauth_consent_ended;
extern const base::Reason oauth_assertion_replayed;

}  // namespace kelisim::api
