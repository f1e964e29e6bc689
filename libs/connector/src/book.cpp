// SPDX-License-Identifier: Apache-2.0
#include "connector/book.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"

namespace kelisim::connector {

using base::Kind;

const base::Reason repeat_key_taken{
    "connector_repeat_key_taken",
    Kind::conflict,
    "draft-ietf-httpapi-idempotency-key-header",
    {"Осы Idempotency-Key бойынша басқа сұрау жіберілген.", "С этим Idempotency-Key был послан другой запрос.",
     "Another request was sent under this Idempotency-Key."}};

namespace {

const store::Statement insert{"asked_consent_insert",
                              "INSERT INTO asked_consent (id, asked, changed, state, ask, reasons, repeat_key, digest)"
                              " VALUES (?1, ?2, ?2, 0, ?3, '', ?4, ?5)"};
const store::Statement by_id{"asked_consent_by_id",
                             "SELECT id, asked, state, ask, auth_req_id, reasons, digest FROM asked_consent"
                             " WHERE id = ?1"};
const store::Statement by_key{"asked_consent_by_key",
                              "SELECT id, asked, state, ask, auth_req_id, reasons, digest FROM asked_consent"
                              " WHERE repeat_key = ?1"};
const store::Statement update{"asked_consent_update",
                              "UPDATE asked_consent SET state = ?2, auth_req_id = ?3, reasons = ?4, changed = ?5"
                              " WHERE id = ?1 AND state = ?6"};
const store::Statement remove{"asked_consent_delete", "DELETE FROM asked_consent WHERE id = ?1"};
// refused, expired, ended
const store::Statement remove_ended{"asked_consent_delete_over",
                                    "DELETE FROM asked_consent WHERE changed < ?1 AND state IN (3, 4, 5)"};

const store::Statement insert_sent{"sent_message_insert",
                                   "INSERT INTO sent_message (repeat_key, consent, sent, digest, message)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5)"};
const store::Statement sent_by_key{"sent_message_by_key",
                                   "SELECT digest, message FROM sent_message WHERE repeat_key = ?1"};
const store::Statement remove_sent{"sent_message_delete", "DELETE FROM sent_message WHERE repeat_key = ?1"};
const store::Statement remove_sent_of{"sent_message_delete_of", "DELETE FROM sent_message WHERE consent = ?1"};
const store::Statement remove_stale{"sent_message_delete_stale", "DELETE FROM sent_message WHERE sent < ?1"};

std::string joined(const Codes& codes) {
    std::string all;
    for (const std::string& code : codes)
        all += (all.empty() ? "" : " ") + code;
    return all;
}

Codes split(std::string_view all) {
    Codes codes;
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find(' ', begin), all.size());
        codes.emplace_back(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return codes;
}

std::int64_t number_of(State state) {
    return static_cast<std::int64_t>(state);
}

std::string written(const SentMessage& message) {
    return boost::json::serialize(boost::json::object{
        {"content", message.content}, {"token", message.token.reveal()}, {"proof_key", message.proof_key.reveal()}});
}

SentMessage read_sent(const std::string& text) {
    const auto value = boost::json::parse(text);
    const auto secret = [&](const char* name) {
        return base::Secret<std::string>(std::string(value.at(name).as_string()));
    };
    return {.content = std::string(value.at("content").as_string()),
            .token = secret("token"),
            .proof_key = secret("proof_key")};
}

std::string context_of(const ConsentId& id, std::string_view what) {
    return id.to_string() + " " + std::string(what);
}

}  // namespace

base::Bytes Book::sealed(std::string_view text, const ConsentId& id, std::string_view what) const {
    const std::string context = context_of(id, what);
    return crypto::seal(key_, base::as_bytes(text), base::as_bytes(context), entropy_);
}

std::string Book::opened(base::BytesView bytes, const ConsentId& id, std::string_view what) const {
    const std::string context = context_of(id, what);
    const auto plain = crypto::open(key_, bytes, base::as_bytes(context));
    if (!plain) throw base::Outage("what is kept of a question does not open: is the key another than it was?");
    return std::string(base::as_text(*plain));
}

// Under the key, so that nobody who has the database alone can try which text it was.
crypto::Digest Book::blind(std::string_view what, std::string_view text) const {
    const std::string whole = std::string(what) + "\n" + std::string(text);
    return crypto::hmac_sha256(key_.reveal(), base::as_bytes(whole));
}

Consent Book::open(const store::Row& row) const {
    const auto id = ConsentId::from_bytes(row.blob(0));
    const std::int64_t state = row.integer(2);
    if (!id || state < number_of(State::asking) || state > number_of(State::ended))
        throw base::Outage("what is kept of a question does not read");
    auto ask = read_ask(opened(row.blob(3), *id, "ask"));
    if (ask.has_error()) throw base::Outage("what is kept of a question does not read");
    return {.id = *id,
            .asked = base::from_micros(row.integer(1)),
            .state = static_cast<State>(state),
            .ask = std::move(*ask),
            .auth_req_id = row.null(4) ? std::string() : opened(row.blob(4), *id, "auth_req_id"),
            .reasons = split(row.text(5))};
}

base::Result<Consent> Book::add(store::WriteSession& session, const Ask& ask, std::string_view repeat_key,
                                base::Time now) const {
    const std::string text = write_ask(ask);
    const crypto::Digest digest = blind("ask", text), key = blind("key", repeat_key);
    if (!repeat_key.empty()) {
        std::optional<Consent> earlier;
        bool same = false;
        session.query(by_key, {base::BytesView(key)}, [&](const store::Row& row) {
            earlier = open(row);
            same = crypto::equal_constant_time(row.blob(6), digest);
        });
        if (earlier && !same) return base::Refusal(repeat_key_taken);
        if (earlier) return std::move(*earlier);
    }
    Consent consent{.id = ConsentId::make(now, {}, entropy_), .asked = now, .ask = ask};
    const base::Bytes bytes = sealed(text, consent.id, "ask");
    const store::Param kept_key = repeat_key.empty() ? store::Param{} : store::Param{base::BytesView(key)};
    session.execute(
        insert, {consent.id.bytes(), base::to_micros(now), base::BytesView(bytes), kept_key, base::BytesView(digest)});
    return consent;
}

std::optional<Consent> Book::find(store::ReadSession& session, const ConsentId& id) const {
    std::optional<Consent> found;
    session.query(by_id, {id.bytes()}, [&](const store::Row& row) { found = open(row); });
    return found;
}

bool Book::move(store::WriteSession& session, const Consent& consent, State from, base::Time now) const {
    base::Bytes request;
    if (!consent.auth_req_id.empty()) request = sealed(consent.auth_req_id, consent.id, "auth_req_id");
    const store::Param kept = request.empty() ? store::Param{} : store::Param{base::BytesView(request)};
    const std::string reasons = joined(consent.reasons);
    return session.execute(update, {consent.id.bytes(), number_of(consent.state), kept, std::string_view(reasons),
                                    base::to_micros(now), number_of(from)}) == 1;
}

bool Book::forget(store::WriteSession& session, const ConsentId& id) const {
    session.execute(remove_sent_of, {id.bytes()});
    return session.execute(remove, {id.bytes()}) == 1;
}

std::size_t Book::forget_ended(store::WriteSession& session, base::Time before) const {
    return session.execute(remove_ended, {base::to_micros(before)});
}

base::Result<std::optional<SentMessage>> Book::sent(store::ReadSession& session, const ConsentId& consent,
                                                    std::string_view repeat_key, std::string_view asked) const {
    const crypto::Digest key = blind("sent " + consent.to_string(), repeat_key), digest = blind("asked", asked);
    std::optional<SentMessage> earlier;
    bool same = false;
    session.query(sent_by_key, {base::BytesView(key)}, [&](const store::Row& row) {
        earlier = read_sent(opened(row.blob(1), consent, "message"));
        same = crypto::equal_constant_time(row.blob(0), digest);
    });
    if (earlier && !same) return base::Refusal(repeat_key_taken);
    return earlier;
}

base::Result<SentMessage> Book::add_sent(store::WriteSession& session, const ConsentId& consent,
                                         std::string_view repeat_key, std::string_view asked,
                                         const SentMessage& message, base::Time now) const {
    session.execute(remove_stale, {base::to_micros(now - base::limits::message_age_max)});
    auto earlier = sent(session, consent, repeat_key, asked);
    if (earlier.has_error()) return earlier.error();
    if (*earlier) return std::move(**earlier);
    const crypto::Digest key = blind("sent " + consent.to_string(), repeat_key), digest = blind("asked", asked);
    const base::Bytes bytes = sealed(written(message), consent, "message");
    session.execute(insert_sent, {base::BytesView(key), consent.bytes(), base::to_micros(now), base::BytesView(digest),
                                  base::BytesView(bytes)});
    return message;
}

void Book::drop_sent(store::WriteSession& session, const ConsentId& consent, std::string_view repeat_key) const {
    const crypto::Digest key = blind("sent " + consent.to_string(), repeat_key);
    session.execute(remove_sent, {base::BytesView(key)});
}

}  // namespace kelisim::connector
