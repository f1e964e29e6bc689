// SPDX-License-Identifier: Apache-2.0
#include "records/exchanges.hpp"

#include <algorithm>

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

#define EXCHANGE_COLUMNS                                                                                               \
    "sender, message, id, service, request, request_bytes, received, state, forwarded, replied, concluded, response, " \
    "response_bytes, kept, session"
constexpr store::Statement by_message{"exchange_find",
                                      "SELECT " EXCHANGE_COLUMNS " FROM exchange WHERE sender = ?1 AND message = ?2"};
constexpr store::Statement under_way{"exchange_begun_before",
                                     "SELECT " EXCHANGE_COLUMNS
                                     " FROM exchange WHERE state = 0 AND received < ?1 ORDER BY received LIMIT ?2"};
constexpr store::Statement upsert{
    "exchange_put",
    "INSERT INTO exchange (" EXCHANGE_COLUMNS
    ") "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
    "ON CONFLICT (sender, message) DO UPDATE SET id = ?3, service = ?4, request = ?5, request_bytes = ?6, "
    "received = ?7, state = ?8, forwarded = ?9, replied = ?10, concluded = ?11, response = ?12, response_bytes = ?13, "
    "kept = ?14, session = ?15"};
#undef EXCHANGE_COLUMNS
constexpr store::Statement forget{"exchange_forget", "DELETE FROM exchange WHERE received < ?1"};

#define RECORD_COLUMNS                                                                                                 \
    "sender, message, id, service, request, request_bytes, received, state, forwarded, replied, concluded, response, " \
    "response_bytes, session, owner, received_sha256, forwarded_sha256, replied_sha256, sent_sha256, wire"
#define SEARCH "SELECT " RECORD_COLUMNS " FROM exchange_record WHERE id >= ?1 AND id < ?2"
constexpr store::Statement insert_record{
    "exchange_record_insert",
    "INSERT INTO exchange_record (" RECORD_COLUMNS
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20) "
    "ON CONFLICT (id) DO UPDATE SET state = ?8, forwarded = ?9, replied = ?10, concluded = ?11, response = ?12, "
    "response_bytes = ?13, received_sha256 = ?16, forwarded_sha256 = ?17, replied_sha256 = ?18, sent_sha256 = ?19"};
constexpr store::Statement find_record{"exchange_record_find",
                                       "SELECT " RECORD_COLUMNS " FROM exchange_record WHERE id = ?1"};
constexpr store::Statement search_time{"exchange_record_by_time", SEARCH " ORDER BY id DESC LIMIT ?3"};
constexpr store::Statement search_message{"exchange_record_by_message",
                                          SEARCH " AND message = ?4 ORDER BY id DESC LIMIT ?3"};
constexpr store::Statement search_session{"exchange_record_by_session",
                                          SEARCH " AND session = ?4 AND session IS NOT NULL ORDER BY id DESC LIMIT ?3"};
#undef SEARCH
#undef RECORD_COLUMNS
constexpr store::Statement forget_records{"exchange_record_forget", "DELETE FROM exchange_record WHERE id < ?1"};
constexpr std::string_view part = "exchange";

store::Param time_param(const std::optional<base::Time>& time) {
    return time ? store::Param{micros(*time)} : store::Param{};
}

std::optional<base::Time> optional_time(const store::Row& row, int column) {
    return row.null(column) ? std::nullopt : std::optional(time_at(row, column));
}

// What both tables have, in the order of the columns.
Exchange without_answer(const store::Row& row) {
    Exchange exchange{.id = id_at<ExchangeId>(row, 2),
                      .sender = std::string(row.text(0)),
                      .service = std::string(row.text(3)),
                      .message = digest_at(row, 1),
                      .request = digest_at(row, 4),
                      .request_bytes = row.integer(5),
                      .received = time_at(row, 6),
                      .state = enum_at(row, 7, ExchangeState::delivered),
                      .forwarded = optional_time(row, 8),
                      .replied = optional_time(row, 9),
                      .concluded = optional_time(row, 10),
                      .response = {},
                      .response_bytes = row.integer(12)};
    if (!row.null(11)) exchange.response = digest_at(row, 11);
    return exchange;
}

constexpr int first_wire_column = 15;

