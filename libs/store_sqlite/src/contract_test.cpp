// SPDX-License-Identifier: Apache-2.0
#include "store/contract_suite.hpp"

#include "store/contract_timers.hpp"
#include "store_sqlite/contract_engine.hpp"
#include "test_support.hpp"

namespace kelisim::store::contract {
namespace {

std::unique_ptr<Engine> make() {
    return std::make_unique<store_sqlite::ContractEngine>(store_sqlite::test::contract_options({}));
}

const auto engines = testing::Values(EngineFactory{"sqlite", make});
const auto name_of = [](const auto& engine) { return engine.param.name; };
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreTimers, engines, name_of);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreOutbox, engines, name_of);

}  // namespace
}  // namespace kelisim::store::contract
