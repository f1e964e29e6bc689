// SPDX-License-Identifier: Apache-2.0
// "Was this allowed?": a person asks the one who used their data, who answers within limits::use_question_working_days.
#pragma once

#include "access/acting.hpp"

namespace kelisim::access {

extern const base::Reason question_empty;
extern const base::Reason question_asked_before;
extern const base::Reason question_answered_before;

// Thread-safe; functions that take a write session run inside a unit.
class Inquiries {
public:
    explicit Inquiries(const Parts& parts) : parts_(parts) {}

    base::Result<records::UseQuestion> ask(store::WriteSession& session, const Acting& acting, consent::UseId use,
                                           std::string_view text, base::Time now) const;
    // A late answer counts as one; that it came late stays visible.
    base::Result<void> answer(store::WriteSession& session, std::string_view initiator, records::QuestionId id,
                              std::string_view text, base::Time now) const;

    // The term is over: unanswered, its initiator is reminded, the person told whom to complain to, and it stands on the
    // list of the authorized body.
    void fall_due(store::WriteSession& session, records::QuestionId id, base::Time now) const;

    // For its initiator; nothing when it is another's, or the person's data were erased.
    struct Asked {
        records::UseQuestion question;
        consent::ConsentId consent;
    };
    std::optional<Asked> find(store::ReadSession& session, std::string_view initiator, records::QuestionId id) const;

private:
    void schedule(store::WriteSession& session, const records::UseQuestion& question) const;

    Parts parts_;
};

}  // namespace kelisim::access
