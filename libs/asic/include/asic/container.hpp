// SPDX-License-Identifier: Apache-2.0
// One file that holds others and a signature over all of them: ASiC-E with CAdES (ETSI EN 319 162-1 section 4.4).
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::asic {

inline constexpr std::string_view media_type = "application/vnd.etsi.asic-e+zip";

// Name and media type are ours: ASCII, without a character that XML or a path would take for its own.
struct File {
    std::string name;
    std::string media_type;
    std::string content;
};

// The files in their order, META-INF/ASiCManifest.xml with the SHA-256 of each, and META-INF/signature.p7s, a CAdES-BES
// signature over the manifest. Throws std::logic_error for a name as above that is none, or stands twice; base::Outage when
// there is no memory for it.
std::string container(const std::vector<File>& files, const trust::SigningKey& key, base::Time at);

}  // namespace kelisim::asic
