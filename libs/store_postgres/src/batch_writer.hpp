// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "connection.hpp"
#include "reader_pool.hpp"
#include "store/group_commit.hpp"
#include "store_postgres/options.hpp"
#include "unit_session.hpp"

namespace kelisim::store_postgres {

// The session that writes: batches are its transactions, at REPEATABLE READ, and it holds the database's lock.
//
// A session that was lost is replaced by one that has taken the lock again: then its last transaction has ended one way or
// the other, and store_batch tells which. When another process wrote meanwhile, or holds the lock, this one has been
// taken over (Options::on_taken_over).
class BatchWriter final : private store::BatchEngine {
public:
    // Throws base::Outage.
    BatchWriter(const Options& options, ReaderPool& readers)
        : options_(options), readers_(readers), units_(*this, options.batches) {}

    store::Writer& writer() { return units_; }

    // Answers what was accepted and ends the thread; then submit() throws.
    void close() { units_.close(); }

    void add_to(store::Statistics& statistics) const { units_.add_to(statistics); }

private:
    std::int64_t open() override;
    bool is_open() override { return connection_ && connection_->alive(); }
    void drop() noexcept override;
    void begin() override;
    void roll_back() override;
    store::UnitSession& unit() override { return session_.emplace(*connection_); }
    bool wrote() override { return connection_->changes() != changes_before_; }
    void end() override;
    void commit(std::int64_t number) override;

    void take_lock();
    void require_ours(std::int64_t found);
    [[noreturn]] void taken_over(const std::string& how);

    const Options options_;
    ReaderPool& readers_;
    std::optional<Connection> connection_;
    std::optional<UnitSession> session_;
    std::uint64_t changes_before_ = 0;

    std::string holder_;  // the session that held the lock for this process last
    std::optional<std::int64_t> last_number_;
    std::optional<std::int64_t> tried_number_;
    bool taken_over_ = false;

    store::GroupCommit units_;  // last: its thread uses all of the above
};

}  // namespace kelisim::store_postgres
