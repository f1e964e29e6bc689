// SPDX-License-Identifier: Apache-2.0
#include "store/contract_suite.hpp"

#include "store/contract_timers.hpp"
#include "store_postgres/contract_engine.hpp"
#include "test_support.hpp"

namespace kelisim::store::contract {
namespace {

std::unique_ptr<Engine> make() {
    return std::make_unique<store_postgres::ContractEngine>(
        store_postgres::test::contract_options(store_postgres::test::shared_server()));
}

const auto engines = testing::Values(EngineFactory{"postgres", make});
const auto name_of = [](const auto& engine) { return engine.param.name; };
INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreTimers, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreOutbox, engines, name_of);

}  // namespace
}  // namespace kelisim::store::contract
