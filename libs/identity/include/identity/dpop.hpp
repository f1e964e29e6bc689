// SPDX-License-Identifier: Apache-2.0
// Proofs that the sender of one request holds a key (RFC 9449).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/hash.hpp"

namespace kelisim::identity {

extern const base::Reason dpop_proof_invalid;
extern const base::Reason dpop_proof_replayed;

// RFC 9449 5.1 and 7.1: algorithms of proofs.
std::vector<std::string_view> dpop_algorithms();

// The request that a proof has to be made for.
struct DpopRequest {
    std::string_view method;
    std::string_view path;                              // as it came, without the query
    std::optional<std::string_view> access_token = {};  // that it is sent with
};

struct DpopProof {
    std::string thumbprint;  // of the key (RFC 7638)
    crypto::Digest id{};     // of its jti: to be used once, before the proof counts
    base::Time expires;      // after which it would be too old anyway
};

// Immutable; thread-safe.
class Dpop {
public:
    // `addresses`: those under which others know this server, before the path.
    explicit Dpop(std::vector<std::string> addresses) : addresses_(std::move(addresses)) {}

    // The proof, or dpop_proof_invalid. It counts only once its id is durably used up.
    base::Result<DpopProof> read(std::string_view jwt, const DpopRequest& request, base::Time now) const;

private:
    bool is_ours(std::string_view uri, std::string_view path) const;

    std::vector<std::string> addresses_;
};

}  // namespace kelisim::identity
