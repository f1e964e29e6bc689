// SPDX-License-Identifier: Apache-2.0
// Group commit, said once for every engine: a bounded queue, batches, acknowledgement after the disk, and what is done
// when a COMMIT left it open whether its batch is there.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/statistics.hpp"
#include "store/writer.hpp"

namespace kelisim::store {

// The engine wants the batch run again from its start: another transaction was in its way, or a unit is to be taken back
// and cannot be without the others.
class RunAgain : public Unavailable {
public:
    using Unavailable::Unavailable;
};

using Actions = std::vector<std::function<void()>>;

// What one unit sees, inside the batch transaction.
class UnitSession : public WriteSession {
public:
    std::size_t query(const Statement& statement, Params params, const Visit& visit) final;
    std::size_t execute(const Statement& statement, Params params) final;
    void after_commit(std::function<void()> action) final { actions_.push_back(std::move(action)); }

    // Exactly one of the two ends the unit. Both throw Unavailable when the engine fails; undo() may throw RunAgain.
    Actions keep();
    void undo();

    // Throws what the engine threw at any statement, even if the unit caught it: the batch cannot be trusted.
    void require_engine() const;

private:
    virtual std::size_t query_in_unit(const Statement& statement, Params params, const Visit& visit) = 0;
    virtual std::size_t execute_in_unit(const Statement& statement, Params params) = 0;
    virtual void keep_unit() = 0;
    virtual void undo_unit() = 0;
    template <class Call>
    auto watched(Call call);

    Actions actions_;
    std::exception_ptr engine_failure_;
};

// One engine's connection that writes, as GroupCommit drives it. Everything is called on the writer's thread, apart from
// the first open(), which comes before that thread is there. Errors: Unavailable; anything else counts as such.
class BatchEngine {
public:
    virtual ~BatchEngine() = default;
    // Opens, or opens again after drop(), so that everything durable is there to see. Returns the number of the last
    // batch that wrote.
    virtual std::int64_t open() = 0;
    virtual bool is_open() = 0;
    // Leaves whatever was under way.
    virtual void drop() noexcept = 0;

    virtual void begin() = 0;
    // Ends the transaction of a batch that is to be run again.
    virtual void roll_back() = 0;
    // A new session for the next unit; the one before it ends.
    virtual UnitSession& unit() = 0;
    // True when the batch changed a row, be it one that was changed back.
    virtual bool wrote() = 0;
    // Ends a batch that wrote nothing.
    virtual void end() = 0;
    // Leaves `number` in the batch and makes it durable. RunAgain says that it is not; any other failure leaves that open.
    virtual void commit(std::int64_t number) = 0;
    // Between two batches, after GroupCommit::call_engine() or when the engine asked for it.
    virtual void attend() {}
};

struct GroupCommitOptions {
    std::size_t queue_units_max = 16'384;  // one more is Busy
    std::size_t batch_units_max = 2'048;   // a batch is closed at either bound
    std::chrono::milliseconds batch_time_max{10};
    // After a failed reopening, no other is tried for so long, twice as long each time up to a second.
    std::chrono::milliseconds reopen_pause{10};
};

// The one writer: a thread that takes units from a bounded queue and commits them in batches.
//
// After any failure the engine is dropped, and opened again before the next batch: every batch that writes leaves its
// number in the database, which tells whether one whose COMMIT failed is there. Until that has succeeded units are
// answered with Unavailable; each new batch makes at most one attempt, and none within the pause after a failed one.
class GroupCommit final : public Writer {
public:
    // Opens the engine, which outlives it. Throws what the engine does.
    GroupCommit(BatchEngine& engine, const GroupCommitOptions& options);
    ~GroupCommit() override;

    void submit(std::unique_ptr<Unit> unit) override;

    // Answers what was accepted and ends the thread; then submit() throws.
    void close();

    // Has the engine attend() to itself between two batches, the last time when closing; thread-safe.
    void call_engine();

    // On the writer's thread, between two batches: opens the engine if it is not, as the next batch would. False when it
    // cannot be opened yet: the next batch tries again, and is answered with the reason.
    bool open_again();

    // Fills in what is known here.
    void add_to(Statistics& statistics) const;

private:
    struct Entry {
        std::unique_ptr<Unit> unit;
        Actions actions;
        std::exception_ptr failure;
    };
    using Batch = std::vector<Entry>;
    // A batch whose COMMIT failed: is it there?
    struct Doubt {
        std::int64_t number;
        Actions actions;
    };

    void work();
    bool wait_for_work();
    bool engine_was_called();
    bool take_into(Batch& batch);
    void run_batch();
    void store_batch(Batch& batch);
    void try_batch(Batch& batch);
    void run_unit(Entry& entry);
    void commit(Batch& batch);
    void settle(Batch& batch, const std::exception_ptr& failure) noexcept;
    static Actions actions_of(Batch& batch);
    static void run_all(const Actions& actions) noexcept;
    void ensure_open();

    BatchEngine& engine_;
    const GroupCommitOptions options_;

    // The writer's thread alone.
    std::optional<Doubt> doubt_;
    std::int64_t last_number_ = 0;
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point no_attempt_before_{};

    mutable std::mutex mutex_;
    std::condition_variable work_came_;
    std::deque<std::unique_ptr<Unit>> queue_;
    bool closing_ = false;
    bool engine_called_ = false;

    std::atomic<std::uint64_t> units_{0};
    std::atomic<std::uint64_t> batches_{0};
    std::atomic<std::uint64_t> failed_batches_{0};
    std::atomic<std::uint64_t> reopens_{0};
    Histogram commit_times_;
    Histogram batch_times_;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::store
