// SPDX-License-Identifier: Apache-2.0
// How parts of the ledger look in JSON: hashes in Base64, as in notes.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>

#include "ledger/proof.hpp"
#include "records/records.hpp"

namespace kelisim::api {

boost::json::array hashes_json(const ledger::Hashes& hashes);
// {"epoch", "fact", "salt", "leaf"}; nothing when its fact is not among the first `size` leaves.
std::optional<boost::json::object> epoch_json(store::ReadSession& session, const records::Records& records,
                                              const records::Epoch& epoch, base::BytesView tag_key, std::uint64_t size);

}  // namespace kelisim::api
