// SPDX-License-Identifier: Apache-2.0
// Access on a ground of which a named law lets the person be told later (418-V ст.36(4)): the registry says for which ground, by
// whom and for how long at most; there is none unless it is registered. Until the disclosure everything stands under a subject of
// its own that nobody finds by the person's IIN and that has no phone. The entries are in the ledger from the start, in
// a chain of their own, which the disclosure ties to the person's.
#pragma once

#include "access/cabinet.hpp"
#include "consent/deferral.hpp"

namespace kelisim::access {

extern const base::Reason deferral_not_found;
extern const base::Reason deferral_over;

struct Official;

// Thread-safe; functions that take a write session run inside a unit.
class Deferring {
public:
    explicit Deferring(const Parts& parts) : parts_(parts) {}

    // The subject under which the request is recorded instead of the person's. Precondition: nothing speaks against it
    // (consent::deferral_objections).
    records::Subject begin(store::WriteSession& session, const records::Subject& person, consent::RequestId request,
                           const consent::Terms& terms, const consent::DeferralAsk& ask, base::Time now) const;

    // The asker: a later time within what the law allows, counted from the beginning; or the disclosure now.
    base::Result<void> prolong(store::WriteSession& session, std::string_view asker, consent::SubjectId id,
                               base::Time until, std::string_view decision, base::Time now) const;
    base::Result<void> disclose(store::WriteSession& session, std::string_view asker, consent::SubjectId id,
                                base::Time now) const;
    // The authorized body.
    base::Result<void> disclose(store::WriteSession& session, const Official& official, consent::SubjectId id,
                                std::string_view reason, base::Time now) const;
    // The timer of its due time. One that comes too early is set again.
    void fall_due(store::WriteSession& session, consent::SubjectId id, base::Time now) const;

    // What the authorized body sees: no persons, and that it looked is on record.
    struct Totals {
        std::vector<records::Deferrals::Total> rows;  // limits::deferral_totals_max at most
        records::Deferrals::Open open;                // of all months
    };
    Totals totals(store::WriteSession& session, const Official& official, std::string_view month, base::Time now) const;
    Page<records::Deferral> open(store::WriteSession& session, const Official& official, const PageWanted& wanted,
                                 base::Time now) const;
    Page<records::Deferral> of_asker(store::ReadSession& session, std::string_view asker,
                                     const PageWanted& wanted) const;
    // "2026-11", on the local calendar.
    std::string month_of(base::Time time) const;

private:
    base::Result<records::Deferral> find_open(store::ReadSession& session, consent::SubjectId id,
                                              std::string_view asker) const;
    void join(store::WriteSession& session, records::Deferral deferral, records::Disclosure how, base::Time now) const;
    void record_look(store::WriteSession& session, const Official& official, std::string_view what,
                     base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
