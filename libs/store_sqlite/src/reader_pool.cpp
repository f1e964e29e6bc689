// SPDX-License-Identifier: Apache-2.0
#include "reader_pool.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace kelisim::store_sqlite {
namespace {

const store::Statement begin{"begin", "BEGIN"};
const store::Statement end{"commit", "COMMIT"};

}  // namespace

class ReaderPool::Session final : public store::ReadSession {
public:
    explicit Session(Slot& slot) : slot_(slot) {}

    std::size_t query(const store::Statement& statement, store::Params params, const store::Visit& visit) override {
        // Between two queries SQLite forgets an interrupt, but the transaction still holds the log.
        if (slot_.cut) throw store::Unavailable("the read took too long and was cut off");
        if (slot_.connection->writes(statement)) throw store::Defect(std::string(statement.name) + " may only read");
        return slot_.connection->query(statement, params, visit);
    }

private:
    Slot& slot_;
};

ReaderPool::ReaderPool(const Options& options, std::filesystem::path file)
    : hooks_(options.test_hooks), file_(std::move(file)), slots_(std::max<std::size_t>(1, options.readers)) {}

std::unique_ptr<Connection> ReaderPool::connect() const {
    return std::make_unique<Connection>(file_, Connection::Access::read, hooks_);
}

void ReaderPool::read(const std::function<void(store::ReadSession&)>& look) {
    Slot& slot = acquire();
    try {
        look_through(slot, look);
    } catch (...) {
        replace(slot, nullptr);  // goes with its transaction, whatever state that is in
        release(slot);
        throw;
    }
    release(slot);
}

void ReaderPool::look_through(Slot& slot, const std::function<void(store::ReadSession&)>& look) {
    if (!slot.connection) replace(slot, connect());
    slot.connection->query(begin, {}, nullptr);
    Session session(slot);
    look(session);
    slot.connection->query(end, {}, nullptr);
}

ReaderPool::Slot& ReaderPool::acquire() {
    std::unique_lock lock(mutex_);
    auto free = slots_.end();
    freed_.wait(lock, [&] {
        if (paused_) return false;
        free = std::find_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.used; });
        return free != slots_.end();
    });
    free->used = true;
    free->cut = false;
    return *free;
}

void ReaderPool::release(Slot& slot) {
    {
        const std::lock_guard lock(mutex_);
        slot.used = false;
    }
    freed_.notify_all();  // readers and pause() wait on it
}

void ReaderPool::replace(Slot& slot, std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    slot.connection = std::move(connection);
}

void ReaderPool::interrupt() {
    const std::lock_guard lock(mutex_);
    interrupt_used();
}

bool ReaderPool::pause(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    paused_ = true;
    interrupt_used();
    const bool idle = freed_.wait_for(lock, at_most, [&] {
        return std::none_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.used; });
    });
    if (idle) {
        for (Slot& slot : slots_)
            slot.connection.reset();
    } else {
        paused_ = false;
        freed_.notify_all();
    }
    return idle;
}

void ReaderPool::resume() {
    {
        const std::lock_guard lock(mutex_);
        paused_ = false;
    }
    freed_.notify_all();
}

void ReaderPool::interrupt_used() {
    for (Slot& slot : slots_) {
        if (!slot.used || !slot.connection) continue;
        slot.cut = true;
        sqlite3_interrupt(slot.connection->handle());
    }
}

}  // namespace kelisim::store_sqlite
