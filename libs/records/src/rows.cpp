// SPDX-License-Identifier: Apache-2.0
#include "records/rows.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement requests{"rows_of_requests",
                                    "SELECT id, state, -1, -1, expires, subject FROM access_request"};
constexpr store::Statement consents{"rows_of_consents",
                                    "SELECT id, state, uses, counted, expires, subject FROM consent"};
constexpr store::Statement uses{
    "rows_of_uses",
    "SELECT u.id, u.state, -1, -1, NULL, c.subject FROM use_record u JOIN consent c ON c.id = u.consent"};
// A file names the person, so that it can be searched without the rest.
constexpr store::Statement archived_uses{"rows_of_archived_uses",
                                         "SELECT id, state, -1, -1, NULL, subject FROM use_record"};
constexpr store::Statement tokens{
    "rows_of_tokens",
    "SELECT t.id, CASE WHEN t.revoked IS NULL THEN 0 ELSE 1 END, -1, -1, t.expires, c.subject "
    "FROM token t JOIN consent c ON c.id = t.consent WHERE t.kind <> 1"};

void each_of(store::ReadSession& session, std::string_view name, const store::Statement& statement,
             const std::function<void(const RowState&)>& visit) {
    session.query(statement, {}, [&](const store::Row& row) {
        RowState state{.table = name,
                       .id = id_at<base::RawId>(row, 0),
                       .subject = id_at<consent::SubjectId>(row, 5),
                       .state = row.integer(1),
                       .uses = row.integer(2),
                       .counted = row.integer(3),
                       .expires = {}};
        if (!row.null(4)) state.expires = time_at(row, 4);
        visit(state);
    });
}

}  // namespace

void each_row(store::ReadSession& session, const std::function<void(const RowState&)>& visit) {
    each_of(session, "request", requests, visit);
    each_of(session, "consent", consents, visit);
    each_of(session, "use", uses, visit);
    each_of(session, "token", tokens, visit);
}

void each_archived_use(store::ReadSession& session, const Archives& archives,
                       const std::function<void(const RowState&)>& visit) {
    std::int64_t number = 0;
    for (auto next = archives.after(session, number, 1); !next.empty(); next = archives.after(session, number, 1)) {
        number = next.front().number;
        archives.read(next.front(), [&](store::ReadSession& file) { each_of(file, "use", archived_uses, visit); });
    }
}

namespace {

constexpr store::Statement requests_of{"requests_of_subject",
                                       "SELECT id FROM access_request WHERE subject = ?1 ORDER BY id"};
constexpr store::Statement consents_of{"consents_of_subject", "SELECT id FROM consent WHERE subject = ?1 ORDER BY id"};
constexpr store::Statement reserved_of{
    "reserved_of_subject",
    "SELECT id FROM use_record WHERE state = 0 AND consent IN (SELECT id FROM consent WHERE subject = ?1) ORDER BY id"};

template <class Id>
std::vector<Id> ids(store::ReadSession& session, const store::Statement& statement, consent::SubjectId subject) {
    std::vector<Id> found;
    session.query(statement, {subject.bytes()}, [&](const store::Row& row) { found.push_back(id_at<Id>(row, 0)); });
    return found;
}

}  // namespace

SubjectRows rows_of(store::ReadSession& session, consent::SubjectId subject) {
    return {.requests = ids<consent::RequestId>(session, requests_of, subject),
            .consents = ids<consent::ConsentId>(session, consents_of, subject),
            .reserved_uses = ids<consent::UseId>(session, reserved_of, subject)};
}

}  // namespace kelisim::records
