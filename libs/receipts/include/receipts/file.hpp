// SPDX-License-Identifier: Apache-2.0
// The file that a person keeps: the signed receipt as flattened JWS JSON serialization (RFC 7515 section 7.2.2), with the
// proof that its entry is in the ledger in the unprotected header. The signature does not cover the proof: that is made
// anew whenever the receipt is read, and carries its own.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ledger/proof.hpp"

namespace kelisim::receipts {

extern const base::Reason receipt_malformed;
extern const base::Reason receipt_proof_malformed;

inline constexpr std::string_view proof_header = "kelisim_ledger";

// RFC 9162 2.1.3: that a leaf is in a tree.
struct Proof {
    std::uint64_t index = 0;
    std::uint64_t size = 0;
    ledger::Hashes path;
    std::string checkpoint;  // signed note of the tree of that size; empty when the reader brings one
    bool operator==(const Proof&) const = default;
};

struct File {
    std::string jws;  // compact, as it was signed (RFC 7515 section 7.1)
    std::optional<Proof> proof;
};

// Precondition: `jws` is a compact serialization.
std::string to_text(const File& file);

// A flattened JWS or a compact one, within limits::receipt_file_bytes_max. Nothing of it is verified. A file whose proof
// alone does not read is refused with receipt_proof_malformed.
base::Result<File> read_file(std::string_view bytes);

}  // namespace kelisim::receipts
