// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data_directory.hpp"
#include "records/records.hpp"
#include "store/database.hpp"
#include "token/keys.hpp"

namespace kelisim::app {

// A receipt is kept for years, a token lives minutes: receipts have a key of their own, and every public key that ever
// signed one stays published. They stand in the database and not beside it, so that a backup of the receipts has them.
//
// All of them, `current` among them: written down before it signs anything. `token_key` signed receipts before they had
// a key of their own. Throws base::Outage over limits::receipt_keys_max.
token::KeySet settle_receipt_keys(store::Database& database, const records::Records& records,
                                  const token::SigningKey& current, const token::SigningKey& token_key);

// Throws base::Outage when receipts have a key already and its file is missing.
token::SigningKey kept_receipt_key(store::Readers& readers, const DataDirectory& directory);
// The key of the places in the map of persons. Throws base::Outage when the map has states and the file is missing, or is not
// the key that they name: the ledger would find that out too, and sign nothing more.
crypto::VrfKey kept_tag_key(store::Readers& readers, const records::Records& records, const DataDirectory& directory);

}  // namespace kelisim::app
