// SPDX-License-Identifier: Apache-2.0
// Messages that are refused before they are taken, counted in memory and written every few seconds: a flood of them becomes a handful
// of rows, and no flood of writes. What was counted since the last write is lost when the process is killed.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.hpp"
#include "records/refused_messages.hpp"
#include "registry/registry.hpp"
#include "store/alarm.hpp"
#include "store/writer.hpp"

namespace kelisim::gateway {

// Kinds of one moment that are held apart in memory, and new rows of one hour; what is more is counted together.
inline constexpr std::size_t refused_kinds_max = 1'000;
inline constexpr std::size_t refused_rows_hour_max = 5'000;
inline constexpr std::chrono::seconds refusals_written_every{3};

// Who sent a message, as far as it is known.
struct KnownSender {
    const registry::System* system = nullptr;
    bool proven = false;
};

// Thread-safe. What it was made from outlives it.
class Refusals {
public:
    Refusals(const records::RefusedMessages& messages, store::Writer& writer, const base::Clock& clock);
    ~Refusals();
    Refusals(const Refusals&) = delete;
    Refusals& operator=(const Refusals&) = delete;

    // Writes nothing, and waits for nobody who does.
    void count(records::Door door, const KnownSender& sender, const base::Reason& why, base::Time at);
    // Writes what was counted, in one unit; nothing where nothing was. On return everything counted before the call is durable.
    // Throws what the writer throws; the counts are kept then. Never on an io thread.
    void write();
    // Writes the last of it. The writer may go then.
    void stop();

    std::uint64_t units() const { return units_; }
    std::uint64_t failed() const { return failed_; }

private:
    using Counts = std::map<records::RefusedKind, std::int64_t>;
    struct Together {
        base::Time minute;
        std::int64_t times = 0;
    };

    void work();
    void write_or_note() noexcept;
    bool has_room(base::Time minute);
    void count_together(records::Door door, base::Time minute, std::int64_t times);
    Counts take();
    void put_back(const Counts& counts);

    const records::RefusedMessages& messages_;
    store::Writer& writer_;
    const base::Clock& clock_;
    store::Alarm alarm_;
    std::mutex writing_;
    std::mutex mutex_;  // of the next five
    Counts counts_;     // a kind whose count is nothing was written, and may come again in its minute
    base::Time minute_;
    std::array<Together, 3> together_;
    base::Time hour_;
    std::size_t rows_of_hour_ = 0;
    std::atomic<std::uint64_t> units_{0}, failed_{0};
    std::thread thread_;  // last: it uses the others
};

}  // namespace kelisim::gateway
