// SPDX-License-Identifier: Apache-2.0
#include "records/rows.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement requests{"rows_of_requests", "SELECT id, state, -1, -1, expires FROM access_request"};
constexpr store::Statement consents{"rows_of_consents", "SELECT id, state, uses, counted, expires FROM consent"};
constexpr store::Statement uses{"rows_of_uses", "SELECT id, state, -1, -1, NULL FROM use_record"};
constexpr store::Statement tokens{
    "rows_of_tokens",
    "SELECT id, CASE WHEN revoked IS NULL THEN 0 ELSE 1 END, -1, -1, expires FROM token WHERE kind = 0"};

}  // namespace

void each_row(store::ReadSession& session, const std::function<void(const RowState&)>& visit) {
    const auto table = [&](std::string_view name, const store::Statement& statement) {
        session.query(statement, {}, [&](const store::Row& row) {
            RowState state{.table = name,
                           .id = id_at<base::RawId>(row, 0),
                           .state = row.integer(1),
                           .uses = row.integer(2),
                           .counted = row.integer(3),
                           .expires = {}};
            if (!row.null(4)) state.expires = time_at(row, 4);
            visit(state);
        });
    };
    table("request", requests);
    table("consent", consents);
    table("use", uses);
    table("token", tokens);
}

}  // namespace kelisim::records
