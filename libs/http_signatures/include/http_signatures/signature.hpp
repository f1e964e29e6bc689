// SPDX-License-Identifier: Apache-2.0
// The one signature of an HTTP message (RFC 9421), read from its fields and held against the message.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/signature.hpp"
#include "http/message.hpp"
#include "http_signatures/structured.hpp"

namespace kelisim::http_signatures {

extern const base::Reason http_signature_missing;
extern const base::Reason http_signature_malformed;
extern const base::Reason http_signature_several;
extern const base::Reason http_signature_labels_differ;
extern const base::Reason http_signature_component_unknown;
extern const base::Reason http_signature_component_repeated;
extern const base::Reason http_signature_component_absent;
extern const base::Reason http_signature_component_uncovered;
extern const base::Reason http_signature_undated;
extern const base::Reason http_signature_outdated;
extern const base::Reason http_signature_in_future;
extern const base::Reason http_signature_without_nonce;
extern const base::Reason http_signature_algorithm_differs;
extern const base::Reason http_signature_wrong;

// How old a signature may be, and how far its clock may be ahead of ours.
inline constexpr std::chrono::minutes signature_age_max{5};
inline constexpr std::chrono::minutes clock_skew_max{1};

// A request as its receiver sees it: the authority in lower case and without the scheme's own port (RFC 9421 2.2.3), the
// target in origin form. What it refers to outlives it.
struct RequestView {
    std::string_view method;
    std::string_view scheme;
    std::string_view authority;
    std::string_view target;
    const http::Headers& headers;
};

// An answer, with the request that it answers: components with `req` are those of the request (RFC 9421 2.4).
struct ResponseView {
    int status = 0;
    const http::Headers& headers;
    const RequestView& request;
};
using MessageView = std::variant<RequestView, ResponseView>;

// As the fields name it: what was covered, and under which parameters.
struct Signature {
    InnerList input;
    base::Bytes value;
    std::optional<std::int64_t> created, expires;  // seconds since 1970
    std::string key_id;                            // which key is meant; whose it is says the registry alone
    std::string algorithm;                         // empty: not named
    std::string nonce;
};

// The signature of a message that has exactly one.
base::Result<Signature> read_signature(const http::Headers& headers);

// RFC 9421 2.5. A component that the message does not have, or that we do not know, refuses it.
base::Result<std::string> signature_base(const InnerList& input, const MessageView& message);

// ecdsa-p256-sha256 and rsa-v1_5-sha256 by the kind of the first, ed25519 by the second.
using VerifyingKey = std::variant<crypto::PublicKey, crypto::Ed25519Public>;

// Components as they stand in the field, with their quotes and parameters: "\"@method\";req".
struct Demands {
    std::vector<std::string_view> components;
    base::Time now;
};

// Everything that is wrong with it, at once. That the key is the sender's and that the nonce is new is for the caller to see.
base::Result<void> verify(const Signature& signature, const MessageView& message, const VerifyingKey& key,
                          const Demands& demands);

// What our signature says of itself.
struct Signing {
    const crypto::PrivateKey& key;  // P-256, or RSA
    std::string_view key_id;
    base::Time created;
    std::string_view nonce;
};
struct SignatureFields {
    std::string input, value;  // of the fields Signature-Input and Signature
};
// Over components as they stand in the field, as in Demands. Precondition: the message has them.
SignatureFields sign(const std::vector<std::string_view>& components, const MessageView& message,
                     const Signing& signing);

}  // namespace kelisim::http_signatures
