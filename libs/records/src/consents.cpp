// SPDX-License-Identifier: Apache-2.0
#include "records/consents.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "consent_insert",
    "INSERT INTO consent (id, bucket, subject, request, state, version, uses, counted, granted, expires, sealed, "
    "uses_max) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"};
constexpr store::Statement change{
    "consent_update",
    "UPDATE consent SET state = ?1, version = ?2, uses = ?3, counted = ?4, expires = ?5, last_use = ?8, day = ?9, "
    "uses_today = ?10, shown = ?11, chained = ?12, marks = ?13 WHERE id = ?6 AND bucket = ?7"};
constexpr store::Statement by_id{
    "consent_by_id",
    "SELECT state, expires, subject, request, version, uses, counted, granted, sealed, uses_max, last_use, day, "
    "uses_today, shown, chained, marks FROM consent WHERE id = ?1 AND bucket = ?2"};

constexpr auto last_state = consent::ConsentState::invalidated;

constexpr std::size_t shown_bytes = 1 + 16;

base::Bytes write_shown(const std::vector<consent::Shown>& shown) {
    base::Bytes bytes;
    bytes.reserve(shown.size() * shown_bytes);
    for (const consent::Shown& one : shown) {
        bytes.push_back(one.service);
        bytes.insert(bytes.end(), one.token.bytes().begin(), one.token.bytes().end());
    }
    return bytes;
}

std::vector<consent::Shown> read_shown(base::BytesView bytes) {
    std::vector<consent::Shown> shown;
    for (; bytes.size() >= shown_bytes; bytes = bytes.subspan(shown_bytes)) {
        const auto token = consent::TokenId::from_bytes(bytes.subspan(1, shown_bytes - 1));
        if (!token) throw Damaged("a stored id is none");
        shown.push_back({.service = bytes[0], .token = *token});
    }
    if (!bytes.empty()) throw Damaged("what owners saw of a consent does not read");
    return shown;
}

ConsentBody unseal(base::BytesView sealed, consent::ConsentId id, const crypto::SealKey& data_key) {
    const base::Bytes plain = open_or_throw(data_key, sealed, id.bytes(), "consent");
    const StoredJson json(base::as_text(plain), "consent");
    const auto& body = json.value().as_object();
    return {.means = boost::json::value_to<consent::Means>(body.at("means")),
            .terms = boost::json::value_to<consent::Terms>(body.at("terms")),
            .employee = std::string(body.at("employee").as_string()),
            .decided_by = id_in<consent::SubjectId>(body, "decided_by")};
}

ConsentBody open(OpenedRows& opened, base::BytesView sealed, consent::ConsentId id, consent::SubjectId whose,
                 const crypto::SealKey& data_key) {
    if (const auto kept = opened.consents.find(id, {data_key.reveal(), sealed})) return *kept;
    ConsentBody body = unseal(sealed, id, data_key);
    opened.keep(opened.consents, whose, id, {data_key.reveal(), sealed}, body);
    return body;
}

// Without what is sealed.
consent::Consent read_plain(const store::Row& row, consent::ConsentId id) {
    std::optional<consent::UseId> last_use;
    if (!row.null(10)) last_use = id_at<consent::UseId>(row, 10);
    consent::Consent consent{.id = id,
                             .request = id_at<consent::RequestId>(row, 3),
                             .subject = id_at<consent::SubjectId>(row, 2),
                             .state = enum_at(row, 0, last_state),
                             .version = static_cast<int>(row.integer(4)),
                             .uses = row.integer(5),
                             .counted = row.integer(6),
                             .granted = time_at(row, 7),
                             .expires = time_at(row, 1),
                             .means = {},
                             .terms = {},
                             .employee = {},
                             .decided_by = {},
                             .last_use = last_use,
                             .day = static_cast<std::int32_t>(row.integer(11)),
                             .uses_today = row.integer(12),
                             .shown = row.null(13) ? std::vector<consent::Shown>{} : read_shown(row.blob(13))};
    consent.chained = row.integer(14);
    if (row.null(15)) return consent;
    const auto marks = ids_from_bytes<consent::UseId>(row.blob(15));
    if (marks.size() != consent.marks.size()) throw Damaged("the marks of a consent are not as many");
    std::copy(marks.begin(), marks.end(), consent.marks.begin());
    return consent;
}

}  // namespace

