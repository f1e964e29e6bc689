// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What an initiator is told of; stored by number.
enum class PartyNoticeKind { withdrawal, question };

struct PartyNotice {
    base::RawId id;
    std::string initiator;  // system key
    PartyNoticeKind kind{};
    base::RawId entity;  // a consent, a question about a use
    base::Time at;
    std::optional<base::Time> due;  // until when it may object, or is to answer
};

// The keyspace of parties. Thread-safe: without state.
class PartyNotices {
public:
    // Again is no harm: the outbox delivers at least once.
    void add(store::WriteSession& session, const PartyNotice& notice) const;
    // Oldest first, those after `after`.
    std::vector<PartyNotice> of(store::ReadSession& session, std::string_view initiator, PartyNoticeKind kind,
                                const std::optional<base::RawId>& after, std::size_t max) const;
};

}  // namespace kelisim::records
