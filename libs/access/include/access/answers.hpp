// SPDX-License-Identifier: Apache-2.0
// What the word of the one who decides, or the lack of it, does to a request and its consent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/parts.hpp"
#include "consent/use.hpp"

namespace kelisim::access {

extern const base::Reason answer_request_unknown;
extern const base::Reason answer_not_in_cabinet;

struct AnswerCommand {
    consent::RequestId request;
    consent::SubjectId by;  // who answers
    consent::Answer answer{};
    std::vector<std::string> services = {}, fields = {};  // agreed to; empty: all that was asked for
    consent::Means means{};
    base::Time heard;                      // when the answer reached us
    std::optional<base::Time> until = {};  // agreed to no longer than this
};

// Thread-safe; every function runs inside a unit.
class Answers {
public:
    explicit Answers(const Parts& parts) : parts_(parts) {}

    // The carrier took the question. When the request has ended meanwhile, nothing changes.
    void mark_asked(store::WriteSession& session, consent::RequestId id, base::Time now) const;
    // The carrier refused the question for good.
    void mark_undeliverable(store::WriteSession& session, consent::RequestId id, base::Time now) const;

    // The first answer wins, whichever way it came; the other ways are closed. Gives the consent that a yes brings.
    // Refused with answer_request_unknown when nobody asked `by`, or when the right to decide has ended since.
    base::Result<std::optional<consent::ConsentId>> answer(store::WriteSession& session, const AnswerCommand& command,
                                                           base::Time now) const;
    struct Loaded {
        consent::AccessRequest request;
        records::Subject person;
    };
    struct Prepared {
        Loaded loaded;  // its request answered, not yet stored
        records::Subject decider;
        consent::AccessRequest agreed;  // with the terms that were agreed to, and the consent that a yes brings
    };
    // What answer() would bring now, or why it would refuse. Changes nothing.
    base::Result<Prepared> prepare(store::WriteSession& session, const AnswerCommand& command, base::Time now) const;
    // The answer that a phone gave, taken from the outbox. A second or a late one changes nothing, and the person is
    // told when another way was first.
    void answer_from_phone(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const;

    // The timer of a consent's term; one that comes too early is set again.
    void expire_consent(store::WriteSession& session, consent::ConsentId id, base::Time now) const;

private:
    base::Result<Prepared> prepare(store::WriteSession& session, const AnswerCommand& command,
                                   std::optional<Loaded> loaded, base::Time now) const;
    std::optional<consent::ConsentId> settle(store::WriteSession& session, const AnswerCommand& command,
                                             Prepared& prepared, base::Time now) const;
    // Nothing when the person's data were erased: then nothing is left to decide.
    std::optional<Loaded> load(store::WriteSession& session, consent::RequestId id) const;
    void end_unanswered(store::WriteSession& session, Loaded loaded, const boost::json::object& payload,
                        base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
