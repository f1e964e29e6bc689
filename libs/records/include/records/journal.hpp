// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "ledger/merkle.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What happened, written in the unit in which it happened. `details` are facts of the domain with ids, never an IIN:
// the record of access carries that, under the archive key as well.
struct Fact {
    std::string_view kind;  // "consent.granted"; one of contracts/audit-events.csv
    const base::RawId& entity;
    base::Time at;
    boost::json::object details;
};

struct JournalEntry {
    std::int64_t seq = 0;
    base::RawId entity;
    std::string kind;
    ledger::Salt salt{};
    base::Bytes sealed;
    Digest commitment{};
};

// The append-only journal and the Merkle log over it. Thread-safe: without state.
class Journal {
public:
    Journal(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    void append(store::WriteSession& session, const Fact& fact) const;

    // Entries after `seq`, oldest first.
    void each_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                    const std::function<void(const JournalEntry&)>& visit) const;
    // The fact as it was written; throws Damaged when it does not open.
    std::string open(const JournalEntry& entry) const;

    // The Merkle log as far as the sequencer came.
    struct Head {
        ledger::Frontier frontier;
        std::int64_t journal_seq = 0;  // the last entry that is in the tree
    };
    Head head(store::ReadSession& session) const;
    // Puts up to `max` journal entries into the tree; returns how many. To be called by one sequencer at a time.
    std::size_t sequence(store::WriteSession& session, std::size_t max, base::Time now) const;
    struct Leaf {
        std::int64_t number = 0, journal_seq = 0;
        Digest hash{};
    };
    void each_leaf_from(store::ReadSession& session, std::int64_t number, std::size_t max,
                        const std::function<void(const Leaf&)>& visit) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
