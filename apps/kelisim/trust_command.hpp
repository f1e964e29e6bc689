// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace kelisim::app {

// `kelisim trust verify`: a certificate, or a document signed as CMS, XML or SOAP. No data directory.
struct TrustQuestion {
    std::filesystem::path file;
    std::optional<std::filesystem::path> detached;  // what a CMS without content was signed over
    std::optional<std::filesystem::path>
        anchors;                      // directory with authorities.toml; without, that of the configuration
    std::optional<std::string> at;    // RFC 3339; without, now
    bool without_revocation = false;  // nobody is asked, and the report notes it
    bool allow_legacy = false;        // SHA-1 and ГОСТ 34.310-2004 are noted instead of refused
    bool json = false;
    std::optional<std::string> language;
};

// Exit status, which scripts rely on.
inline constexpr int trust_valid = 0;
inline constexpr int trust_invalid = 1;
inline constexpr int trust_untold = 2;         // a file that is needed is not there or does not read
inline constexpr int trust_indeterminate = 3;  // nothing is against it, but not everything could be learned

int trust_verify(const TrustQuestion& question, const config::Config& config);

// Says what stands in a certificate; nothing of it is verified.
int trust_show(const std::filesystem::path& file, const std::optional<std::string>& language);

}  // namespace kelisim::app
