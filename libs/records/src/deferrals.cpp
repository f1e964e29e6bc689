// SPDX-License-Identifier: Apache-2.0
#include "records/deferrals.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

#define DEFERRAL_COLUMNS \
    "id, subject, request, asker, organisation, ground, law, month, begun, due, disclosed, how, sealed"

constexpr store::Statement insert{
    "deferral_insert",
    "INSERT INTO deferral (id, bucket, subject, request, asker, organisation, ground, law, month, begun, due, sealed) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"};
constexpr store::Statement change{"deferral_update",
                                  "UPDATE deferral SET due = ?3, disclosed = ?4, how = ?5, sealed = ?6 "
                                  "WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement by_id{"deferral_by_id",
                                 "SELECT " DEFERRAL_COLUMNS " FROM deferral WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement by_request{"deferral_by_request",
                                      "SELECT " DEFERRAL_COLUMNS " FROM deferral WHERE request = ?1 AND bucket = ?2"};
constexpr store::Statement all{"deferral_all", "SELECT " DEFERRAL_COLUMNS " FROM deferral ORDER BY id"};
constexpr store::Statement open_of_subject{
    "deferral_open_of_subject",
    "SELECT id FROM deferral WHERE subject = ?1 AND bucket = ?2 AND disclosed IS NULL ORDER BY id"};
constexpr store::Statement all_open{"deferral_open", "SELECT " DEFERRAL_COLUMNS
                                                     " FROM deferral "
                                                     "WHERE disclosed IS NULL AND id < ?1 ORDER BY id DESC LIMIT ?2"};
constexpr store::Statement asked_by{"deferral_of_asker", "SELECT " DEFERRAL_COLUMNS
                                                         " FROM deferral "
                                                         "WHERE asker = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"};
constexpr store::Statement sums{
    "deferral_totals",
    "SELECT organisation, asker, ground, law, count(*) - count(disclosed), count(disclosed), "
    "min(CASE WHEN disclosed IS NULL THEN due END) FROM deferral WHERE month = ?1 "
    "GROUP BY organisation, asker, ground, law ORDER BY organisation, asker, ground, law LIMIT ?2"};
constexpr store::Statement sum_open{"deferral_open_total",
                                    "SELECT count(*), min(due) FROM deferral WHERE disclosed IS NULL"};

constexpr store::Statement join_request{"deferral_join_request",
                                        "UPDATE access_request SET subject = ?1 WHERE subject = ?2"};
constexpr store::Statement join_consent{"deferral_join_consent",
                                        "UPDATE consent SET subject = ?1 WHERE id = ?2 AND bucket = ?3"};
constexpr store::Statement consent_of{"deferral_consent",
                                      "SELECT consent FROM access_request WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement join_refusals{"deferral_join_refusals",
                                         "UPDATE use_refusal SET subject = ?1 WHERE subject = ?2"};

std::int64_t bucket(const base::RawId& id) {
    return id.bucket().value;
}

}  // namespace

base::Bytes Deferrals::seal(const Deferral& deferral) const {
    const std::string body =
        boost::json::serialize(boost::json::object{{"law", boost::json::value_from(deferral.law_name)},
                                                   {"article", deferral.article},
                                                   {"decision", deferral.decision}});
    return vault_.archive().seal(base::as_bytes(body), deferral.id.bytes(), deferral.begun, entropy_);
}

Deferral Deferrals::read(const store::Row& row) const {
    const auto id = id_at<consent::SubjectId>(row, 0);
    const base::Bytes plain = vault_.archive().open(row.blob(12), id.bytes(), "deferral");
    const StoredJson json(base::as_text(plain), "deferral");
    const auto& body = json.value().as_object();
    Deferral deferral{.id = id,
                      .subject = id_at<consent::SubjectId>(row, 1),
                      .request = id_at<consent::RequestId>(row, 2),
                      .asker = std::string(row.text(3)),
                      .organisation = std::string(row.text(4)),
                      .ground = std::string(row.text(5)),
                      .law = std::string(row.text(6)),
                      .month = std::string(row.text(7)),
                      .begun = time_at(row, 8),
                      .due = time_at(row, 9),
                      .law_name = boost::json::value_to<registry::Name>(body.at("law")),
                      .article = std::string(body.at("article").as_string()),
                      .decision = std::string(body.at("decision").as_string())};
    if (!row.null(10)) {
        deferral.disclosed = time_at(row, 10);
        deferral.how = enum_at(row, 11, Disclosure::authorized_body);
    }
    return deferral;
}

