// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "connection.hpp"
#include "store/group_commit.hpp"

namespace kelisim::store_postgres {

// What one unit sees: its statements run inside a savepoint of the batch transaction, which opens with the first of them.
//
// PostgreSQL takes back a transaction up to its last savepoint when a statement fails, and a unit may catch that and go
// on. So what the unit wrote before is written again then. A savepoint before each statement would do as well, at the
// price of a transaction id each.
class UnitSession final : public store::UnitSession {
public:
    explicit UnitSession(Connection& connection) : connection_(connection) {}

private:
    // Like store::Param, but owns what it holds.
    using Value = std::variant<std::monostate, std::int64_t, std::string, base::Bytes>;
    struct Written {
        const store::Statement* statement;
        std::vector<Value> values;
    };

    std::size_t query_in_unit(const store::Statement& statement, store::Params params,
                              const store::Visit& visit) override;
    std::size_t execute_in_unit(const store::Statement& statement, store::Params params) override;
    void keep_unit() override;
    void undo_unit() override;

    template <class Call>
    auto in_savepoint(const store::Statement& statement, store::Params params, Call call);
    void note(const store::Statement& statement, store::Params params);
    void write_again();

    Connection& connection_;
    bool savepoint_ = false;
    std::vector<Written> written_;
};

}  // namespace kelisim::store_postgres
