// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "store/group_commit.hpp"

namespace kelisim::store_sqlite {

// How one unit is taken back without the others of its batch. A savepoint, which opens with the first statement that
// writes, makes SQLite keep a copy of every page that the unit changes. Hardly any unit is taken back, so none is
// opened at first, and a unit that has written and is to be taken back has its whole batch run again, with savepoints.
enum class Undoing { by_savepoint, by_running_the_batch_again };

class UnitSession final : public store::UnitSession {
public:
    UnitSession(Connection& connection, Undoing undoing)
        : connection_(connection), undoing_(undoing), changes_before_(connection.changes()) {}

private:
    std::size_t query_in_unit(const store::Statement& statement, store::Params params,
                              const store::Visit& visit) override;
    std::size_t execute_in_unit(const store::Statement& statement, store::Params params) override;
    void keep_unit() override;
    void undo_unit() override;

    void open_savepoint();
    void require_transaction() const;

    Connection& connection_;
    const Undoing undoing_;
    const std::int64_t changes_before_;
    bool savepoint_ = false;
};

}  // namespace kelisim::store_sqlite
