// SPDX-License-Identifier: Apache-2.0
// An initiator asks for access to a person's data (236/НК п.2(3), п.5), through one of the channels of п.7: the person is
// asked (contact centre, SMS code), was asked by the initiator itself (own means, proactive), or is not asked because a
// ground of art. 9 of Law 94-V stands in for the answer (logging).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "access/deferring.hpp"
#include "consent/deferral.hpp"
#include "consent/proof.hpp"
#include "consent/terms.hpp"

namespace kelisim::access {

extern const base::Reason client_request_reused;

struct AskCommand {
    std::string initiator;  // system key
    base::Iin subject;
    consent::Ask ask;
    std::optional<std::int64_t> life_seconds;
    std::optional<consent::Proof> proof = {};           // its signature was verified
    std::optional<consent::DeferralAsk> deferral = {};  // of the notice to the person
    std::string details = {};  // what a proof binds: base64url of the SHA-256 of the request as sent
};

struct RecordedRequest {
    consent::RequestId id;
    base::Time expires;
};
// A limit protects the person from this question. It is on record and shown to the person.
struct Stopped {
    base::Refusal refusal;
};
using AskDecision = std::variant<RecordedRequest, Stopped>;

// Thread-safe; functions that take a session run inside a unit.
class Asking {
public:
    explicit Asking(const Parts& parts) : parts_(parts) {}

    consent::RequestId new_id(const base::Iin& subject, base::Time now) const;

    // By party, a unit of its own: the id of the request under this client-chosen id, the fresh one when it is new.
    // Refused when the same id came with other bytes within the window.
    base::Result<consent::RequestId> claim(store::WriteSession& session, const AskCommand& command,
                                           std::string_view client_request_id, const crypto::Digest& digest,
                                           consent::RequestId fresh, base::Time now) const;

    // Records the request and everything that follows from it: question and expiry, or at once the answer. Once per id:
    // a repeat gets what is stored.
    base::Result<AskDecision> record(store::WriteSession& session, const AskCommand& command, consent::RequestId id,
                                     base::Time now) const;

    // The timer of its expiry. Tells the person that silence gave nobody access. One that comes too
    // early is set again.
    void expire(store::WriteSession& session, consent::RequestId id, base::Time now) const;

private:
    Parts parts_;
};

}  // namespace kelisim::access
