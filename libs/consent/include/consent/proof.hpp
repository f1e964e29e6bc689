// SPDX-License-Identifier: Apache-2.0
// What an organisation signs when it asked the person by means of its own (236/НК п.7(2), п.7(3)), after its signature
// was verified. On the SOAP wire it is called `ovt`; here it also binds the person, the request and itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"
#include "consent/access_request.hpp"
#include "registry/registry.hpp"

namespace kelisim::consent {

extern const base::Reason proof_missing;
extern const base::Reason proof_unexpected;
extern const base::Reason proof_invalid;
extern const base::Reason proof_other_organisation;
extern const base::Reason proof_other_person;
extern const base::Reason proof_other_request;
extern const base::Reason proof_not_timely;
extern const base::Reason proof_method_unknown;
extern const base::Reason proof_not_bound;
extern const base::Reason proof_reused;
extern const base::Reason proof_campaign_unknown;
extern const base::Reason proof_text_missing;
extern const base::Reason proof_text_unknown;

struct Proof {
    std::string organisation;  // BIN, `cbin`
    std::string method;        // how the person was recognised, `mcheck`
    std::string id;            // `jti`, once; of a bare one a digest of itself, which may come again
    base::Iin subject;         // whose data
    base::Iin confirmed_by;    // who answered: the subject, or the legal representative
    std::string details;       // base64url of the SHA-256 of the authorization_details as sent; on the SOAP wire empty
    base::Time issued, expires;
    Answer answer{};
    // Of a proactive service: what was offered, when, and when the answer came (418-V ст.19(2)).
    struct Offer {
        std::string campaign;
        std::string text_sha256;  // of the text that the person read, base64url
        base::Time asked, answered;
    };
    std::optional<Offer> offer;
    std::string signed_text = {};  // the JWS as it came: evidence, kept with the request
    // Whether it names the person and counts once. A bare `ovt` (wire.md B4) says only that somebody was recognised, so it
    // passes where the connection allows it, and what it brings is recorded as not bound to the person.
    bool bound = true;
};

// How a person may have been recognised by the subscriber's device in a proactive service; else as configured.
inline constexpr std::string_view proactive_method = "Mobile";

// What the proof is held against.
struct ProofContext {
    const registry::Connection& connection;
    const registry::Organisation& organisation;    // owner of the initiator
    const registry::Campaign* campaign = nullptr;  // that the proof names; null when none is registered
    std::span<const std::string> methods;          // by which a person may have been recognised (wire.md B4, E6)
    std::string_view details;                      // as in Proof, of this request
    std::string_view local_day;
    base::Time now;
};

// Every reason against the proof; none when it stands.
std::vector<const base::Reason*> proof_objections(const Proof& proof, const ProofContext& context);

}  // namespace kelisim::consent
