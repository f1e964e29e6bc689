// SPDX-License-Identifier: Apache-2.0
#include "records/phone_questions.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement on_phone{
    "phone_questions",
    "SELECT slot, request, clarified, sealed, attempts FROM phone_question WHERE phone = ?1 ORDER BY slot"};
constexpr store::Statement insert{
    "phone_question_open",
    "INSERT INTO phone_question (phone, slot, request, clarified, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"};
constexpr store::Statement clarified{"phone_question_clarified",
                                     "UPDATE phone_question SET clarified = clarified + 1 WHERE phone = ?1"};
constexpr store::Statement attempt{"phone_question_attempt",
                                   "UPDATE phone_question SET attempts = attempts + 1 WHERE request = ?1"};
constexpr store::Statement remove{"phone_question_close", "DELETE FROM phone_question WHERE request = ?1"};
constexpr store::Statement hear{"heard_message_insert",
                                "INSERT INTO heard_message (id, at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING"};

constexpr store::Statement tell{"phone_told_write",
                                "INSERT INTO phone_told (phone, at) VALUES (?1, ?2) "
                                "ON CONFLICT (phone) DO UPDATE SET at = ?2 WHERE phone_told.at <= ?3"};
constexpr store::Statement forget_heard{"heard_message_forget", "DELETE FROM heard_message WHERE at <= ?1"};
constexpr store::Statement forget_told{"phone_told_forget", "DELETE FROM phone_told WHERE at <= ?1"};

}  // namespace

std::optional<int> PhoneQuestions::open(store::WriteSession& session, const people::Phone& phone,
                                        const PhoneQuestion& question) const {
    const std::vector<PhoneQuestion> present = all(session, phone);
    int free = 0;
    for (const PhoneQuestion& other : present) {
        if (other.request == question.request) return other.slot;
    }
    const auto taken = [&](int slot) {
        return std::any_of(present.begin(), present.end(), [&](const PhoneQuestion& q) { return q.slot == slot; });
    };
    while (free < phone_slots && taken(free))
        ++free;
    if (free == phone_slots) return std::nullopt;
    const std::string body =
        boost::json::serialize(boost::json::object{{"organisation", boost::json::value_from(question.organisation)},
                                                   {"purpose", boost::json::value_from(question.purpose)},
                                                   {"language", question.language},
                                                   {"ward", question.ward},
                                                   {"code", question.code},
                                                   {"check", question.check}});
    const base::Bytes sealed =
        vault_.queue().seal(base::as_bytes(body), question.request.bytes(), question.request.time(), entropy_);
    session.execute(insert, {vault_.blind_index(phone), std::int64_t{free}, question.request.bytes(),
                             std::int64_t{question.clarified}, sealed});
    return free;
}

std::vector<PhoneQuestion> PhoneQuestions::all(store::ReadSession& session, const people::Phone& phone) const {
    std::vector<PhoneQuestion> questions;
    const Digest blind = vault_.blind_index(phone);
    session.query(on_phone, {blind}, [&](const store::Row& row) {
        const auto request = id_at<consent::RequestId>(row, 1);
        const base::Bytes plain = vault_.queue().open(row.blob(3), request.bytes(), "phone question");
        const StoredJson json(base::as_text(plain), "phone question");
        const auto& body = json.value().as_object();
        const auto* ward = body.if_contains("ward");  // not in older rows
        questions.push_back({.slot = static_cast<int>(row.integer(0)),
                             .request = request,
                             .clarified = static_cast<int>(row.integer(2)),
                             .organisation = boost::json::value_to<registry::Name>(body.at("organisation")),
                             .purpose = boost::json::value_to<registry::Name>(body.at("purpose")),
                             .language = std::string(body.at("language").as_string()),
                             .code = std::string(body.at("code").as_string()),
                             .check = std::string(body.at("check").as_string()),
                             .attempts = static_cast<int>(row.integer(4)),
                             .ward = ward == nullptr ? std::string() : std::string(ward->as_string())});
    });
    return questions;
}

void PhoneQuestions::mark_clarified(store::WriteSession& session, const people::Phone& phone) const {
    session.execute(clarified, {vault_.blind_index(phone)});
}

void PhoneQuestions::count_attempt(store::WriteSession& session, consent::RequestId request) const {
    session.execute(attempt, {request.bytes()});
}

bool PhoneQuestions::close(store::WriteSession& session, consent::RequestId request) const {
    return session.execute(remove, {request.bytes()}) == 1;
}

bool PhoneQuestions::hear_once(store::WriteSession& session, const people::Phone& phone, std::string_view message_id,
                               base::Time now) const {
    return session.execute(hear, {vault_.blind_index(phone.reveal(), message_id), micros(now)}) == 1;
}

bool PhoneQuestions::tell_nothing_open(store::WriteSession& session, const people::Phone& phone, base::Time now) const {
    const base::Time long_ago = now - base::limits::sms_nothing_open_pause;
    return session.execute(tell, {vault_.blind_index(phone), micros(now), micros(long_ago)}) == 1;
}

void PhoneQuestions::forget_old(store::WriteSession& session, base::Time now) const {
    session.execute(forget_heard, {micros(now - base::limits::sms_memory)});
    session.execute(forget_told, {micros(now - base::limits::sms_nothing_open_pause)});
}

}  // namespace kelisim::records
