// SPDX-License-Identifier: Apache-2.0
#include "oauth_error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "consent/access_request.hpp"
#include "consent/proof.hpp"
#include "consent/question_limits.hpp"
#include "identity/clients.hpp"
#include "people/person.hpp"
#include "registry/channel_rules.hpp"
#include "registry/contours.hpp"
#include "registry/registry.hpp"

namespace kelisim::api {
namespace {

struct Case {
    const base::Reason& reason;
    std::string_view error;
    int status;
};
class OAuthErrorOf : public testing::TestWithParam<Case> {};
TEST_P(OAuthErrorOf, IsTheDocumentedOne) {
    const OAuthError error = oauth_error_of(GetParam().reason);
    EXPECT_EQ(error.error, GetParam().error);
    EXPECT_EQ(error.status, GetParam().status);
}
INSTANTIATE_TEST_SUITE_P(
    Table, OAuthErrorOf,
    testing::Values(
        Case{oauth_pending, "authorization_pending", 400}, Case{oauth_slow_down, "slow_down", 400},
        Case{oauth_refused, "access_denied", 400}, Case{oauth_expired, "expired_token", 400},
        Case{oauth_auth_req_id, "invalid_grant", 400}, Case{oauth_grant_type, "unsupported_grant_type", 400},
        Case{oauth_scope, "invalid_scope", 400}, Case{oauth_parameter_repeated, "invalid_request", 400},
        Case{oauth_details, "invalid_authorization_details", 400},
        Case{oauth_assertion_replayed, "invalid_client", 401},
        Case{identity::client_not_authenticated, "invalid_client", 401},
        Case{people::not_askable, "unknown_user_id", 400}, Case{consent::question_too_soon, "access_denied", 403},
        Case{consent::question_asker_blocked, "access_denied", 403}, Case{consent::proof_invalid, "access_denied", 403},
        Case{consent::proof_missing, "invalid_request", 400},
        Case{registry::channel_needs_security_centre, "unauthorized_client", 400},
        Case{registry::contour_agreement_missing, "unauthorized_client", 400},
        Case{registry::unknown_service, "invalid_authorization_details", 400},
        Case{registry::no_connection, "unauthorized_client", 400}, Case{base::iin_malformed, "invalid_request", 400},
        Case{consent::request_life_out_of_bounds, "invalid_request", 400}),
    [](const auto& c) { return std::string(c.param.reason.code); });

// RFC 6749 5.2: "Values for the "error_description" parameter MUST NOT include characters outside the set
// %x20-21 / %x23-5B / %x5D-7E."
TEST_P(OAuthErrorOf, IsDescribedInTheCharactersOfTheStandard) {
    const std::string_view text = GetParam().reason.text.en;
    EXPECT_TRUE(
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'; }));
}

TEST(OAuthErrorResponse, AsksForCredentialsOnlyWhereTheHeaderWasUsed) {
    const auto has_challenge = [](const http::Response& response) {
        return std::any_of(response.headers.begin(), response.headers.end(),
                           [](const http::Header& header) { return header.name == "WWW-Authenticate"; });
    };
    http::Request plain;
    EXPECT_FALSE(has_challenge(oauth_error(identity::client_not_authenticated, plain)));
    http::Request with_header;
    with_header.headers.add("Authorization", "Basic x");
    EXPECT_TRUE(has_challenge(oauth_error(identity::client_not_authenticated, with_header)));
    EXPECT_FALSE(has_challenge(oauth_error(oauth_pending, with_header))) << "openid-client ends its poll on it";
}

}  // namespace
}  // namespace kelisim::api
