// SPDX-License-Identifier: Apache-2.0
#include "batch_writer.hpp"

#include <fmt/format.h>

#include <exception>

#include "database_lock.hpp"
#include "schema_steps.hpp"

namespace kelisim::store_postgres {
namespace {

const store::Statement read_number{"store_batch_number", "SELECT number FROM store_batch"};
const store::Statement mark{"store_batch_mark", "UPDATE store_batch SET number = ?1"};

}  // namespace

std::int64_t BatchWriter::open() {
    drop();
    if (taken_over_) throw store::Unavailable("another process has taken the database over");
    connection_.emplace(options_.connection, "kelisim writer");
    require_durability(*connection_, options_.test_hooks);
    take_lock();
    require_version(*connection_, options_.schema);
    const std::int64_t found = connection_->integer(read_number);
    require_ours(found);
    last_number_ = found;
    tried_number_.reset();
    readers_.renew();
    return found;
}

void BatchWriter::take_lock() {
    try {
        take_database_lock(*connection_, options_.lock_patience);
    } catch (const Locked& locked) {
        // The server may not have noticed yet that the former session's connection is gone.
        const bool by_us = locked.holder == holder_;
        if (last_number_ && !by_us) taken_over(locked.what());
        throw;
    }
    holder_ = session_of(*connection_);
}

void BatchWriter::require_ours(std::int64_t found) {
    if (!last_number_ || found == *last_number_ || found == tried_number_) return;
    taken_over(fmt::format("the last batch of the database is {}, and was {}", found, *last_number_));
}

void BatchWriter::taken_over(const std::string& how) {
    taken_over_ = true;
    drop();
    if (!options_.on_taken_over) std::terminate();
    options_.on_taken_over();
    throw store::Unavailable("another process has taken the database over: " + how);
}

void BatchWriter::drop() noexcept {
    session_.reset();
    connection_.reset();
}

void BatchWriter::begin() {
    connection_->put_off("BEGIN");
    changes_before_ = connection_->changes();
}

void BatchWriter::roll_back() {
    session_.reset();
    connection_->forget_put_off();
    connection_->put_off("ROLLBACK");
    connection_->flush();  // at once: whoever waits for us goes first
}

void BatchWriter::end() {
    connection_->forget_put_off();
    if (connection_->in_transaction()) connection_->post("COMMIT");
}

void BatchWriter::commit(std::int64_t number) {
    const auto& hook = options_.test_hooks.on_commit;
    const CommitFault fault = hook ? hook() : CommitFault::none;
    tried_number_ = number;
    if (fault == CommitFault::fails_and_is_lost) {
        drop();
        throw store::Unavailable("test hook: lost");
    }
    const store::Param parameter = number;
    connection_->commit_with(mark, {&parameter, 1});
    if (fault == CommitFault::fails_though_durable) throw store::Unavailable("test hook: durable");
    last_number_ = number;
}

}  // namespace kelisim::store_postgres
