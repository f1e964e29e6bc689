// SPDX-License-Identifier: Apache-2.0
#include "records/exchanges.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

#define EXCHANGE_COLUMNS                                                                                               \
    "sender, message, id, service, request, request_bytes, received, state, forwarded, replied, concluded, response, " \
    "response_bytes, kept"
constexpr store::Statement by_message{"exchange_find",
                                      "SELECT " EXCHANGE_COLUMNS " FROM exchange WHERE sender = ?1 AND message = ?2"};
constexpr store::Statement under_way{"exchange_begun_before",
                                     "SELECT " EXCHANGE_COLUMNS
                                     " FROM exchange WHERE state = 0 AND received < ?1 ORDER BY received LIMIT ?2"};
constexpr store::Statement upsert{
    "exchange_put",
    "INSERT INTO exchange (" EXCHANGE_COLUMNS
    ") "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
    "ON CONFLICT (sender, message) DO UPDATE SET id = ?3, service = ?4, request = ?5, request_bytes = ?6, "
    "received = ?7, state = ?8, forwarded = ?9, replied = ?10, concluded = ?11, response = ?12, response_bytes = ?13, "
    "kept = ?14"};
#undef EXCHANGE_COLUMNS
constexpr store::Statement forget{"exchange_forget", "DELETE FROM exchange WHERE received < ?1"};
constexpr std::string_view part = "exchange";

store::Param time_param(const std::optional<base::Time>& time) {
    return time ? store::Param{micros(*time)} : store::Param{};
}

std::optional<base::Time> optional_time(const store::Row& row, int column) {
    return row.null(column) ? std::nullopt : std::optional(time_at(row, column));
}

}  // namespace

Digest Exchanges::message_of(std::string_view sender, std::string_view message_id) const {
    return vault_.blind_index("message of " + std::string(sender), message_id);
}

Exchange Exchanges::read(const store::Row& row) const {
    Exchange exchange{.id = id_at<ExchangeId>(row, 2),
                      .sender = std::string(row.text(0)),
                      .service = std::string(row.text(3)),
                      .message = digest_at(row, 1),
                      .request = digest_at(row, 4),
                      .request_bytes = row.integer(5),
                      .received = time_at(row, 6),
                      .state = enum_at(row, 7, ExchangeState::unknown),
                      .forwarded = optional_time(row, 8),
                      .replied = optional_time(row, 9),
                      .concluded = optional_time(row, 10),
                      .response = {},
                      .response_bytes = row.integer(12),
                      .kept = {}};
    if (!row.null(11)) exchange.response = digest_at(row, 11);
    if (row.null(13)) return exchange;
    const auto plain = vault_.queue().open(row.blob(13), context_of(exchange.id, part), "kept answer");
    exchange.kept = base::as_text(plain);
    return exchange;
}

std::optional<Exchange> Exchanges::find(store::ReadSession& session, std::string_view sender,
                                        const Digest& message) const {
    std::optional<Exchange> found;
    session.query(by_message, {sender, message}, [&](const store::Row& row) { found = read(row); });
    return found;
}

std::vector<Exchange> Exchanges::begun_before(store::ReadSession& session, base::Time at, std::size_t max) const {
    std::vector<Exchange> found;
    session.query(under_way, {micros(at), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

void Exchanges::put(store::WriteSession& session, const Exchange& exchange) const {
    base::Bytes sealed;
    if (!exchange.kept.empty()) {
        sealed = vault_.queue().seal(base::as_bytes(exchange.kept), context_of(exchange.id, part), exchange.received,
                                     entropy_);
    }
    const auto kept = exchange.kept.empty() ? store::Param{} : store::Param{base::BytesView(sealed)};
    const auto response = exchange.response ? store::Param{base::BytesView(*exchange.response)} : store::Param{};
    session.execute(upsert, {exchange.sender, exchange.message, exchange.id.bytes(), exchange.service, exchange.request,
                             exchange.request_bytes, micros(exchange.received), number(exchange.state),
                             time_param(exchange.forwarded), time_param(exchange.replied),
                             time_param(exchange.concluded), response, exchange.response_bytes, kept});
}

void Exchanges::forget_before(store::WriteSession& session, base::Time at) const {
    session.execute(forget, {micros(at)});
}

}  // namespace kelisim::records
