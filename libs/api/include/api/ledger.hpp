// SPDX-License-Identifier: Apache-2.0
// The ledger as everybody can read and check it: C2SP tlog-tiles under /ledger/, and proofs of single entries.
#pragma once

#include <string>
#include <vector>

#include "crypto/vrf.hpp"
#include "http/elsewhere.hpp"
#include "http/route.hpp"
#include "notary/board.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

extern const base::Reason ledger_not_found;

// What the parts refer to outlives the routes.
struct LedgerParts {
    const notary::Board& board;
    store::Readers& readers;
    http::Elsewhere& elsewhere;  // for reads that need an archive
    const records::Records& records;
    std::string vkey;             // C2SP signed-note: of the key that signs
    crypto::VrfPublic tag_key{};  // of the map of persons
};

std::vector<http::Route> ledger_routes(const LedgerParts& parts);

}  // namespace kelisim::api
