// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace kelisim::app {

// `kelisim receipt verify`: no data directory, no network.
struct ReceiptQuestion {
    std::filesystem::path file;
    std::filesystem::path keys;          // JWKS of the service that signs receipts: /receipts/jwks
    std::string ledger_key;              // the text of a vkey, or a file that holds it: /ledger/vkey
    std::vector<std::string> witnesses;  // vkeys likewise
    std::optional<std::filesystem::path> checkpoint;
    std::optional<std::string> language;  // "kk", "ru", "en"; without, that of the environment
};

// Exit status, which scripts rely on.
inline constexpr int receipt_proven = 0;
inline constexpr int receipt_wrong = 1;     // not genuine, or damaged
inline constexpr int receipt_untold = 2;    // a file or key that is needed is not there or does not read
inline constexpr int receipt_promised = 3;  // genuine; that the ledger has its entry is not shown

// Says in plain words what the receipt says and what of it holds.
int receipt_verify(const ReceiptQuestion& question, const config::Config& config);

// Receipts are signed with another key from the next start on; the old public key stays published.
int receipt_rotate_key(const std::filesystem::path& data, const config::Config& config);

}  // namespace kelisim::app
