// SPDX-License-Identifier: Apache-2.0
#include "unit_session.hpp"

#include <fmt/format.h>

namespace kelisim::store_postgres {
namespace {

struct Own {
    template <class Same>
    std::variant<std::monostate, std::int64_t, std::string, base::Bytes> operator()(Same value) const {
        return value;
    }
    std::variant<std::monostate, std::int64_t, std::string, base::Bytes> operator()(std::string_view text) const {
        return std::string(text);
    }
    std::variant<std::monostate, std::int64_t, std::string, base::Bytes> operator()(base::BytesView bytes) const {
        return base::Bytes(bytes.begin(), bytes.end());
    }
};

}  // namespace

template <class Call>
auto UnitSession::in_savepoint(const store::Statement& statement, store::Params params, Call call) {
    if (!savepoint_) connection_.put_off("SAVEPOINT unit");
    savepoint_ = true;
    const auto changes_before = connection_.changes();
    try {
        auto answer = call();
        if (connection_.changes() != changes_before) note(statement, params);
        return answer;
    } catch (const store::Unavailable&) {
        throw;  // the batch is lost
    } catch (const std::exception&) {
        write_again();
        throw;
    }
}

std::size_t UnitSession::query_in_unit(const store::Statement& statement, store::Params params,
                                       const store::Visit& visit) {
    return in_savepoint(statement, params, [&] { return connection_.fetch(statement, values_of(params)); })
        .visit(visit);
}

std::size_t UnitSession::execute_in_unit(const store::Statement& statement, store::Params params) {
    return in_savepoint(statement, params, [&] { return connection_.execute(statement, values_of(params)); });
}

void UnitSession::note(const store::Statement& statement, store::Params params) {
    Written& last = written_.emplace_back(Written{&statement, {}});
    last.values.reserve(params.size());
    for (const store::Param& param : params)
        last.values.push_back(std::visit(Own{}, param));
}

void UnitSession::write_again() {
    connection_.put_off("ROLLBACK TO unit");
    try {
        for (const Written& written : written_) {
            std::vector<store::Param> params;
            for (const Value& value : written.values) {
                params.push_back(std::visit([](const auto& held) { return store::Param(held); }, value));
            }
            connection_.fetch(*written.statement, params);
        }
    } catch (const store::Unavailable&) {
        throw;
    } catch (const std::exception& failure) {
        throw store::Unavailable(fmt::format("a unit could not be written a second time: {}", failure.what()));
    }
}

void UnitSession::keep_unit() {
    if (savepoint_) connection_.put_off("RELEASE unit");
}

void UnitSession::undo_unit() {
    if (!savepoint_) return;
    connection_.put_off("ROLLBACK TO unit");
    connection_.put_off("RELEASE unit");
}

}  // namespace kelisim::store_postgres
