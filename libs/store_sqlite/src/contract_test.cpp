// SPDX-License-Identifier: Apache-2.0
#include "store/contract_suite.hpp"

#include <atomic>

#include "store/contract_timers.hpp"
#include "test_support.hpp"

namespace kelisim::store::contract {
namespace {

namespace sqlite = kelisim::store_sqlite;

class SqliteEngine final : public Engine {
public:
    SqliteEngine() : options_(sqlite::test::contract_options(directory_.path() / "data")) {
        options_.test_hooks.on_commit = [this] { return fault_.exchange(sqlite::CommitFault::none); };
        sqlite::init(options_);
        open();
    }

    Writer& writer() override { return database_->writer(); }
    Readers& readers() override { return database_->readers(); }
    std::size_t queue_units_max() const override { return options_.batches.queue_units_max; }
    void fail_next_commit(CommitFault fault) override {
        fault_ = fault == CommitFault::failed_and_lost ? sqlite::CommitFault::fails_and_is_lost
                                                       : sqlite::CommitFault::fails_though_durable;
    }
    void close() override { database_.reset(); }
    void open() override { database_ = sqlite::Database::open(options_); }

private:
    sqlite::test::TemporaryDirectory directory_;
    std::atomic<sqlite::CommitFault> fault_{sqlite::CommitFault::none};
    sqlite::Options options_;
    std::unique_ptr<sqlite::Database> database_;
};

const auto engines = testing::Values(EngineFactory{"sqlite", [] { return std::make_unique<SqliteEngine>(); }});
const auto name_of = [](const auto& engine) { return engine.param.name; };
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreTimers, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreOutbox, engines, name_of);

}  // namespace
}  // namespace kelisim::store::contract
