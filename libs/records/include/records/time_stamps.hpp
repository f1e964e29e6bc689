// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// Of a time-stamping authority (RFC 3161), over the text of a checkpoint of the ledger: every entry below `size` was there at `at`.
struct TimeStamp {
    std::uint64_t size = 0;
    std::string note;  // the text that is stamped, without signatures
    base::Time at;
    base::Bytes token;
};

// Thread-safe: without state.
class TimeStamps {
public:
    void add(store::WriteSession& session, const TimeStamp& stamp) const;
    std::optional<TimeStamp> newest(store::ReadSession& session) const;
    // The first that is about the entry at this place; nothing while it lacks one.
    std::optional<TimeStamp> about(store::ReadSession& session, std::uint64_t leaf) const;
};

}  // namespace kelisim::records
