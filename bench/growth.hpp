// SPDX-License-Identifier: Apache-2.0
// A data directory as it is after so many consents, made by the use cases themselves in few large units, and the service
// over it without its sockets. What the fill leaves out: the phone's side of a question (kept for two days only) and the map of
// persons, which follows the tree at a pace of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "access/answers.hpp"
#include "access/asking.hpp"
#include "access/cabinet.hpp"
#include "access/tokens.hpp"
#include "access/uses.hpp"
#include "base/zone.hpp"
#include "notary/sequencer.hpp"
#include "store_sqlite/database.hpp"
#include "uses.hpp"
#include "world/world.hpp"

namespace kelisim::bench {

// Of each person, and one use in so many consents.
inline constexpr std::size_t consents_of_a_person = 10, consents_with_one_use = 10;

// Consents lie so close that the tokens of ten million live at the same time: a token lives ten minutes.
inline constexpr base::Duration between_consents{50};

// When the consent of this number was asked for; numbers count from 0. A working day within the connections of the world.
base::Time time_of(std::size_t number);

// From an instant on, far slower than the machine's.
class GrowthClock final : public base::Clock {
public:
    explicit GrowthClock(base::Time begins) : begins_(begins) {}
    base::Time now() const override {
        const auto passed = std::chrono::steady_clock::now() - started_;
        return begins_ + std::chrono::floor<base::Duration>(passed / slowness);
    }

private:
    // Only to read 50 GiB into memory takes minutes, and the tokens there live ten.
    static constexpr int slowness = 60;
    const base::Time begins_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// One of the consents there, by what figures need to know of it.
struct Sampled {
    Granted granted;
    consent::SubjectId subject;
};

// The composition of bench/installation.hpp over a directory that other processes filled: the same master key each time, no
// threads but the database's own.
class Grown {
public:
    enum class Syncs { each_commit, none };

    // Opens the directory, and makes it when there is none. `entropy` and `clock` outlive it. Throws base::Outage.
    Grown(const std::filesystem::path& directory, Syncs syncs, base::Entropy& entropy, const base::Clock& clock);

    const registry::System& bank() const { return *registry.system("DEMOBANK"); }
    access::Parts parts_with(access::TokenIndex& index);
    UseTarget use_target() { return {database->writer(), uses, clock, bank().key}; }

    base::Entropy& entropy;
    const base::Clock& clock;
    base::ProcessZone zone{"Asia/Almaty"};
    registry::Registry registry;
    records::Vault vault;
    records::Records records;
    store::Timers timers;
    store::Outbox outbox;
    access::TokenIndex index;
    access::Asking asking;
    access::Answers answers;
    access::Tokens tokens;
    access::Uses uses;
    access::Cabinet cabinet;
    std::unique_ptr<store_sqlite::Database> database;
};

// The ledger's steps, called and not by a thread: entries into the tree, read back and signed; blocks listed.
class Following {
public:
    explicit Following(Grown& grown);
    // Up to `rounds` rounds; true when the journal may have more. Ends the program when it finds damage.
    bool advance(std::size_t rounds);

private:
    std::unique_ptr<telemetry::Log> log_;
    notary::Board board_;
    std::unique_ptr<notary::LastSigned> last_signed_;
    notary::Sequencing sequencing_;
};

struct Filled {
    std::size_t consents = 0, before = 0;
    double seconds = 0;
};
// Adds consents until there are `total`, a multiple of consents_of_a_person that is more than there are. Those of one person lie
// apart from each other by as many consents as there are new persons. Throws base::Outage when the disk would become too full.
Filled fill(const std::filesystem::path& directory, std::size_t total);
// The same for rows of access tokens alone.
Filled fill_tokens(const std::filesystem::path& directory, std::size_t total);

// At random over all consents of a filled directory, each time the same ones.
std::vector<Sampled> sample(const std::filesystem::path& directory, std::size_t count);

}  // namespace kelisim::bench
