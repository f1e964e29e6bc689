// SPDX-License-Identifier: Apache-2.0
#include "unit_session.hpp"

#include "store/writer.hpp"

namespace kelisim::store_sqlite {
namespace {

const store::Statement savepoint{"savepoint", "SAVEPOINT unit"};
const store::Statement release{"release", "RELEASE unit"};
const store::Statement rollback_to{"rollback_to", "ROLLBACK TO unit"};

}  // namespace

void UnitSession::open_savepoint() {
    if (savepoint_ || undoing_ == Undoing::by_running_the_batch_again) return;
    connection_.query(savepoint, {}, nullptr);
    savepoint_ = true;
}

// Some failures make SQLite roll the whole transaction back by itself.
void UnitSession::require_transaction() const {
    if (!connection_.in_transaction()) throw store::Unavailable("the engine failed inside a unit");
}

std::size_t UnitSession::query_in_unit(const store::Statement& statement, store::Params params,
                                       const store::Visit& visit) {
    if (connection_.writes(statement)) open_savepoint();  // INSERT ... RETURNING
    return connection_.query(statement, params, visit);
}

std::size_t UnitSession::execute_in_unit(const store::Statement& statement, store::Params params) {
    open_savepoint();
    return connection_.execute(statement, params);
}

void UnitSession::keep_unit() {
    require_transaction();
    if (savepoint_) connection_.query(release, {}, nullptr);
}

void UnitSession::undo_unit() {
    require_transaction();
    if (connection_.changes() != changes_before_ && !savepoint_) throw store::RunAgain("a unit is taken back");
    if (!savepoint_) return;
    connection_.query(rollback_to, {}, nullptr);
    connection_.query(release, {}, nullptr);
}

}  // namespace kelisim::store_sqlite
