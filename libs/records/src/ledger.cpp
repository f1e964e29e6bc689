// SPDX-License-Identifier: Apache-2.0
#include "records/ledger.hpp"

#include <algorithm>
#include <limits>

#include "codec.hpp"

namespace kelisim::records {

namespace {

// 2 where the entry is the root of the map: ledger::EntryFormat, records::map_root_kind.
constexpr store::Statement commitments_after{
    "journal_commitments_after",
    "SELECT seq, CASE WHEN kind = 'ledger.map_root' THEN 2 ELSE 1 END, commitment FROM journal "
    "WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
constexpr store::Statement read_head{"ledger_head", "SELECT frontier, journal_seq FROM ledger_head WHERE only_row = 1"};
constexpr store::Statement write_head{
    "ledger_head_write",
    "INSERT INTO ledger_head (only_row, size, frontier, journal_seq, at) VALUES (1, ?1, ?2, ?3, ?4) "
    "ON CONFLICT (only_row) DO UPDATE SET size = ?1, frontier = ?2, journal_seq = ?3, at = ?4"};
constexpr store::Statement add_leaf{"ledger_leaf_insert",
                                    "INSERT INTO ledger_leaf (number, journal_seq, hash) VALUES (?1, ?2, ?3)"};
constexpr store::Statement add_node{"ledger_node_insert",
                                    "INSERT INTO ledger_node (level, number, hash) VALUES (?1, ?2, ?3)"};
constexpr store::Statement leaves{"ledger_leaf_from",
                                  "SELECT number, journal_seq, hash FROM ledger_leaf "
                                  "WHERE number >= ?1 ORDER BY number LIMIT ?2"};
constexpr store::Statement entry_of_leaf{"ledger_entry_of_leaf",
                                         "SELECT journal_seq FROM ledger_leaf WHERE number = ?1"};
constexpr store::Statement leaf_tile{
    "ledger_leaf_tile", "SELECT number, hash FROM ledger_leaf WHERE number >= ?1 AND number < ?2 ORDER BY number"};
constexpr store::Statement node_tile{"ledger_node_tile",
                                     "SELECT number, hash FROM ledger_node "
                                     "WHERE level = ?3 AND number >= ?1 AND number < ?2 ORDER BY number"};
constexpr store::Statement entry_tile{"ledger_entry_tile",
                                      "SELECT l.number, j.commitment, "
                                      "CASE WHEN j.kind = 'ledger.map_root' THEN 2 ELSE 1 END FROM ledger_leaf l "
                                      "JOIN journal j ON j.seq = l.journal_seq "
                                      "WHERE l.number >= ?1 AND l.number < ?2 ORDER BY l.number"};
constexpr store::Statement owned_leaves{"ledger_owned_leaves",
                                        "SELECT l.number, j.commitment, j.subject FROM ledger_leaf l "
                                        "JOIN journal j ON j.seq = l.journal_seq "
                                        "WHERE l.number >= ?1 AND l.number < ?2 ORDER BY l.number"};
constexpr store::Statement read_note{"ledger_note", "SELECT note FROM ledger_note WHERE kind = ?1"};
constexpr store::Statement write_note{"ledger_note_write",
                                      "INSERT INTO ledger_note (kind, note, at) VALUES (?1, ?2, ?3) "
                                      "ON CONFLICT (kind) DO UPDATE SET note = ?2, at = ?3"};
constexpr store::Statement read_scrub{"ledger_scrub", "SELECT next, damaged FROM ledger_scrub WHERE only_row = 1"};
constexpr store::Statement write_scrub{"ledger_scrub_write",
                                       "INSERT INTO ledger_scrub (only_row, next, damaged) VALUES (1, ?1, ?2) "
                                       "ON CONFLICT (only_row) DO UPDATE SET next = ?1, damaged = ?2"};

constexpr std::int64_t every = std::numeric_limits<std::int64_t>::max();

ledger::EntryFormat format_at(const store::Row& row, int column) {
    return static_cast<ledger::EntryFormat>(row.integer(column));
}

// Rows of number and hash from the first hash of a tile on, each in its place and all of them there.
class TileRows {
public:
    explicit TileRows(const ledger::Tile& tile) : tile_(tile) {}

    std::int64_t begin() const { return static_cast<std::int64_t>(tile_.number * ledger::tile_width); }
    std::int64_t end() const { return begin() + static_cast<std::int64_t>(tile_.width); }
    void add(const store::Row& row) {
        if (row.integer(0) != begin() + static_cast<std::int64_t>(hashes_.size())) fail();
        hashes_.push_back(digest_at(row, 1));
    }
    ledger::Hashes finish() && {
        if (hashes_.size() != tile_.width) fail();
        return std::move(hashes_);
    }

private:
    [[noreturn]] void fail() const {
        throw Damaged("the ledger lacks a part of tile " + ledger::to_path({.tile = tile_}));
    }

    const ledger::Tile tile_;
    ledger::Hashes hashes_;
};

}  // namespace

Ledger::Head Ledger::head(store::ReadSession& session) const {
    Head head;
    session.query(read_head, {}, [&](const store::Row& row) {
        auto frontier = ledger::Frontier::from_bytes(row.blob(0));
        if (!frontier) throw Damaged("the frontier of the ledger does not read");
        head = {.frontier = std::move(*frontier), .journal_seq = row.integer(1)};
    });
    return head;
}

std::size_t Ledger::sequence(store::WriteSession& session, std::size_t max, base::Time now) const {
    Head head = this->head(session);
    const std::uint64_t before = head.frontier.size();
    const auto add_root = [&](const ledger::Frontier::Closed& closed) {
        if (closed.height % ledger::tile_height != 0) return;
        session.execute(add_node, {std::int64_t{closed.height / ledger::tile_height},
                                   static_cast<std::int64_t>(closed.index), closed.root});
    };
    each_commitment_after(session, head.journal_seq, max, [&](const Committed& entry) {
        const ledger::Digest hash = ledger::leaf_hash(entry.entry);
        head.journal_seq = entry.seq;
        session.execute(add_leaf, {static_cast<std::int64_t>(head.frontier.size()), head.journal_seq, hash});
        head.frontier.append(hash, add_root);
    });
    const std::uint64_t added = head.frontier.size() - before;
    if (added != 0) {
        session.execute(write_head, {static_cast<std::int64_t>(head.frontier.size()), head.frontier.to_bytes(),
                                     head.journal_seq, micros(now)});
    }
    return added;
}

void Ledger::each_leaf_from(store::ReadSession& session, std::int64_t number, std::size_t max,
                            const std::function<void(const Leaf&)>& visit) const {
    std::size_t left = max;
    archives_.over_leaves(session, number, every, [&](store::ReadSession& piece, std::int64_t from, std::int64_t) {
        left -= piece.query(leaves, {from, static_cast<std::int64_t>(left)}, [&](const store::Row& row) {
            visit({.number = row.integer(0), .journal_seq = row.integer(1), .hash = digest_at(row, 2)});
        });
        return left > 0;
    });
}

// Without an index, which every entry would pay for: leaves stand in the order of the journal, and nearly as close, so that
// leaf n is entry n + 1 or one shortly after. Steps back that double, then halves: a handful of reads.
std::uint64_t Ledger::leaves_up_to(store::ReadSession& session, std::int64_t journal_seq) const {
    const Head head = this->head(session);
    if (journal_seq < 1) return 0;
    if (journal_seq >= head.journal_seq) return head.frontier.size();
    const auto entry_of = [&](std::int64_t leaf) {
        const auto seq = this->entry_of(session, leaf);
        if (!seq) throw Damaged("the ledger lacks leaf " + std::to_string(leaf));
        return *seq;
    };
    // The last leaf up to there, if there is one, is in [from, to].
    std::int64_t to = std::min(journal_seq, static_cast<std::int64_t>(head.frontier.size())) - 1;
    std::int64_t from = to;
    for (std::int64_t step = 1; from > 0 && entry_of(from) > journal_seq; step *= 2) {
        to = from - 1;
        from = std::max<std::int64_t>(0, from - step);
    }
    while (from < to) {
        const std::int64_t middle = from + (to - from + 1) / 2;
        if (entry_of(middle) > journal_seq) {
            to = middle - 1;
        } else {
            from = middle;
        }
    }
    return from < 0 || entry_of(from) > journal_seq ? 0 : static_cast<std::uint64_t>(from) + 1;
}

std::optional<std::uint64_t> Ledger::leaf_of(store::ReadSession& session, std::int64_t journal_seq) const {
    const std::uint64_t count = leaves_up_to(session, journal_seq);
    if (count == 0) return std::nullopt;
    const auto seq = entry_of(session, static_cast<std::int64_t>(count) - 1);
    if (!seq) throw Damaged("the ledger lacks leaf " + std::to_string(count - 1));
    return *seq == journal_seq ? std::optional(count - 1) : std::nullopt;
}

void Ledger::each_commitment_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                                   const std::function<void(const Committed&)>& visit) const {
    std::size_t left = max;
    archives_.over_entries(session, seq + 1, every, [&](store::ReadSession& piece, std::int64_t from, std::int64_t) {
        left -= piece.query(commitments_after, {from - 1, static_cast<std::int64_t>(left)}, [&](const store::Row& row) {
            visit({.seq = row.integer(0), .entry = {.format = format_at(row, 1), .commitment = digest_at(row, 2)}});
        });
        return left > 0;
    });
}

void Ledger::each_owned_leaf(store::ReadSession& session, std::uint64_t from, std::uint64_t to,
                             const std::function<void(const OwnedLeaf&)>& visit) const {
    const auto give = [&](const store::Row& row) {
        OwnedLeaf leaf{
            .number = static_cast<std::uint64_t>(row.integer(0)), .commitment = digest_at(row, 1), .subject = {}};
        if (!row.null(2)) leaf.subject = id_at<consent::SubjectId>(row, 2);
        visit(leaf);
    };
    archives_.over_leaves(session, static_cast<std::int64_t>(from), static_cast<std::int64_t>(to),
                          [&](store::ReadSession& piece, std::int64_t first, std::int64_t end) {
                              piece.query(owned_leaves, {first, end}, give);
                              return true;
                          });
}

std::optional<std::int64_t> Ledger::entry_of(store::ReadSession& session, std::int64_t leaf) const {
    std::optional<std::int64_t> seq;
    const auto missing = [&](store::ReadSession& from) {
        from.query(entry_of_leaf, {leaf}, [&](const store::Row& row) { seq = row.integer(0); });
        return !seq;
    };
    // The live table first: nearly everything that is asked for one by one is young.
    if (missing(session)) {
        archives_.over_leaves(session, leaf, leaf + 1, [&](store::ReadSession& piece, std::int64_t, std::int64_t) {
            return &piece != &session && missing(piece);
        });
    }
    return seq;
}

ledger::Hashes Ledger::tile(store::ReadSession& session, const ledger::Tile& tile) const {
    TileRows rows(tile);
    const auto add = [&](const store::Row& row) { rows.add(row); };
    if (tile.level == 0) {
        archives_.over_leaves(session, rows.begin(), rows.end(),
                              [&](store::ReadSession& piece, std::int64_t from, std::int64_t to) {
                                  piece.query(leaf_tile, {from, to}, add);
                                  return true;
                              });
    } else {
        session.query(node_tile, {rows.begin(), rows.end(), std::int64_t{tile.level}}, add);
    }
    return std::move(rows).finish();
}

ledger::Entries Ledger::entries(store::ReadSession& session, const ledger::Tile& tile) const {
    TileRows rows(tile);
    std::vector<ledger::EntryFormat> formats;
    archives_.over_leaves(session, rows.begin(), rows.end(),
                          [&](store::ReadSession& piece, std::int64_t from, std::int64_t to) {
                              piece.query(entry_tile, {from, to}, [&](const store::Row& row) {
                                  rows.add(row);
                                  formats.push_back(format_at(row, 2));
                              });
                              return true;
                          });
    ledger::Entries entries;
    const ledger::Hashes commitments = std::move(rows).finish();
    for (const ledger::Digest& commitment : commitments)
        entries.push_back({.format = formats[entries.size()], .commitment = commitment});
    return entries;
}

ledger::Tree Ledger::tree(store::ReadSession& session, std::uint64_t size) const {
    return {size, [this, &session](const ledger::Tile& wanted) { return tile(session, wanted); }};
}

std::optional<std::string> Ledger::note(store::ReadSession& session, Kept which) const {
    std::optional<std::string> note;
    session.query(read_note, {number(which)}, [&](const store::Row& row) { note = row.text(0); });
    return note;
}

void Ledger::keep_note(store::WriteSession& session, Kept which, std::string_view note, base::Time now) const {
    session.execute(write_note, {number(which), note, micros(now)});
}

Ledger::Scrub Ledger::scrub(store::ReadSession& session) const {
    Scrub scrub;
    session.query(read_scrub, {}, [&](const store::Row& row) {
        scrub.next = row.integer(0);
        if (!row.null(1)) scrub.damaged = row.integer(1);
    });
    return scrub;
}

void Ledger::keep_scrub(store::WriteSession& session, const Scrub& scrub) const {
    const store::Param damaged = scrub.damaged ? store::Param{*scrub.damaged} : store::Param{};
    session.execute(write_scrub, {scrub.next, damaged});
}

}  // namespace kelisim::records