void Deferrals::add(store::WriteSession& session, const Deferral& deferral) const {
    session.execute(
        insert, {deferral.id.bytes(), bucket(deferral.id), deferral.subject.bytes(), deferral.request.bytes(),
                 std::string_view(deferral.asker), std::string_view(deferral.organisation),
                 std::string_view(deferral.ground), std::string_view(deferral.law), std::string_view(deferral.month),
                 micros(deferral.begun), micros(deferral.due), seal(deferral)});
}

void Deferrals::update(store::WriteSession& session, const Deferral& deferral) const {
    const bool over = deferral.disclosed.has_value();
    const base::Bytes sealed = seal(deferral);
    const std::size_t changed =
        session.execute(change, {deferral.id.bytes(), bucket(deferral.id), micros(deferral.due),
                                 over ? store::Param(micros(*deferral.disclosed)) : store::Param(),
                                 over ? store::Param(number(deferral.how)) : store::Param(), sealed});
    if (changed != 1) throw Damaged("a deferral that was loaded is gone");
}

void Deferrals::join(store::WriteSession& session, const Deferral& deferral) const {
    std::optional<consent::ConsentId> consent;
    session.query(consent_of, {deferral.request.bytes(), bucket(deferral.request)}, [&](const store::Row& row) {
        if (!row.null(0)) consent = id_at<consent::ConsentId>(row, 0);
    });
    session.execute(join_request, {deferral.subject.bytes(), deferral.id.bytes()});
    if (consent) session.execute(join_consent, {deferral.subject.bytes(), consent->bytes(), bucket(*consent)});
    session.execute(join_refusals, {deferral.subject.bytes(), deferral.id.bytes()});
}

std::optional<Deferral> Deferrals::find(store::ReadSession& session, consent::SubjectId id) const {
    std::optional<Deferral> found;
    session.query(by_id, {id.bytes(), bucket(id)}, [&](const store::Row& row) { found = read(row); });
    return found;
}

std::optional<Deferral> Deferrals::of_request(store::ReadSession& session, consent::RequestId request) const {
    std::optional<Deferral> found;
    session.query(by_request, {request.bytes(), bucket(request)}, [&](const store::Row& row) { found = read(row); });
    return found;
}

void Deferrals::each(store::ReadSession& session, const std::function<void(const Deferral&)>& visit) const {
    session.query(all, {}, [&](const store::Row& row) { visit(read(row)); });
}

std::vector<consent::SubjectId> Deferrals::open_of(store::ReadSession& session, consent::SubjectId subject) const {
    std::vector<consent::SubjectId> found;
    session.query(open_of_subject, {subject.bytes(), bucket(subject)},
                  [&](const store::Row& row) { found.push_back(id_at<consent::SubjectId>(row, 0)); });
    return found;
}

std::vector<Deferral> Deferrals::open(store::ReadSession& session, const std::optional<base::RawId>& before,
                                      std::size_t max) const {
    std::vector<Deferral> found;
    session.query(all_open, {before_bytes(before), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

std::vector<Deferral> Deferrals::of_asker(store::ReadSession& session, std::string_view asker,
                                          const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<Deferral> found;
    session.query(asked_by, {asker, before_bytes(before), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

std::vector<Deferrals::Total> Deferrals::totals(store::ReadSession& session, std::string_view month,
                                                std::size_t max) const {
    std::vector<Total> totals;
    session.query(sums, {month, static_cast<std::int64_t>(max)}, [&](const store::Row& row) {
        Total total{.organisation = std::string(row.text(0)),
                    .asker = std::string(row.text(1)),
                    .ground = std::string(row.text(2)),
                    .law = std::string(row.text(3)),
                    .open = row.integer(4),
                    .disclosed = row.integer(5),
                    .oldest_due = {}};
        if (!row.null(6)) total.oldest_due = time_at(row, 6);
        totals.push_back(std::move(total));
    });
    return totals;
}

Deferrals::Open Deferrals::open_total(store::ReadSession& session) const {
    Open open;
    session.query(sum_open, {}, [&](const store::Row& row) {
        open.count = row.integer(0);
        if (!row.null(1)) open.oldest_due = time_at(row, 1);
    });
    return open;
}

}  // namespace kelisim::records
