// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace kelisim::app {

// `kelisim ledger verify`: the store against its journal, a copy of the log from outside against its signature, or both
// and against each other.
struct LedgerQuestion {
    std::optional<std::filesystem::path> data;   // of a server that does not run
    std::optional<std::string> against;          // https://host:port/ledger, or a directory laid out like it
    std::optional<std::string> vkey;             // the text, or a file that holds it
    std::optional<std::filesystem::path> since;  // a checkpoint that was kept
};

// 0 only when all holds; what does not goes to standard error. Throws base::Outage when it cannot be found out.
int ledger_verify(const LedgerQuestion& question, const config::Config& config);

// C2SP tlog-tiles: "The origin line SHOULD be the scheme-less URL prefix of the log with no trailing slashes." Throws
// base::Outage when the configured one is no name of a key.
std::string ledger_origin(const config::Config& config, const std::string& issuer);

}  // namespace kelisim::app
