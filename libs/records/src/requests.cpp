// SPDX-License-Identifier: Apache-2.0
#include "records/requests.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "request_insert",
    "INSERT INTO access_request (id, bucket, subject, state, created, expires, consent, sealed, initiator) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
constexpr store::Statement change{"request_update",
                                  "UPDATE access_request SET state = ?1, consent = ?2 WHERE id = ?3 AND bucket = ?4"};
constexpr store::Statement by_id{"request_by_id",
                                 "SELECT state, expires, subject, created, consent, sealed FROM access_request "
                                 "WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_person{
    "request_of_subject",
    "SELECT id, state, created, expires, initiator FROM access_request "
    "WHERE subject = ?1 AND bucket = ?2 AND created > ?3 AND initiator <> '' AND state <> ?5 "
    "ORDER BY id DESC LIMIT ?4"};
constexpr store::Statement stopped_of{"request_stopped_of_asker",
                                      "SELECT count(*) FROM access_request WHERE subject = ?1 AND bucket = ?2 "
                                      "AND id >= ?3 AND created > ?4 AND initiator = ?5 AND state = ?6"};
constexpr store::Statement claimed{"client_request_find",
                                   "SELECT request, digest, at FROM client_request "
                                   "WHERE initiator = ?1 AND client_id = ?2"};
constexpr store::Statement claim_new{
    "client_request_claim",
    "INSERT INTO client_request (initiator, client_id, digest, request, at) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (initiator, client_id) DO UPDATE SET digest = ?3, request = ?4, at = ?5"};

constexpr store::Statement forget{"client_request_forget", "DELETE FROM client_request WHERE at <= ?1"};

constexpr auto last_state = consent::RequestState::stopped;

// Who put a question to the person: nobody where an organisation asked itself, or a ground stands in for the answer.
std::string_view asker(const consent::AccessRequest& request) {
    const registry::Channel channel = request.terms.channel;
    const bool question = channel == registry::Channel::contact_centre || channel == registry::Channel::sms_code;
    return question ? std::string_view(request.terms.initiator) : std::string_view();
}

RequestBody unseal(base::BytesView sealed, consent::RequestId id, const crypto::SealKey& data_key) {
    const base::Bytes plain = open_or_throw(data_key, sealed, id.bytes(), "access request");
    const StoredJson json(base::as_text(plain), "access request");
    const auto& body = json.value().as_object();
    return {.terms = boost::json::value_to<consent::Terms>(body.at("terms")),
            .employee = std::string(body.at("employee").as_string()),
            .asked_of = id_in<consent::SubjectId>(body, "asked_of"),
            .proof = std::string(body.at("proof").as_string()),
            .stopped_for = boost::json::value_to<std::vector<std::string>>(body.at("stopped_for"))};
}

RequestBody body_of(OpenedRows& opened, base::BytesView sealed, consent::RequestId id, consent::SubjectId whose,
                    const crypto::SealKey& data_key) {
    if (const auto kept = opened.requests.find(id, {data_key.reveal(), sealed})) return *kept;
    RequestBody body = unseal(sealed, id, data_key);
    opened.keep(opened.requests, whose, id, {data_key.reveal(), sealed}, body);
    return body;
}

Requests::State state_at(const store::Row& row) {
    Requests::State state{.state = enum_at(row, 0, last_state),
                          .expires = time_at(row, 1),
                          .subject = id_at<consent::SubjectId>(row, 2),
                          .consent = {}};
    if (!row.null(4)) state.consent = id_at<consent::ConsentId>(row, 4);
    return state;
}

}  // namespace

void Requests::add(store::WriteSession& session, const consent::AccessRequest& request,
                   const crypto::SealKey& data_key) const {
    const std::string body =
        boost::json::serialize(boost::json::object{{"terms", boost::json::value_from(request.terms)},
                                                   {"employee", request.employee},
                                                   {"asked_of", request.asked_of.to_string()},
                                                   {"proof", request.proof},
                                                   {"stopped_for", boost::json::value_from(request.stopped_for)}});
    const base::Bytes sealed = crypto::seal(data_key, base::as_bytes(body), request.id.bytes(), entropy_);
    session.execute(insert, {request.id.bytes(), std::int64_t{request.id.bucket().value}, request.subject.bytes(),
                             number(request.state), micros(request.created), micros(request.expires),
                             id_param(request.consent), sealed, asker(request)});
    // It will be asked and answered in a moment. Should the unit be undone, no row will be there to find it by.
    opened_.keep(opened_.requests, request.subject, request.id, {data_key.reveal(), sealed},
                 RequestBody{request.terms, request.employee, request.asked_of, request.proof, request.stopped_for});
}

