// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What an initiator is told of; stored by number, so new ones come at the end.
enum class PartyNoticeKind {
    withdrawal,
    question,
    pause,
    resumption,
    extension,
    expiry,
    exhaustion,
    invalidation,
    erasure,
    question_overdue
};

struct PartyNotice {
    base::RawId id;
    std::string initiator;  // system key
    PartyNoticeKind kind{};
    base::RawId entity;  // a consent, a question about a use
    base::Time at;
    std::optional<base::Time> due;  // until when it may object, or is to answer
    // Of this initiator, from 1, in the order in which they came in: who knows all up to one misses none that comes later.
    // Ids do not do for that, because a row with an earlier id may be committed later.
    std::int64_t number = 0;
};

// The keyspace of parties. Thread-safe: without state.
class PartyNotices {
public:
    // Gives it its number. Again is no harm: the outbox delivers at least once.
    void add(store::WriteSession& session, const PartyNotice& notice) const;
    // Oldest first, those after this number; of one kind, or all.
    std::vector<PartyNotice> of(store::ReadSession& session, std::string_view initiator,
                                std::optional<PartyNoticeKind> kind, std::int64_t after, std::size_t max) const;
    // The number of the oldest that is kept, or that the next one will get: who knows none before it has missed some.
    std::int64_t kept_from(store::ReadSession& session, std::string_view initiator) const;
    // Deletes those from before limits::party_notices_kept; numbers are not given again.
    void forget_old(store::WriteSession& session, base::Time now) const;
};

}  // namespace kelisim::records
