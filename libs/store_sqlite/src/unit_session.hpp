// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "connection.hpp"
#include "store/session.hpp"

namespace kelisim::store_sqlite {

// What one unit sees: its statements run inside a savepoint of the batch transaction, which opens with the first
// statement that writes, so that a unit which only looks costs none.
class UnitSession final : public store::WriteSession {
public:
    explicit UnitSession(Connection& connection) : connection_(connection) {}

    std::size_t query(const store::Statement& statement, store::Params params, const store::Visit& visit) override;
    std::size_t execute(const store::Statement& statement, store::Params params) override;
    void after_commit(std::function<void()> action) override { actions_.push_back(std::move(action)); }

    // Exactly one of the two ends the unit. Both throw store::Unavailable when the engine fails.
    std::vector<std::function<void()>> keep();
    void undo();

    // True once any statement met a failure of the engine, even if the unit caught it: the batch cannot be trusted.
    bool engine_failed() const { return engine_failed_; }

private:
    template <class Call>
    auto watched(Call call);
    void open_savepoint();

    Connection& connection_;
    std::vector<std::function<void()>> actions_;
    bool savepoint_ = false;
    bool engine_failed_ = false;
};

}  // namespace kelisim::store_sqlite
