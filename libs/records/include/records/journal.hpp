// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "base/id.hpp"
#include "base/limits.hpp"
#include "consent/ids.hpp"
#include "ledger/merkle.hpp"
#include "records/archives.hpp"
#include "records/vault.hpp"
#include "store/alarm.hpp"
#include "store/session.hpp"
#include "store/writer.hpp"

namespace kelisim::records {

// What happened, written in the unit in which it happened. `details` are facts of the domain with ids, never an IIN:
// the record of access carries that, under the archive key as well.
struct Fact {
    std::string_view kind;  // "consent.granted"; one of contracts/audit-events.csv
    const base::RawId& entity;
    base::Time at;
    // Whose entry it is: the person who can ask for it (418-V ст.36(4)). Nothing where no known person is concerned.
    std::optional<consent::SubjectId> subject;
    boost::json::object details;
};

struct JournalEntry {
    std::int64_t seq = 0;
    base::RawId entity;
    std::string kind;
    std::optional<consent::SubjectId> subject;
    ledger::Salt salt{};
    base::Bytes sealed;
    Digest commitment{};
};

// The append-only journal, old entries of which stand in archives; records::Ledger is the Merkle log over it. Thread-safe.
// Outlives the units that append.
class Journal {
public:
    Journal(const Vault& vault, base::Entropy& entropy, const Archives& archives)
        : vault_(vault), entropy_(entropy), archives_(archives) {}

    void append(store::WriteSession& session, const Fact& fact) const;

    // Entries after `seq`, oldest first.
    void each_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                    const std::function<void(const JournalEntry&)>& visit) const;
    // How much one read may look at: `blocks` of the journal where they have lists, fewer where they have none; one at least.
    struct Budget {
        std::size_t entries = std::numeric_limits<std::size_t>::max();
        std::size_t blocks = base::limits::journal_read_blocks_max;
    };
    // Those of one person after `seq`, oldest first. Returns up to where all of them were given, from where to go on;
    // last() or beyond when these were all.
    std::int64_t of_subject(store::ReadSession& session, consent::SubjectId subject, std::int64_t seq,
                            const Budget& budget, const std::function<void(const JournalEntry&)>& visit) const;
    // The first entry of a person that fits, looked for from where the journal stood at `near` on, and in all of it when it
    // is not there: the clock may have been turned. Throws store::Unavailable when the journal is too long to say that it has none.
    std::optional<JournalEntry> find(store::ReadSession& session, consent::SubjectId subject, base::Time near,
                                     const std::function<bool(const JournalEntry&)>& fits) const;
    // The same among the entries of everybody and of nobody, by what they are about.
    std::optional<JournalEntry> find_of(store::ReadSession& session, const base::RawId& entity, base::Time near,
                                        const std::function<bool(const JournalEntry&)>& fits) const;
    // When the entry at `seq`, or the first one behind it, was written; nothing beyond the last.
    std::optional<base::Time> written(store::ReadSession& session, std::int64_t seq) const;

    std::optional<JournalEntry> at(store::ReadSession& session, std::int64_t seq) const;
    std::int64_t last(store::ReadSession& session) const;  // the newest entry; 0 when there is none

    // So that those of a person are found without reading all: each block of the journal, once it is full, gets a list of whose
    // entries it holds. By one caller at a time, up to `max` blocks; returns how many. Until then the block is read through.
    std::size_t list_blocks(store::Writer& writer, store::Readers& readers, std::size_t max) const;
    // The lists as they should be against those that there are: the first block whose list is another.
    std::optional<std::int64_t> wrong_list(store::ReadSession& session) const;
    // The fact as it was written; throws Damaged when it does not open.
    std::string open(const JournalEntry& entry) const;

    // Rings when an entry was committed since the last clear(): the ledger has something to follow. Its ring costs a unit
    // nothing while one is already unheard.
    class Growth {
    public:
        store::Alarm& alarm() { return alarm_; }
        bool pending() const { return pending_; }
        void clear() { pending_ = false; }
        void tell() {
            if (!pending_.exchange(true)) alarm_.ring();
        }

    private:
        store::Alarm alarm_;
        std::atomic<bool> pending_{false};
    };
    Growth& growth() const { return growth_; }

private:
    // The block before the first that begins at that time.
    std::int64_t block_near(store::ReadSession& session, base::Time near) const;
    // Visits those of one person after `seq` until the visitor has enough or the blocks are used up. Returns up to where all were
    // visited.
    std::int64_t walk(store::ReadSession& session, consent::SubjectId subject, std::int64_t seq, std::size_t blocks,
                      const std::function<bool(const JournalEntry&)>& more) const;

    const Vault& vault_;
    base::Entropy& entropy_;
    const Archives& archives_;
    mutable Growth growth_;  // no part of what the journal says
};

}  // namespace kelisim::records