Exchange read_record(const store::Row& row) {
    Exchange exchange = without_answer(row);
    if (!row.null(13)) exchange.session = id_at<base::RawId>(row, 13);
    if (!row.null(14)) exchange.owner = row.text(14);
    for (std::size_t i = 0; i < exchange.wire.size(); ++i) {
        const int column = first_wire_column + static_cast<int>(i);
        if (!row.null(column)) exchange.wire.at(i) = digest_at(row, column);
    }
    exchange.came_over =
        enum_at(row, first_wire_column + static_cast<int>(exchange_messages), ExchangeWire::soap_async);
    return exchange;
}

store::Param digest_param(const std::optional<Digest>& digest) {
    return digest ? store::Param{base::BytesView(*digest)} : store::Param{};
}

// The next of those between two ids, newest first, that the indexes can tell.
std::vector<Exchange> some_recorded(store::ReadSession& session, const ExchangeFilter& filter, base::BytesView from,
                                    base::BytesView end) {
    std::vector<Exchange> some;
    const auto visit = [&](const store::Row& row) { some.push_back(read_record(row)); };
    constexpr auto limit = static_cast<std::int64_t>(looked_at_a_time);
    if (filter.message) {
        session.query(search_message, {from, end, limit, *filter.message}, visit);
    } else if (filter.session) {
        session.query(search_session, {from, end, limit, filter.session->bytes()}, visit);
    } else {
        session.query(search_time, {from, end, limit}, visit);
    }
    return some;
}

bool matches(const Exchange& exchange, const ExchangeFilter& filter) {
    return (filter.service.empty() || exchange.service == filter.service) &&
           (filter.party.empty() || exchange.sender == filter.party || exchange.owner == filter.party) &&
           (!filter.message || exchange.message == *filter.message) &&
           (!filter.session || exchange.session == filter.session);
}

}  // namespace

Digest Exchanges::message_of(std::string_view sender, std::string_view message_id) const {
    return vault_.blind_index("message of " + std::string(sender), message_id);
}

Exchange Exchanges::read(const store::Row& row) const {
    Exchange exchange = without_answer(row);
    if (!row.null(14)) exchange.session = id_at<base::RawId>(row, 14);
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
    session.execute(upsert,
                    {exchange.sender, exchange.message, exchange.id.bytes(), exchange.service, exchange.request,
                     exchange.request_bytes, micros(exchange.received), number(exchange.state),
                     time_param(exchange.forwarded), time_param(exchange.replied), time_param(exchange.concluded),
                     digest_param(exchange.response), exchange.response_bytes, kept, id_param(exchange.session)});
}

void Exchanges::record(store::WriteSession& session, const Exchange& exchange) const {
    const auto owner = exchange.owner.empty() ? store::Param{} : store::Param{std::string_view(exchange.owner)};
    session.execute(insert_record, {exchange.sender,
                                    exchange.message,
                                    exchange.id.bytes(),
                                    exchange.service,
                                    exchange.request,
                                    exchange.request_bytes,
                                    micros(exchange.received),
                                    number(exchange.state),
                                    time_param(exchange.forwarded),
                                    time_param(exchange.replied),
                                    time_param(exchange.concluded),
                                    digest_param(exchange.response),
                                    exchange.response_bytes,
                                    id_param(exchange.session),
                                    owner,
                                    digest_param(exchange.wire[0]),
                                    digest_param(exchange.wire[1]),
                                    digest_param(exchange.wire[2]),
                                    digest_param(exchange.wire[3]),
                                    number(exchange.came_over)});
}

std::optional<Exchange> Exchanges::recorded(store::ReadSession& session, ExchangeId id) const {
    std::optional<Exchange> found;
    session.query(find_record, {id.bytes()}, [&](const store::Row& row) { found = read_record(row); });
    return found;
}

ExchangePage Exchanges::search(store::ReadSession& session, const ExchangeFilter& filter,
                               const std::optional<base::RawId>& before, std::size_t max) const {
    return search_newest_first<ExchangePage>(
        {.from = filter.from, .to = filter.to}, before, max,
        [&](base::BytesView from, base::BytesView end) { return some_recorded(session, filter, from, end); },
        [&](const Exchange& each) { return matches(each, filter); });
}

void Exchanges::forget_records_before(store::WriteSession& session, base::Time at) const {
    const auto first = first_id_at(at);
    session.execute(forget_records, {base::BytesView(first)});
}

void Exchanges::forget_before(store::WriteSession& session, base::Time at) const {
    session.execute(forget, {micros(at)});
}

}  // namespace kelisim::records
