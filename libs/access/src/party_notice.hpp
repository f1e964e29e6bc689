// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/parts.hpp"

namespace kelisim::access {

// Puts a notice for an initiator into the outbox.
void notify_party(const Parts& parts, store::WriteSession& session, const records::PartyNotice& notice);
records::PartyNotice read_party_notice(const Parts& parts, const store::OutboxRow& row);  // throws Damaged

}  // namespace kelisim::access
