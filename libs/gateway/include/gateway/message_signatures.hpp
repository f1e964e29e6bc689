// SPDX-License-Identifier: Apache-2.0
// Who sent a message, by its transport signature (307/НК п.2(15), INT-2.6), and who stands for the business data in it, by theirs
// (wire.md A7): under certificates of an organisation, whose chain, validity, usage and revocation are checked (307/НК п.60).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "soap/business_data.hpp"
#include "soap/envelope.hpp"
#include "trust/verifier.hpp"

namespace kelisim::gateway {

extern const base::Reason signer_is_no_organisation;
extern const base::Reason data_signer_of_another_organisation;

struct SignedBody {
    std::string organisation;  // BIN in the signer's certificate
    // Of a system, a head, or who may sign for the organisation. Any other certificate of it says who sits at a desk there.
    bool speaks_for_it = false;
    xml::Document body;  // soap:Body as it was signed: what is to be processed, and nothing else
};

// With the code that ШЭП has for it (wire.md A5): not signed, wrong, or the certificate does not count.
struct BadSignature {
    std::string_view code;
    base::Refusal why;
};

// Waits for responders: never on an io thread. Throws base::Outage when nobody could tell whether a certificate is revoked.
// Thread-safe. What it was made from outlives it.
class MessageSignatures {
public:
    // `known`: certificates that may be named by issuer and serial number alone, as ШЭП itself signs (wire.md A6).
    MessageSignatures(const trust::Verifier& verifier, std::vector<trust::Certificate> known)
        : verifier_(verifier), known_(std::move(known)) {}

    std::variant<SignedBody, BadSignature> check(const soap::Envelope& envelope) const;

    // Nothing when the whole business document is signed by that organisation, once.
    std::optional<BadSignature> check_data(const soap::BusinessData& data, std::string_view organisation) const;

private:
    const trust::Verifier& verifier_;
    const std::vector<trust::Certificate> known_;
};

}  // namespace kelisim::gateway
