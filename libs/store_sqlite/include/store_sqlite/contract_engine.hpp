// SPDX-License-Identifier: Apache-2.0
// This engine as contract suites see it, in a directory that goes away. For tests.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "store/contract_support.hpp"
#include "store/temporary_directory.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::store_sqlite {

class ContractEngine final : public store::contract::Engine {
public:
    // Its directory and the hook of its commits are its own.
    explicit ContractEngine(Options options) : options_(std::move(options)) {
        options_.directory = directory_.path() / "data";
        options_.test_hooks.on_commit = [this] { return fault_.exchange(CommitFault::none); };
        init(options_);
        open();
    }

    store::Writer& writer() override { return database_->writer(); }
    store::Readers& readers() override { return database_->readers(); }
    std::size_t queue_units_max() const override { return options_.batches.queue_units_max; }
    void fail_next_commit(store::contract::CommitFault fault) override {
        fault_ = fault == store::contract::CommitFault::failed_and_lost ? CommitFault::fails_and_is_lost
                                                                        : CommitFault::fails_though_durable;
    }
    void close() override { database_.reset(); }
    void open() override { database_ = Database::open(options_); }

private:
    store::contract::TemporaryDirectory directory_;
    std::atomic<CommitFault> fault_{CommitFault::none};
    Options options_;
    std::unique_ptr<Database> database_;
};

}  // namespace kelisim::store_sqlite
