// SPDX-License-Identifier: Apache-2.0
#include "reader_pool.hpp"

#include <algorithm>

namespace kelisim::store_postgres {
namespace {

class Session final : public store::ReadSession {
public:
    explicit Session(Connection& connection) : connection_(connection) {}

    std::size_t query(const store::Statement& statement, store::Params params, const store::Visit& visit) override {
        return connection_.stream(statement, values_of(params), visit);
    }

private:
    Connection& connection_;
};

// Ends the transaction, if it was begun at all, without waiting for the answer.
void finish(Connection& connection, const char* command) {
    connection.forget_put_off();
    if (connection.in_transaction()) connection.post(command);
}

}  // namespace

ReaderPool::ReaderPool(const Options& options)
    : connection_(options.connection), slots_(std::max<std::size_t>(1, options.readers)) {}

void ReaderPool::read(const std::function<void(store::ReadSession&)>& look) {
    Slot& slot = acquire();
    try {
        look_through(slot, look);
    } catch (...) {
        release(slot);
        throw;
    }
    release(slot);
}

void ReaderPool::look_through(Slot& slot, const std::function<void(store::ReadSession&)>& look) {
    connect(slot);
    try {
        // Repeatable read (Connection): the first query takes the snapshot of all that follow. Read only: the server refuses
        // whatever would write.
        slot.connection->put_off("BEGIN READ ONLY");
        Session session(*slot.connection);
        look(session);
        finish(*slot.connection, "COMMIT");
    } catch (const store::Unavailable&) {
        slot.connection.reset();
        throw;
    } catch (...) {
        finish(*slot.connection, "ROLLBACK");
        throw;
    }
}

void ReaderPool::connect(Slot& slot) {
    std::uint64_t generation = 0;
    {
        const std::lock_guard lock(mutex_);
        generation = generation_;
    }
    if (slot.connection && slot.generation == generation && slot.connection->alive()) return;
    slot.connection.reset();
    slot.connection = std::make_unique<Connection>(connection_, "kelisim reader");
    slot.generation = generation;
}

ReaderPool::Slot& ReaderPool::acquire() {
    std::unique_lock lock(mutex_);
    auto free = slots_.end();
    freed_.wait(lock, [&] {
        free = std::find_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.used; });
        return free != slots_.end();
    });
    free->used = true;
    return *free;
}

void ReaderPool::release(Slot& slot) {
    {
        const std::lock_guard lock(mutex_);
        slot.used = false;
    }
    freed_.notify_one();
}

void ReaderPool::renew() {
    const std::lock_guard lock(mutex_);
    ++generation_;
}

}  // namespace kelisim::store_postgres
