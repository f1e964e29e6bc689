// SPDX-License-Identifier: Apache-2.0
#include "unit_session.hpp"

#include "store/writer.hpp"

namespace kelisim::store_sqlite {
namespace {

const store::Statement savepoint{"savepoint", "SAVEPOINT unit"};
const store::Statement release{"release", "RELEASE unit"};
const store::Statement rollback_to{"rollback_to", "ROLLBACK TO unit"};

}  // namespace

template <class Call>
auto UnitSession::watched(Call call) {
    try {
        return call();
    } catch (const store::Unavailable&) {
        engine_failed_ = true;
        throw;
    }
}

void UnitSession::open_savepoint() {
    if (savepoint_) return;
    connection_.query(savepoint, {}, nullptr);
    savepoint_ = true;
}

std::size_t UnitSession::query(const store::Statement& statement, store::Params params, const store::Visit& visit) {
    return watched([&] {
        if (connection_.writes(statement)) open_savepoint();  // INSERT ... RETURNING
        return connection_.query(statement, params, visit);
    });
}

std::size_t UnitSession::execute(const store::Statement& statement, store::Params params) {
    return watched([&] {
        open_savepoint();
        return connection_.execute(statement, params);
    });
}

std::vector<std::function<void()>> UnitSession::keep() {
    watched([&] {
        if (savepoint_) connection_.query(release, {}, nullptr);
    });
    return std::move(actions_);
}

void UnitSession::undo() {
    watched([&] {
        if (!savepoint_) return;
        connection_.query(rollback_to, {}, nullptr);
        connection_.query(release, {}, nullptr);
    });
}

}  // namespace kelisim::store_sqlite
