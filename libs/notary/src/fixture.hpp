// SPDX-License-Identifier: Apache-2.0
// A journal to write into, and everything that signs it, without threads.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "notary/sequencer.hpp"
#include "records/testing.hpp"

namespace kelisim::notary::fixture {

using namespace std::chrono_literals;
using records::Ledger;
using store::ReadSession;
using store::Statement;
using store::WriteSession;
namespace testing = records::testing;

class KeptInMemory final : public LastSigned {
public:
    std::optional<std::string> read() override { return note; }
    void keep(std::string_view text) override {
        if (fails) throw base::Outage("the disk is full");
        note = text;
    }
    std::optional<std::string> note;
    bool fails = false;
};

class LogInMemory final : public telemetry::Log {
public:
    void write(const telemetry::Message& message, std::initializer_list<telemetry::Field> fields) override {
        const std::lock_guard lock(mutex_);
        lines_.push_back(telemetry::to_line(testing::start, message, fields));
    }
    // How many lines hold the text.
    std::size_t count(std::string_view text) const {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
            return line.find(text) != std::string::npos;
        }));
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

struct Installation {
    void append(std::size_t count) {
        store.unit([&](WriteSession& session) {
            for (std::size_t i = 0; i < count; ++i) {
                records.journal.append(
                    session,
                    {.kind = "test.fact", .entity = entity, .at = testing::start, .subject = {}, .details = {}});
            }
        });
    }
    SequencerParts parts() {
        return {.records = records,
                .writer = store.writer(),
                .readers = store.readers(),
                .clock = clock,
                .log = log,
                .board = board,
                .last_signed = kept,
                .origin = origin,
                .key = key,
                .entropy = entropy,
                .tags = tags};
    }
    // As after a restart.
    std::unique_ptr<Sequencing> begin(const SequencerOptions& options = {}) {
        auto sequencing = std::make_unique<Sequencing>(parts(), options);
        sequencing->begin();
        return sequencing;
    }
    std::unique_ptr<Sequencing> signed_with(std::size_t entries, const SequencerOptions& options = {}) {
        append(entries);
        auto sequencing = begin(options);
        while (sequencing->advance()) {
        }
        return sequencing;
    }
    // Waits until the board shows another checkpoint than this one, ten seconds at most; null then.
    PublishedPtr next_checkpoint(const PublishedPtr& seen) {
        std::stop_source late;
        std::jthread watch([&late](const std::stop_token& done) {
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any ended;
            ended.wait_for(lock, done, 10s, [] { return false; });
            if (!done.stop_requested()) late.request_stop();
        });
        return board.next(seen, std::chrono::steady_clock::now(), late.get_token());
    }
    ledger::NoteKey vkey() const { return {.name = origin, .key = key.public_key()}; }
    // Changes rows behind our back; returns how many. The engine knows statements by their address.
    std::size_t tamper(std::string_view sql) {
        static std::map<std::string, Statement, std::less<>> statements;
        const auto at = statements.try_emplace(std::string(sql)).first;
        at->second = {"tamper", at->first};
        return store.tamper(at->second);
    }
    std::uint64_t size() const { return board.newest() ? board.newest()->checkpoint.size : 0; }

    testing::TestClock clock;
    testing::LockedEntropy entropy{7};
    records::Vault vault{testing::master_key()};
    records::Records records{vault, entropy};
    const base::RawId entity = base::RawId::make(testing::start, {5}, entropy);
    LogInMemory log;
    Board board;
    KeptInMemory kept;
    std::string origin = "kelisim.example/ledger";
    crypto::Ed25519Key key = crypto::Ed25519Key::generate();
    crypto::VrfKey tags = crypto::VrfKey::generate();
    testing::Store store;
};

}  // namespace kelisim::notary::fixture
