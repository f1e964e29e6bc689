// SPDX-License-Identifier: Apache-2.0
// From the journal to a signed checkpoint: entries go into the tree, what was stored is read back and held against the
// journal and against what was signed before, and only then the checkpoint is signed and shown.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "crypto/ed25519.hpp"
#include "notary/board.hpp"
#include "notary/mapping.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"
#include "telemetry/log.hpp"

namespace kelisim::notary {

// Remembers the last signed note apart from the database, so that a database restored from a backup is noticed: the log
// "MUST not sign any checkpoint which is inconsistent with any checkpoint it previously signed" (C2SP tlog-checkpoint).
class LastSigned {
public:
    virtual ~LastSigned() = default;
    virtual std::optional<std::string> read() = 0;  // throws base::Outage
    virtual void keep(std::string_view note) = 0;   // durable when it returns; throws base::Outage
};

struct SequencerOptions {
    base::Duration interval = std::chrono::seconds{1};  // between two checkpoints at least
    base::Duration epoch = std::chrono::seconds{5};     // between two states of the map of persons at least
    std::chrono::days scrub{7};                         // in which every leaf is looked at once
    // Small units first, because whoever wants a decision waits for the one that is under way; then large ones, so that the tree
    // does not fall behind a store that is as busy as it can be.
    std::size_t entries_a_unit = 256;
    std::size_t small_units_a_round = 64;
    std::size_t entries_a_large_unit = 2'000;
    std::size_t units_a_round = 96;
    MappingOptions mapping = {};
};

struct SequencerParts {
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    telemetry::Log& log;
    Board& board;
    LastSigned& last_signed;
    std::string origin;
    crypto::Ed25519Key key;
    base::Entropy& entropy;
    crypto::VrfKey tags;  // gives persons their places in the map
};

struct SequencerCounts {
    std::atomic<std::uint64_t> checkpoints{0};  // signed since the start
    std::atomic<std::uint64_t> epochs{0};       // of the map, since the start
    std::atomic<std::uint64_t> findings{0};     // places that are not as they were written
    std::atomic<std::uint64_t> scrubbed{0};     // leaves
    std::atomic<std::uint64_t> outages{0};      // rounds that the store failed
    std::atomic<bool> signing{true};            // false from the first finding on
};

// The steps, without a thread. Used by one thread at a time, but for the counts. Throws store::Unavailable and
// base::Outage when the environment fails; damage is a finding, never an exception.
class Sequencing {
public:
    Sequencing(SequencerParts parts, SequencerOptions options)
        : parts_(std::move(parts)),
          options_(options),
          mapping_({.records = parts_.records,
                    .writer = parts_.writer,
                    .readers = parts_.readers,
                    .clock = parts_.clock,
                    .entropy = parts_.entropy,
                    .tags = parts_.tags},
                   options.mapping) {}

    // First of all: what was signed before, and whether damage found earlier is still there.
    void begin();
    // Puts what the journal has into the tree, signs and shows the new checkpoint. True when the journal may have more.
    bool advance();
    // Whether signed leaves are not in the map of persons yet.
    bool map_behind() const { return counts_.signing && mapping_.behind(static_cast<std::uint64_t>(signed_size())); }
    // Makes the next state of the map of what is signed; its root goes into the tree with the next advance().
    void map_persons();
    // Lists whose entries the full blocks of the journal hold.
    void list();
    // Looks at the next piece of the tree: leaves against the journal, full tiles against their roots.
    void scrub();
    base::Duration scrub_pause() const;
    // Writes down how far the scrub is. Otherwise that goes with each checkpoint.
    void end();

    const SequencerCounts& counts() const { return counts_; }
    void count_outage() { ++counts_.outages; }

private:
    struct Range {
        std::int64_t from, to;  // leaves
    };
    struct Previous;
    std::optional<Published> load(const std::optional<std::string>& note, std::string_view where);
    std::optional<ledger::Checkpoint> check_all();
    void sign(const ledger::Checkpoint& next);
    void check_previous(store::ReadSession& session, const records::Ledger::Head& head);
    void check_leaves(store::ReadSession& session, Range range);
    void check_tiles(store::ReadSession& session, Range range);
    void check(Range range);
    void found(const records::Damaged& damage, std::int64_t leaf);
    std::int64_t signed_size() const;
    std::int64_t piece_leaves() const;

    const SequencerParts parts_;
    const SequencerOptions options_;
    SequencerCounts counts_;
    std::optional<ledger::Checkpoint> last_;  // what was signed last, by whatever origin
    records::Ledger::Scrub scrub_, scrub_stored_;
    Mapping mapping_;
};

// The thread of the ledger. Sleeps until the journal grows or a piece is to be scrubbed; idle it writes nothing.
class Sequencer {
public:
    // When it returns, the board shows the newest checkpoint; one of an empty log at the first start. Throws as Sequencing
    // does.
    Sequencer(SequencerParts parts, const SequencerOptions& options);
    ~Sequencer();  // finishes the round that is under way
    Sequencer(const Sequencer&) = delete;
    Sequencer& operator=(const Sequencer&) = delete;

    const SequencerCounts& counts() const { return sequencing_.counts(); }

private:
    void work();

    records::Journal::Growth& growth_;
    const base::Duration interval_, epoch_;
    const Board& board_;
    Sequencing sequencing_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::notary