void Consents::add(store::WriteSession& session, const consent::Consent& consent,
                   const crypto::SealKey& data_key) const {
    const std::string body =
        boost::json::serialize(boost::json::object{{"terms", boost::json::value_from(consent.terms)},
                                                   {"means", boost::json::value_from(consent.means)},
                                                   {"employee", consent.employee},
                                                   {"decided_by", consent.decided_by.to_string()}});
    const base::Bytes sealed = crypto::seal(data_key, base::as_bytes(body), consent.id.bytes(), entropy_);
    session.execute(
        insert, {consent.id.bytes(), std::int64_t{consent.id.bucket().value}, consent.subject.bytes(),
                 consent.request.bytes(), number(consent.state), std::int64_t{consent.version}, consent.uses,
                 consent.counted, micros(consent.granted), micros(consent.expires), sealed, consent.terms.uses_max});
    opened_.keep(opened_.consents, consent.subject, consent.id, {data_key.reveal(), sealed},
                 ConsentBody{consent.means, consent.terms, consent.employee, consent.decided_by});
}

void Consents::update(store::WriteSession& session, const consent::Consent& consent) const {
    // Nothing but zeros before the first one.
    const base::Bytes marks = consent.marks.front() ? ids_to_bytes(consent.marks) : base::Bytes{};
    const base::Bytes shown = write_shown(consent.shown);
    const std::size_t changed = session.execute(
        change, {number(consent.state), std::int64_t{consent.version}, consent.uses, consent.counted,
                 micros(consent.expires), consent.id.bytes(), std::int64_t{consent.id.bucket().value},
                 id_param(consent.last_use), std::int64_t{consent.day}, consent.uses_today,
                 consent.shown.empty() ? store::Param(std::monostate{}) : store::Param(shown), consent.chained,
                 marks.empty() ? store::Param(std::monostate{}) : store::Param(base::BytesView(marks))});
    if (changed != 1) throw Damaged("a consent that was loaded is gone");
}

std::optional<Consents::State> Consents::state(store::ReadSession& session, consent::ConsentId id) const {
    std::optional<State> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}}, [&](const store::Row& row) {
        found = State{.state = enum_at(row, 0, last_state),
                      .expires = time_at(row, 1),
                      .subject = id_at<consent::SubjectId>(row, 2)};
    });
    return found;
}

std::optional<Consents::Found> Consents::find(store::ReadSession& session, consent::ConsentId id,
                                              const Subjects& subjects) const {
    std::optional<Found> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}}, [&](const store::Row& row) {
        Subject subject = subjects.load(session, id_at<consent::SubjectId>(row, 2));
        ConsentBody body = open(opened_, row.blob(8), id, subject.id, subject.data_key);
        consent::Consent consent = read_plain(row, id);
        consent.means = body.means;
        consent.terms = std::move(body.terms);
        consent.employee = std::move(body.employee);
        found = Found{.consent = std::move(consent), .subject = std::move(subject)};
    });
    return found;
}

std::optional<consent::Consent> Consents::find_closed(store::ReadSession& session, consent::ConsentId id,
                                                      const Subjects& subjects) const {
    std::optional<consent::Consent> found;
    bool older = false;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}}, [&](const store::Row& row) {
        older = row.null(9);
        found = read_plain(row, id);
        if (!older) found->terms.uses_max = row.integer(9);
    });
    if (older) found->terms.uses_max = find(session, id, subjects).value().consent.terms.uses_max;
    return found;
}

}  // namespace kelisim::records
