// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "store/group_commit.hpp"

namespace kelisim::store_sqlite {

// What one unit sees: its statements run inside a savepoint of the batch transaction, which opens with the first
// statement that writes, so that a unit which only looks costs none.
class UnitSession final : public store::UnitSession {
public:
    explicit UnitSession(Connection& connection) : connection_(connection) {}

private:
    std::size_t query_in_unit(const store::Statement& statement, store::Params params,
                              const store::Visit& visit) override;
    std::size_t execute_in_unit(const store::Statement& statement, store::Params params) override;
    void keep_unit() override;
    void undo_unit() override;

    void open_savepoint();
    void require_transaction() const;

    Connection& connection_;
    bool savepoint_ = false;
};

}  // namespace kelisim::store_sqlite