std::vector<consent::PastRequest> Requests::of_subject(store::ReadSession& session, consent::SubjectId subject,
                                                       base::Time after, std::size_t max) const {
    std::vector<consent::PastRequest> past;
    session.query(of_person,
                  {subject.bytes(), std::int64_t{subject.bucket().value}, micros(after), static_cast<std::int64_t>(max),
                   number(consent::RequestState::stopped)},
                  [&](const store::Row& row) {
                      past.push_back({.id = id_at<consent::RequestId>(row, 0),
                                      .state = enum_at(row, 1, last_state),
                                      .created = time_at(row, 2),
                                      .expires = time_at(row, 3),
                                      .initiator = std::string(row.text(4))});
                  });
    return past;
}

void Requests::update(store::WriteSession& session, const consent::AccessRequest& request) const {
    const std::size_t changed = session.execute(change, {number(request.state), id_param(request.consent),
                                                         request.id.bytes(), std::int64_t{request.id.bucket().value}});
    if (changed != 1) throw Damaged("a request that was loaded is gone");
}

std::optional<Requests::State> Requests::state(store::ReadSession& session, consent::RequestId id) const {
    std::optional<State> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                  [&](const store::Row& row) { found = state_at(row); });
    return found;
}

std::optional<Requests::Stored> Requests::stored(store::ReadSession& session, consent::RequestId id) const {
    std::optional<Stored> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}}, [&](const store::Row& row) {
        const base::BytesView sealed = row.blob(5);
        found = Stored{state_at(row), id, time_at(row, 3), base::Bytes(sealed.begin(), sealed.end())};
    });
    return found;
}

consent::AccessRequest Requests::open(const Stored& stored, const crypto::SealKey& data_key) const {
    RequestBody body = body_of(opened_, stored.sealed, stored.id, stored.subject, data_key);
    return {.id = stored.id,
            .subject = stored.subject,
            .state = stored.state,
            .created = stored.created,
            .expires = stored.expires,
            .terms = std::move(body.terms),
            .employee = std::move(body.employee),
            .consent = stored.consent,
            .asked_of = body.asked_of,
            .proof = std::move(body.proof),
            .stopped_for = std::move(body.stopped_for)};
}

std::optional<consent::AccessRequest> Requests::find(store::ReadSession& session, consent::RequestId id,
                                                     const crypto::SealKey& data_key) const {
    const auto found = stored(session, id);
    return found ? std::optional(open(*found, data_key)) : std::nullopt;
}

std::int64_t Requests::stopped(store::ReadSession& session, consent::SubjectId subject, std::string_view initiator,
                               base::Time after) const {
    std::int64_t count = 0;
    session.query(stopped_of,
                  {subject.bytes(), std::int64_t{subject.bucket().value}, first_id_at(after), micros(after), initiator,
                   number(consent::RequestState::stopped)},
                  [&](const store::Row& row) { count = row.integer(0); });
    return count;
}

Requests::Claim Requests::claim(store::WriteSession& session, std::string_view party, std::string_view client_id,
                                const Digest& digest, const base::RawId& fresh, base::Time now) const {
    const Digest blind = vault_.blind_index(party, client_id);
    std::optional<Claim> earlier;
    session.query(claimed, {party, blind}, [&](const store::Row& row) {
        if (time_at(row, 2) + base::limits::idempotency_window <= now) return;
        const base::BytesView stored = row.blob(1);
        earlier = Claim{.id = id_at<base::RawId>(row, 0),
                        .same_bytes = std::equal(stored.begin(), stored.end(), digest.begin(), digest.end())};
    });
    if (earlier) return *earlier;
    session.execute(claim_new, {party, blind, digest, fresh.bytes(), micros(now)});
    return {.id = fresh, .same_bytes = true};
}

void Requests::forget_claims(store::WriteSession& session, base::Time now) const {
    session.execute(forget, {micros(now - base::limits::idempotency_window)});
}

}  // namespace kelisim::records
