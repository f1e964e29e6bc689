// SPDX-License-Identifier: Apache-2.0
// What the contract suite is made of: the engine under test, its statements, and waiting without sleeping. For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "store/writer.hpp"

namespace kelisim::store::contract {

enum class CommitFault { reported_failed_though_durable, failed_and_lost };

// One fresh database of its own, with the table
//   contract_item(id bigint primary key, value text not null, data bytes, note text, number bigint)
// Its batches close only when the queue is empty.
class Engine {
public:
    virtual ~Engine() = default;
    virtual Writer& writer() = 0;
    virtual Readers& readers() = 0;
    virtual std::size_t queue_units_max() const = 0;
    // The next COMMIT of a batch that wrote goes wrong in this way.
    virtual void fail_next_commit(CommitFault fault) = 0;
    // Ends like a program that is told to stop, and starts again.
    virtual void close() = 0;
    virtual void open() = 0;
};

struct EngineFactory {
    std::string name;
    std::function<std::unique_ptr<Engine>()> make;

    friend std::ostream& operator<<(std::ostream& out, const EngineFactory& factory) { return out << factory.name; }
};

inline const Statement insert_item{"contract_insert", "INSERT INTO contract_item (id, value) VALUES (?1, ?2)"};
inline const Statement insert_all{
    "contract_insert_all", "INSERT INTO contract_item (id, value, data, note, number) VALUES (?1, ?2, ?3, ?4, ?5)"};
inline const Statement insert_or_keep{
    "contract_insert_or_keep", "INSERT INTO contract_item (id, value) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING"};
inline const Statement insert_returning{"contract_insert_returning",
                                        "INSERT INTO contract_item (id, value) VALUES (?1, ?2) RETURNING id, value"};
inline const Statement add_one{"contract_add_one", "UPDATE contract_item SET number = number + 1 WHERE id = ?1"};
inline const Statement select_item{"contract_select",
                                   "SELECT value, data, note, number FROM contract_item WHERE id = ?1"};
inline const Statement select_ids{"contract_select_ids", "SELECT id FROM contract_item ORDER BY id"};
inline const Statement nonsense{"contract_nonsense", "SELECT nothing FROM nowhere WHERE ?1 = 1"};

inline const base::Reason not_today{
    "contract_not_today", base::Kind::conflict, "", {"bügin emes", "не сегодня", "not today"}};

inline std::vector<std::int64_t> ids(ReadSession& session) {
    std::vector<std::int64_t> found;
    session.query(select_ids, {}, [&](const Row& row) { found.push_back(row.integer(0)); });
    return found;
}

// Opens once; whoever waits goes on.
class Gate {
public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();  // under the lock: whoever wakes may destroy the gate
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

// What the units of a test came to, in the order of their acknowledgement.
class Answers {
public:
    enum class Kind { done, duplicate, defect, ambiguous, busy, unavailable, other };
    struct Answer {
        std::string unit;
        Kind kind;
        bool operator==(const Answer&) const = default;
        friend std::ostream& operator<<(std::ostream& out, const Answer& answer) {
            return out << answer.unit << ":" << static_cast<int>(answer.kind);
        }
    };

    template <class F>
    void submit_to(Writer& writer, std::string unit, F work) {
        submit(writer, std::move(work), [this, unit = std::move(unit)](auto outcome) noexcept {
            add({unit, outcome.index() == 0 ? Kind::done : kind_of(std::get<1>(outcome))});
        });
    }
    void add(Answer answer) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::move(answer));
        changed_.notify_all();  // under the lock: whoever wakes may destroy the answers
    }
    std::vector<Answer> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return all_.size() >= count; });
        return all_;
    }
    static Kind kind_of(const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const Ambiguous&) {
            return Kind::ambiguous;
        } catch (const Busy&) {
            return Kind::busy;
        } catch (const Unavailable&) {
            return Kind::unavailable;
        } catch (const Duplicate&) {
            return Kind::duplicate;
        } catch (const Defect&) {
            return Kind::defect;
        } catch (...) {
            return Kind::other;
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Answer> all_;
};

}  // namespace kelisim::store::contract
