// SPDX-License-Identifier: Apache-2.0
#include "notary/sequencer.hpp"

#include <algorithm>
#include <utility>

namespace kelisim::notary {

using records::Damaged;
using records::Ledger;
using store::ReadSession;
using store::WriteSession;

namespace {

using namespace std::chrono_literals;

constexpr auto tile_leaves = static_cast<std::int64_t>(ledger::tile_width);
constexpr std::int64_t page = 16 * tile_leaves;  // of one read, so that a scrub holds no snapshot for long
constexpr base::Duration scrub_pause_min = 1s;
constexpr std::size_t blocks_a_round = 4;  // of the journal, to list
constexpr base::Duration outage_pause = 1s;

constexpr telemetry::Message ledger_damaged{"LEDGER_DAMAGED", telemetry::Level::error};
constexpr telemetry::Message ledger_healed{"LEDGER_HEALED", telemetry::Level::info};

// Rounds and scrubs are told apart by how much time went by, whatever the operator does to the machine's clock.
class SteadyClock final : public base::Clock {
public:
    base::Time now() const override {
        return base::Time{std::chrono::floor<base::Duration>(std::chrono::steady_clock::now().time_since_epoch())};
    }
};

}  // namespace

std::int64_t Sequencing::signed_size() const {
    return last_ ? static_cast<std::int64_t>(last_->size) : 0;
}

// As many whole tiles as keep the pause between two pieces at its least or above.
std::int64_t Sequencing::piece_leaves() const {
    const base::Duration whole = options_.scrub;
    const std::int64_t tiles = signed_size() / tile_leaves + 1;
    return (tiles / (whole / scrub_pause_min) + 1) * tile_leaves;
}

base::Duration Sequencing::scrub_pause() const {
    const base::Duration whole = options_.scrub;
    return whole / (signed_size() / piece_leaves() + 1);
}

// The first finding stops the signing, until a start finds it healed.
void Sequencing::found(const Damaged& damage, std::int64_t leaf) {
    ++counts_.findings;
    counts_.signing = false;
    parts_.log.write(ledger_damaged, {{"what", telemetry::SafeText::of_program(damage.what())}, {"leaf", leaf}});
    if (scrub_.damaged) return;
    scrub_.damaged = leaf;
    end();
}

void Sequencing::end() {
    if (scrub_ == scrub_stored_) return;
    store::run(parts_.writer, [&](WriteSession& session) { parts_.records.ledger.keep_scrub(session, scrub_); });
    scrub_stored_ = scrub_;
}

std::optional<Published> Sequencing::load(const std::optional<std::string>& note, std::string_view where) {
    if (!note) return std::nullopt;
    auto published = Published::from(*note);
    if (!published) throw Damaged("the last signed checkpoint does not read " + std::string(where));
    // Under another origin it was another log over the same journal: what it promised still holds, whoever signed it.
    const ledger::NoteKey own{.name = parts_.origin, .key = parts_.key.public_key()};
    const bool ours = ledger::signed_by(ledger::parse_note(*note).value(), own) == ledger::Signed::yes;
    if (published->checkpoint.origin == parts_.origin && !ours)
        throw Damaged("the last signed checkpoint is not signed with our key " + std::string(where));
    return published;
}

void Sequencing::begin() {
    Notes notes;
    parts_.readers.read([&](ReadSession& session) {
        notes = {.newest = parts_.records.ledger.note(session, Ledger::Kept::newest),
                 .cosigned = parts_.records.ledger.note(session, Ledger::Kept::cosigned)};
        scrub_ = scrub_stored_ = parts_.records.ledger.scrub(session);
    });
    try {
        const auto stored = load(notes.newest, "in the store");
        const auto kept = load(parts_.last_signed.read(), "beside the database");
        const auto cosigned = load(notes.cosigned, "in the store");
        // It was signed and not stored when the process ended in between, or the database is an older one.
        const bool ahead = kept && (!stored || kept->checkpoint.size > stored->checkpoint.size);
        const auto& last = ahead ? kept : stored;
        if (last) last_ = last->checkpoint;
        const auto of_this_log = [&](const std::optional<Published>& each) {
            return each && each->checkpoint.origin == parts_.origin ? std::optional(each->note) : std::nullopt;
        };
        parts_.board.show({.newest = of_this_log(last), .cosigned = of_this_log(cosigned)});
        parts_.readers.read([&](ReadSession& session) {
            const Ledger::Head head = parts_.records.ledger.head(session);
            for (const auto* each : {&stored, &kept}) {
                if (!*each) continue;
                const ledger::Checkpoint& before = (*each)->checkpoint;
                if (before.size > head.frontier.size())
                    throw Damaged("the tree is smaller than the last signed checkpoint");
                if (parts_.records.ledger.tree(session, head.frontier.size()).root_at(before.size) != before.root)
                    throw Damaged("the tree does not begin with the last signed checkpoint");
            }
        });
    } catch (const Damaged& damage) {
        return found(damage, signed_size());
    }
    if (!scrub_.damaged) return;
    const std::int64_t from = *scrub_.damaged / tile_leaves * tile_leaves;
    try {
        check({from, std::min(from + piece_leaves(), signed_size())});
    } catch (const Damaged& damage) {
        return found(damage, from);
    }
    parts_.log.write(ledger_healed, {{"leaf", from}});
    scrub_.damaged.reset();
    end();
}

bool Sequencing::advance() {
    if (!counts_.signing) return false;
    bool more = true;
    try {
        for (std::size_t unit = 0; more && unit < options_.units_a_round; ++unit) {
            const base::Time now = parts_.clock.now();
            const std::size_t entries =
                unit < options_.small_units_a_round ? options_.entries_a_unit : options_.entries_a_large_unit;
            more = store::run(parts_.writer, [&](WriteSession& session) {
                       return parts_.records.ledger.sequence(session, entries, now);
                   }) == entries;
        }
        if (const auto next = check_all()) sign(*next);
    } catch (const Damaged& damage) {
        found(damage, signed_size());
        return false;
    }
    return more;
}

// Reads back what was written since the last checkpoint, and everything at the right edge of the tree, in one snapshot.
// Returns what there is to sign.
std::optional<ledger::Checkpoint> Sequencing::check_all() {
    std::optional<ledger::Checkpoint> next;
    parts_.readers.read([&](ReadSession& session) {
        const Ledger::Head head = parts_.records.ledger.head(session);
        const std::uint64_t size = head.frontier.size();
        if (last_ && last_->size == size && last_->origin == parts_.origin) return;
        if (last_ && last_->size > size) throw Damaged("the tree is smaller than the last signed checkpoint");
        const Range fresh{signed_size(), static_cast<std::int64_t>(size)};
        for (std::int64_t from = fresh.from; from < fresh.to; from += page)
            check_leaves(session, {from, std::min(from + page, fresh.to)});
        check_tiles(session, fresh);
        ledger::Tree tree = parts_.records.ledger.tree(session, size);
        if (tree.frontier() != head.frontier) throw Damaged("the stored tiles do not give the frontier");
        const ledger::Digest root = head.frontier.root();
        // Between signing the last one and now a bit may have flipped anywhere: the promise of append-only is proved
        // from what is stored before it is made again.
        if (last_ && !ledger::verify_consistency(last_->size, last_->root, size, root, tree.consistency(last_->size)))
            throw Damaged("the tree does not begin with the last signed checkpoint");
        next = ledger::Checkpoint{.origin = parts_.origin, .size = size, .root = root};
    });
    return next;
}

// Kept beside the database before anybody can see it; then stored, then shown.
void Sequencing::sign(const ledger::Checkpoint& next) {
    ledger::Note note{.text = next.to_text(), .signatures = {}};
    note.signatures.push_back(ledger::sign_note(note.text, parts_.origin, parts_.key));
    const std::string text = note.to_text();
    parts_.last_signed.keep(text);
    last_ = next;
    const base::Time now = parts_.clock.now();
    store::run(parts_.writer, [&](WriteSession& session) {
        parts_.records.ledger.keep_note(session, Ledger::Kept::newest, text, now);
        if (scrub_ != scrub_stored_) parts_.records.ledger.keep_scrub(session, scrub_);
    });
    scrub_stored_ = scrub_;
    ++counts_.checkpoints;
    parts_.board.show({.newest = text, .cosigned = {}});
}

// Each leaf is that of the next journal entry: none changed, missing, doubled or out of its order.
void Sequencing::check_leaves(ReadSession& session, Range range) {
    std::int64_t before = 0;
    if (range.from > 0) {
        parts_.records.ledger.each_leaf_from(session, range.from - 1, 1,
                                             [&](const Ledger::Leaf& leaf) { before = leaf.journal_seq; });
    }
    const auto count = static_cast<std::size_t>(range.to - range.from);
    std::vector<Ledger::Leaf> leaves;
    parts_.records.ledger.each_leaf_from(session, range.from, count,
                                         [&](const Ledger::Leaf& leaf) { leaves.push_back(leaf); });
    std::int64_t number = range.from;
    parts_.records.ledger.each_commitment_after(session, before, count, [&](const Ledger::Committed& entry) {
        const auto at = static_cast<std::size_t>(number - range.from);
        const bool right = at < leaves.size() && leaves[at].number == number && leaves[at].journal_seq == entry.seq &&
                           leaves[at].hash == ledger::leaf_hash(entry.entry);
        if (!right) throw Damaged("leaf " + std::to_string(number) + " is not the journal entry of its place");
        ++number;
    });
    if (number != range.to) throw Damaged("leaf " + std::to_string(number) + " has no journal entry");
}

// Every tile that ends in the range has its root stored in the level above.
void Sequencing::check_tiles(ReadSession& session, Range range) {
    const Ledger& stored = parts_.records.ledger;
    for (unsigned level = 0; level + 1 < ledger::tile_levels; ++level) {
        const unsigned shift = ledger::tile_height * (level + 1);
        const auto first = static_cast<std::uint64_t>(range.from) >> shift;
        const auto end = static_cast<std::uint64_t>(range.to) >> shift;
        if (static_cast<std::uint64_t>(range.to) >> shift == 0) return;
        for (std::uint64_t n = first; n < end; ++n) {
            const ledger::Tile tile{.level = level, .number = n};
            const ledger::Tile above{
                .level = level + 1, .number = n / ledger::tile_width, .width = n % ledger::tile_width + 1};
            if (stored.tile(session, above).back() != ledger::root_of(stored.tile(session, tile)))
                throw Damaged("the root of tile " + ledger::to_path({.tile = tile}) + " is not that of its hashes");
        }
    }
}

void Sequencing::check(Range range) {
    for (std::int64_t from = range.from; from < range.to; from += page) {
        const Range part{from, std::min(from + page, range.to)};
        parts_.readers.read([&](ReadSession& session) {
            check_leaves(session, part);
            check_tiles(session, part);
        });
        counts_.scrubbed += static_cast<std::uint64_t>(part.to - part.from);
    }
}

void Sequencing::map_persons() {
    try {
        if (mapping_.step(static_cast<std::uint64_t>(signed_size()))) ++counts_.epochs;
    } catch (const Damaged& damage) {
        found(damage, signed_size());
    }
}

void Sequencing::list() {
    parts_.records.journal.list_blocks(parts_.writer, parts_.readers, blocks_a_round);
}

void Sequencing::scrub() {
    const std::int64_t size = signed_size();
    // What stands in archives is checked as whole files, by their hashes, where they are kept (archive::Archiving).
    std::int64_t live = 0;
    parts_.readers.read([&](ReadSession& session) { live = parts_.records.archives.leaves(session); });
    const std::int64_t from = std::max(scrub_.next < size ? scrub_.next : 0, live);
    // Whole tiles: their roots are looked at with the last of their leaves.
    const Range piece{from, std::min(from + piece_leaves(), size)};
    scrub_.next = piece.to == size ? 0 : piece.to;
    try {
        check(piece);
    } catch (const Damaged& damage) {
        found(damage, from);
    }
}

Sequencer::Sequencer(SequencerParts parts, const SequencerOptions& options)
    : growth_(parts.records.journal.growth()),
      interval_(options.interval),
      epoch_(options.epoch),
      board_(parts.board),
      sequencing_(std::move(parts), options) {
    sequencing_.begin();
    if (!board_.newest()) sequencing_.advance();
    growth_.tell();  // what was appended before the start
    thread_ = std::thread([this] { work(); });
}

Sequencer::~Sequencer() {
    growth_.alarm().close();
    thread_.join();
}

void Sequencer::work() {
    const SteadyClock clock;
    base::Time round = clock.now(), scrub = round, epoch = round;
    std::optional<base::Time> wake = round;
    while (growth_.alarm().sleep(clock, wake)) {
        const base::Time now = clock.now();
        try {
            const bool map = sequencing_.map_behind() && now >= epoch;
            if ((growth_.pending() || map) && now >= round) {
                round = now + interval_;
                growth_.clear();
                // In the round that signs it: nobody waits for the proof of a state that is there.
                if (map) {
                    sequencing_.map_persons();
                    epoch = sequencing_.map_behind() ? round : now + epoch_;
                }
                if (sequencing_.advance()) growth_.tell();
                sequencing_.list();
            }
            if (now >= scrub) {
                sequencing_.scrub();
                scrub = now + sequencing_.scrub_pause();
            }
        } catch (const std::exception&) {
            // The store is away, or a mistake of ours: what was not done is done later, and the thread lives on.
            sequencing_.count_outage();
            growth_.tell();
            round = std::max(round, now + outage_pause);
            scrub = std::max(scrub, round);
        }
        wake = growth_.pending() ? std::min(round, scrub) : scrub;
        if (sequencing_.map_behind()) wake = std::min(*wake, std::max(round, epoch));
    }
    try {
        sequencing_.end();
    } catch (const std::exception&) {
        sequencing_.count_outage();  // the scrub begins where it was last written down
    }
}

}  // namespace kelisim::notary
