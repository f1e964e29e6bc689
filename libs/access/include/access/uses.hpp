// SPDX-License-Identifier: Apache-2.0
// The use decision as a unit: decide, count and record before anything is forwarded; book the outcome after.
#pragma once

#include <string>
#include <variant>

#include "access/parts.hpp"
#include "consent/use.hpp"

namespace kelisim::access {

extern const base::Reason use_token_ended;
extern const base::Reason use_key_reused;
extern const base::Reason use_in_progress;
extern const base::Reason use_answered_before;
extern const base::Reason use_outcome_unknown;

// Whether a call may be made, or only be answered again: it is known to have been answered elsewhere.
enum class Takes { first_or_repeat, repeat_alone };

// One call as the gateway read it; owns what it holds, because the unit runs on another thread.
struct UseCommand {
    consent::TokenId token;
    std::string receiver, service, purpose;
    registry::Side side;  // by which it came in
    std::vector<std::string> fields, acts;
    std::vector<base::Iin> persons;
    std::string idempotency_key;  // or the message id; empty when the caller gave none
    crypto::Digest digest{};      // of the whole call
    Takes takes = Takes::first_or_repeat;
};

struct Reserved {
    consent::UseId id;
    base::Iin subject;
    std::vector<std::string> fields;  // to ask of the owner
};
// The same call under the same key, answered before: nothing is counted and nothing is sent.
struct Repeated {
    records::StoredAnswer answer;
};
struct Objected {
    base::Refusal refusal;
};
using UseDecision = std::variant<Reserved, Repeated, Objected>;

// Thread-safe; every function runs inside a unit.
class Uses {
public:
    explicit Uses(const Parts& parts) : parts_(parts) {}

    // An objection under a known consent is recorded like a use: the person sees attempts too.
    UseDecision reserve(store::WriteSession& session, const UseCommand& command, base::Time now) const;

    // `answer`: to be kept for repeats, where the call had a key. Nothing happens when the outcome is booked already.
    void conclude(store::WriteSession& session, consent::UseId id, consent::UseState outcome,
                  const std::optional<records::StoredAnswer>& answer, base::Time now) const;
    void forget_answer(store::WriteSession& session, consent::UseId id) const;
    // Whether the token of a use was not taken back since; that it is over, or used up, is no matter.
    bool stands(store::ReadSession& session, consent::UseId id) const;

private:
    void record_refusal(store::WriteSession& session, const records::Consents::Found& found, const UseCommand& command,
                        consent::UseId id, const std::vector<const base::Reason*>& reasons, base::Time now) const;
    UseDecision repeat(store::WriteSession& session, const records::StoredUse& earlier, const UseCommand& command,
                       const crypto::SealKey& data_key) const;
    std::vector<const base::Reason*> objections(const records::Consents::Found& found, const UseCommand& command,
                                                base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
