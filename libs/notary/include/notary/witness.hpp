// SPDX-License-Identifier: Apache-2.0
// Asking witnesses to sign our checkpoints too (C2SP tlog-witness): outsiders who saw that the log only ever grew.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.hpp"
#include "http/client.hpp"
#include "notary/board.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"
#include "telemetry/log.hpp"

namespace kelisim::notary {

struct WitnessAddress {
    ledger::NoteKey key;  // of type cosignature_v1
    http::Prefix submission;
};
// "<vkey> <url>". Nothing for another form, another kind of key, or a URL that is not http[s]://host[:port][/path].
std::optional<WitnessAddress> parse_witness(std::string_view text);

// One exchange, waited for on the calling thread.
using Exchange = std::function<http::Outcome(http::Outgoing)>;

struct WitnessParts {
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    telemetry::Log& log;
    Board& board;
    Exchange exchange;
};

struct WitnessCounts {
    std::atomic<std::uint64_t> cosignatures{0};  // verified, stored and shown
    std::atomic<std::uint64_t> failures{0};      // submissions that brought none
};

// The conversation with one witness, without a thread. Used by one thread at a time, but for the counts.
class Witnessing {
public:
    Witnessing(WitnessParts parts, WitnessAddress address) : parts_(std::move(parts)), address_(std::move(address)) {}

    // Submits the checkpoint with the proof that the witness needs. True when its cosignature is stored and shown. Throws
    // store::Unavailable and records::Damaged as the store does.
    bool submit(const Published& checkpoint);

    const std::string& name() const { return address_.key.name; }
    const WitnessCounts& counts() const { return counts_; }
    // As submit() counts it; reports only the first of several in a row.
    void failed(std::string_view why);

private:
    std::string body_of(const Published& checkpoint);
    // Learns how far the witness is; false when that is beyond us.
    bool learn(const http::Answer& conflict, const Published& checkpoint);
    bool take(const http::Answer& answer, const Published& checkpoint);

    const WitnessParts parts_;
    const WitnessAddress address_;
    std::uint64_t known_ = 0;  // the size that the witness cosigned last, as far as we know
    bool failing_ = false;
    WitnessCounts counts_;
};

// The thread of one witness: whatever it does or does not do, the log and the other witnesses go on.
class Witness {
public:
    // `pace`: between two submissions at least.
    Witness(WitnessParts parts, WitnessAddress address, std::chrono::milliseconds pace);
    // Waits for an exchange under way, at most limits::witness_deadline twice.
    ~Witness() = default;
    // Begins to stop, so that several stop at the same time.
    void stop() { thread_.request_stop(); }

    const std::string& name() const { return witnessing_.name(); }
    const WitnessCounts& counts() const { return witnessing_.counts(); }

private:
    void work(const std::stop_token& stop);

    const Board& board_;
    const std::chrono::milliseconds pace_;
    Witnessing witnessing_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::notary
