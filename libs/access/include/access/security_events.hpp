// SPDX-License-Identifier: Apache-2.0
// Changes of a consent as Security Event Tokens (RFC 8417), for its initiator and for each data owner that saw a token of
// it. contracts/events.md is what receivers read.
#pragma once

#include <string>
#include <string_view>

#include "access/parts.hpp"
#include "token/keys.hpp"

namespace kelisim::access {

// RFC 8417 section 2.3: explicit typing, so that a SET passes for no other token.
inline constexpr std::string_view security_event_type = "secevent+jwt";

// Of a change as the journal names it: "consent.withdrawn".
std::string event_uri(std::string_view change);

// The SET that this receiver gets, signed anew at each delivery from the same content.
std::string sign_event(const records::SecurityEvent& event, std::string_view issuer, const token::SigningKey& key);

// Whether a receiver's error is what codes are made of (RFC 8935 2.4): what else it writes is nobody's to keep.
bool is_event_error(std::string_view code);

// Carries what a change left in the outbox over to the keyspace of parties.
void take_in_event(const Parts& parts, store::WriteSession& session, const store::OutboxRow& row, base::Time now);

}  // namespace kelisim::access
