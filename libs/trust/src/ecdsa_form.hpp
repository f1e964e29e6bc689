// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "trust/public_key.hpp"

namespace kelisim::trust {

// XMLDSig 1.1 section 6.4.3: an ECDSA signature "consists of the base64 encoding of the concatenation of two octet-streams"
// r and s, each as long as the order of the group. Certificates and CMS have the DER of both.
base::Bytes ecdsa_concatenated(base::BytesView der, const PublicKey& key);  // precondition: der is one
// Nothing for another length.
std::optional<base::Bytes> ecdsa_der(base::BytesView concatenated, const PublicKey& key);

// As XML has the signature.
bool xml_signature_verifies(const PublicKey& key, SignatureAlgorithm algorithm, base::BytesView message,
                            base::BytesView signature);

}  // namespace kelisim::trust
