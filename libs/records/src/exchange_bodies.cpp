// SPDX-License-Identifier: Apache-2.0
#include "records/exchange_bodies.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "exchange_bodies_insert", "INSERT INTO exchange_bodies (exchange, expires, bytes, key) VALUES (?1, ?2, ?3, ?4)"};
constexpr store::Statement insert_body{"exchange_body_insert",
                                       "INSERT INTO exchange_body (exchange, message, sealed) VALUES (?1, ?2, ?3)"};
constexpr store::Statement by_exchange{
    "exchange_bodies_find",
    "SELECT exchange, expires, bytes, key FROM exchange_bodies WHERE exchange = ?1 AND expires > ?2"};
constexpr store::Statement bodies_of{"exchange_body_find",
                                     "SELECT message, sealed FROM exchange_body WHERE exchange = ?1"};
constexpr store::Statement over{"exchange_bodies_expired",
                                "SELECT exchange, bytes FROM exchange_bodies WHERE expires <= ?1 "
                                "ORDER BY expires LIMIT ?2"};
constexpr store::Statement delete_key{"exchange_bodies_remove", "DELETE FROM exchange_bodies WHERE exchange = ?1"};
constexpr store::Statement delete_bodies{"exchange_body_remove", "DELETE FROM exchange_body WHERE exchange = ?1"};

constexpr std::string_view what = "message of an exchange", key_part = "exchange key";

std::string part_of(std::size_t message) {
    return "message " + std::to_string(message);
}

}  // namespace

SealedBodies ExchangeBodies::seal(ExchangeId exchange, base::Time expires, const Messages& messages) const {
    const crypto::SealKey key = crypto::make_seal_key(entropy_);
    SealedBodies bodies{.exchange = exchange, .expires = expires};
    bodies.key = vault_.wrap(key, context_of(exchange, key_part), entropy_);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages.at(i).empty()) continue;
        bodies.bytes += static_cast<std::int64_t>(messages.at(i).size());
        bodies.sealed.at(i) =
            crypto::seal(key, base::as_bytes(messages.at(i)), context_of(exchange, part_of(i)), entropy_);
    }
    return bodies;
}

void ExchangeBodies::add(store::WriteSession& session, const SealedBodies& bodies) const {
    session.execute(insert,
                    {bodies.exchange.bytes(), micros(bodies.expires), bodies.bytes, base::BytesView(bodies.key)});
    for (std::size_t i = 0; i < bodies.sealed.size(); ++i) {
        if (bodies.sealed.at(i).empty()) continue;
        session.execute(insert_body,
                        {bodies.exchange.bytes(), static_cast<std::int64_t>(i), base::BytesView(bodies.sealed.at(i))});
    }
}

std::optional<SealedBodies> ExchangeBodies::find(store::ReadSession& session, ExchangeId exchange,
                                                 base::Time now) const {
    std::optional<SealedBodies> found;
    session.query(by_exchange, {exchange.bytes(), micros(now)}, [&](const store::Row& row) {
        const base::BytesView key = row.blob(3);
        found = SealedBodies{.exchange = id_at<ExchangeId>(row, 0),
                             .expires = time_at(row, 1),
                             .bytes = row.integer(2),
                             .key = {key.begin(), key.end()}};
    });
    if (!found) return found;
    session.query(bodies_of, {exchange.bytes()}, [&](const store::Row& row) {
        const base::BytesView sealed = row.blob(1);
        const auto message = static_cast<std::size_t>(enum_at(row, 0, ExchangeMessage::answer_sent));
        found->sealed.at(message).assign(sealed.begin(), sealed.end());
    });
    return found;
}

Messages ExchangeBodies::open(const SealedBodies& bodies) const {
    const crypto::SealKey key = vault_.unwrap(bodies.key, context_of(bodies.exchange, key_part));
    Messages messages;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (bodies.sealed.at(i).empty()) continue;
        const auto plain = open_or_throw(key, bodies.sealed.at(i), context_of(bodies.exchange, part_of(i)), what);
        messages.at(i) = base::as_text(plain);
    }
    return messages;
}

std::vector<ExchangeBodies::Expired> ExchangeBodies::expired(store::ReadSession& session, base::Time now,
                                                             std::size_t max) const {
    std::vector<Expired> found;
    session.query(over, {micros(now), static_cast<std::int64_t>(max)}, [&](const store::Row& row) {
        found.push_back({.exchange = id_at<ExchangeId>(row, 0), .bytes = row.integer(1)});
    });
    return found;
}

void ExchangeBodies::remove(store::WriteSession& session, ExchangeId exchange) const {
    session.execute(delete_key, {exchange.bytes()});
    session.execute(delete_bodies, {exchange.bytes()});
}

}  // namespace kelisim::records
