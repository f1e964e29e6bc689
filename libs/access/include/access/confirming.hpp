// SPDX-License-Identifier: Apache-2.0
// One-time codes (418-V ст.1(39)): sent to the registered number, valid once, for one thing, for a short time, and few
// guesses. A bare click is no consent (418-V ст.36(3)).
#pragma once

#include <string_view>

#include "access/acting.hpp"

namespace kelisim::access {

extern const base::Reason code_wrong;
extern const base::Reason code_too_soon;
extern const base::Reason code_no_number;

// Thread-safe; functions that take a write session run inside a unit.
class Confirming {
public:
    explicit Confirming(const Parts& parts) : parts_(parts) {}

    // Whether another code may go out for this person now; when it may, it is counted. The pause grows with each code of
    // a day. `next`: when the one after may go. Kept alike for persons who are not there.
    struct Turn {
        bool granted = false;
        base::Time next;
    };
    Turn take_turn(store::WriteSession& session, const base::Iin& iin, records::CodeAsker asker, base::Time now) const;

    // Makes a code for this one thing, in place of any before it, and keeps its hash.
    std::string make(store::WriteSession& session, const base::RawId& about, records::CodeKind kind,
                     consent::SubjectId subject, base::Time now) const;

    // A code for an answer to a request or for the extension of a consent, to the number of the one who acts. Returns when
    // the next one may be asked for.
    base::Result<base::Time> send_for_answer(store::WriteSession& session, const Acting& acting,
                                             consent::RequestId request, base::Time now) const;
    base::Result<base::Time> send_for_extension(store::WriteSession& session, const Acting& acting,
                                                consent::ConsentId consent, base::Time now) const;

    // Whose code this is, while it is good. Nothing for a wrong one, which is counted: so the caller must not undo its unit.
    std::optional<consent::SubjectId> check(store::WriteSession& session, const base::RawId& about,
                                            records::CodeKind kind, std::string_view code, base::Time now) const;
    void spend(store::WriteSession& session, const base::RawId& about, records::CodeKind kind) const;
    // Both: a right one is used up.
    std::optional<consent::SubjectId> use(store::WriteSession& session, const base::RawId& about,
                                          records::CodeKind kind, std::string_view code, base::Time now) const;

private:
    base::Result<base::Time> send(store::WriteSession& session, const Actors& actors, const base::RawId& about,
                                  records::CodeKind kind, const consent::Terms& terms, base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
