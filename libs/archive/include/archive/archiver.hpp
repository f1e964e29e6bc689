// SPDX-License-Identifier: Apache-2.0
// "сведения ... архивируются периодически" (418-V ст.40(2)): what is older than a term goes from the live tables into files, one
// bounded file at a time, and the writer is asked for small units only.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "archive/files.hpp"
#include "archive/seal.hpp"
#include "base/clock.hpp"
#include "store/writer.hpp"

namespace kelisim::archive {

// After which of the steps of one file; for tests, which end the process there.
enum class Step { written, renamed, persons_noted, registered, deleted_some, emptied };

struct ArchivingOptions {
    std::chrono::days term{365};  // younger entries stay live
    std::int64_t tiles = 64;      // of 256 entries, in one file
    std::chrono::days scrub{7};   // in which every file is read once
    std::size_t rows_a_unit = 500;
    store_sqlite::TestHooks hooks = {};
    std::function<void(Step)> after = {};
};

struct ArchivingParts {
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    base::Entropy& entropy;
    telemetry::Log& log;
    const Files& files;
    std::string ledger;  // name of the log
    crypto::Ed25519Key key;
    std::function<std::uint64_t()> signed_size;  // leaves under the newest checkpoint
};

struct ArchivingCounts {
    std::atomic<std::uint64_t> sealed{0};    // files since the start
    std::atomic<std::uint64_t> failures{0};  // attempts that ended with an outage or a finding
    std::atomic<std::uint64_t> checked{0};   // files that the scrub read through
};

// The steps, without a thread. Used by one thread at a time, but for the counts. Throws base::Outage (a full disk, a directory that
// cannot be written, damage): then nothing is lost, and the next call goes on where this one ended.
class Archiving {
public:
    // Throws base::Outage where the options are beyond base::limits.
    Archiving(ArchivingParts parts, ArchivingOptions options);

    // Brings one file about, from the snapshot to the last live row; or ends what an earlier process began. False when nothing is
    // old enough.
    bool step();
    // Whether all files are there, and one of them is read through: those longest unread first. False when there are none.
    bool scrub();
    base::Duration scrub_pause();

    const ArchivingCounts& counts() const { return counts_; }
    void failed(std::string_view why);  // counts, and tells the log

private:
    std::optional<Range> next_range(store::ReadSession& session, const std::optional<records::Archive>& newest);
    std::optional<Sealed> write(const Range& range, const std::filesystem::path& file);
    void put_in_place(records::Archive& archive, const std::filesystem::path& file) const;
    void note_persons(const Sealed& sealed);
    void enter(records::Archive archive);
    void empty(const records::Archive& archive);
    void empty_uses(const records::Archive& archive);
    void after(Step step) const {
        if (options_.after) options_.after(step);
    }

    const ArchivingParts parts_;
    const ArchivingOptions options_;
    ArchivingCounts counts_;
    std::int64_t scrubbed_ = 0;  // number of the file that was read last
};

// The thread. Works when it is rung, and goes on until nothing is left to do; after a failure it tries again, with growing pauses.
class Archiver {
public:
    Archiver(ArchivingParts parts, const ArchivingOptions& options);
    ~Archiver();  // ends at the next step
    Archiver(const Archiver&) = delete;
    Archiver& operator=(const Archiver&) = delete;

    void ring();  // from any thread; returns at once
    const ArchivingCounts& counts() const { return archiving_.counts(); }

private:
    void work(const std::stop_token& stop);

    Archiving archiving_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool rung_ = true;     // what an earlier process left
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::archive
