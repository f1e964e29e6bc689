// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "ledger/tile.hpp"
#include "ledger/tree.hpp"
#include "records/archives.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// The Merkle log over the journal: its leaves, old ones of which stand in archives, the roots of full tiles above them, and
// what was signed. Thread-safe: without state. Everything throws Damaged when a row is not what it can be.
class Ledger {
public:
    explicit Ledger(const Archives& archives) : archives_(archives) {}

    // As far as the sequencer came.
    struct Head {
        ledger::Frontier frontier;
        std::int64_t journal_seq = 0;  // the last entry that is in the tree
    };
    Head head(store::ReadSession& session) const;
    // Puts up to `max` journal entries into the tree, with the roots of the tiles that they fill; returns how many. To be
    // called by one sequencer at a time.
    std::size_t sequence(store::WriteSession& session, std::size_t max, base::Time now) const;

    struct Leaf {
        std::int64_t number = 0, journal_seq = 0;
        ledger::Digest hash{};
    };
    void each_leaf_from(store::ReadSession& session, std::int64_t number, std::size_t max,
                        const std::function<void(const Leaf&)>& visit) const;
    // Which leaf an entry of the journal is, by its place there; nothing when it is not in the tree (yet).
    std::optional<std::uint64_t> leaf_of(store::ReadSession& session, std::int64_t journal_seq) const;
    // How many leaves stand for entries up to that place: the number of the first leaf beyond.
    std::uint64_t leaves_up_to(store::ReadSession& session, std::int64_t journal_seq) const;
    // Leaves from `from` up to `to`, with the commitment and the person of their entry.
    struct OwnedLeaf {
        std::uint64_t number = 0;
        ledger::Digest commitment{};
        std::optional<consent::SubjectId> subject;
    };
    void each_owned_leaf(store::ReadSession& session, std::uint64_t from, std::uint64_t to,
                         const std::function<void(const OwnedLeaf&)>& visit) const;
    // The entry of the journal that a leaf stands for; nothing beyond the tree.
    std::optional<std::int64_t> entry_of(store::ReadSession& session, std::int64_t leaf) const;
    // Commitments of the journal after `seq`, oldest first.
    struct Committed {
        std::int64_t seq = 0;
        ledger::Entry entry;
    };
    void each_commitment_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                               const std::function<void(const Committed&)>& visit) const;

    // A tile as it is stored; throws Damaged when not all of it is there.
    ledger::Hashes tile(store::ReadSession& session, const ledger::Tile& tile) const;
    // The entries that the leaves of this tile stand for.
    ledger::Entries entries(store::ReadSession& session, const ledger::Tile& tile) const;
    // The tree of `size` leaves over the stored tiles. The session outlives it.
    ledger::Tree tree(store::ReadSession& session, std::uint64_t size) const;

    // Signed notes. newest: the last one. cosigned: the last one that a witness signed too.
    enum class Kept { newest, cosigned };
    std::optional<std::string> note(store::ReadSession& session, Kept which) const;
    void keep_note(store::WriteSession& session, Kept which, std::string_view note, base::Time now) const;

    // How far the scrub is, and the first leaf of a piece in which it found damage.
    struct Scrub {
        std::int64_t next = 0;
        std::optional<std::int64_t> damaged;
        bool operator==(const Scrub&) const = default;
    };
    Scrub scrub(store::ReadSession& session) const;
    void keep_scrub(store::WriteSession& session, const Scrub& scrub) const;

private:
    const Archives& archives_;
};

}  // namespace kelisim::records
