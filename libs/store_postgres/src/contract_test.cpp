// SPDX-License-Identifier: Apache-2.0
#include "store/contract_suite.hpp"

#include <atomic>

#include "store/contract_timers.hpp"
#include "test_support.hpp"

namespace kelisim::store::contract {
namespace {

namespace postgres = kelisim::store_postgres;

class PostgresEngine final : public Engine {
public:
    PostgresEngine() : options_(postgres::test::contract_options(postgres::test::shared_server())) {
        options_.test_hooks.on_commit = [this] { return fault_.exchange(postgres::CommitFault::none); };
        postgres::init(options_);
        open();
    }

    Writer& writer() override { return database_->writer(); }
    Readers& readers() override { return database_->readers(); }
    std::size_t queue_units_max() const override { return options_.batches.queue_units_max; }
    void fail_next_commit(CommitFault fault) override {
        fault_ = fault == CommitFault::failed_and_lost ? postgres::CommitFault::fails_and_is_lost
                                                       : postgres::CommitFault::fails_though_durable;
    }
    void close() override { database_.reset(); }
    void open() override { database_ = postgres::Database::open(options_); }

private:
    std::atomic<postgres::CommitFault> fault_{postgres::CommitFault::none};
    postgres::Options options_;
    std::unique_ptr<postgres::Database> database_;
};

const auto engines = testing::Values(EngineFactory{"postgres", [] { return std::make_unique<PostgresEngine>(); }});
const auto name_of = [](const auto& engine) { return engine.param.name; };
INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreTimers, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreOutbox, engines, name_of);

}  // namespace
}  // namespace kelisim::store::contract
