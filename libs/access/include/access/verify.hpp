// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "records/records.hpp"

namespace kelisim::access {

struct LedgerReport {
    std::uint64_t entries = 0;          // of the journal
    std::uint64_t leaves = 0;           // of them in the tree
    std::string root;                   // hex
    std::uint64_t rows = 0;             // requests, consents, tokens and uses that were held against the journal
    std::vector<std::string> findings;  // what does not agree; empty when all does. No personal data
    std::uint64_t findings_total = 0;   // also those beyond the first hundred
};

// Holds the whole store against the ledger: every journal entry opens and has its commitment, every leaf its entry, the
// tree its root; and every row of a request, consent, token or use is in the state that its last entry says. Throws
// store::Unavailable when the store fails. Reads in one snapshot.
LedgerReport verify_ledger(store::ReadSession& session, const records::Records& records);

}  // namespace kelisim::access
