// SPDX-License-Identifier: Apache-2.0
#include "records/security_events.hpp"

#include "base/limits.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

#define EVENT_COLUMNS \
    "receiver, id, txn, consent, token, change, state, version, at, due, status, attempts, told, ended, error"
constexpr store::Statement insert{
    "security_event_insert",
    "INSERT INTO security_event (receiver, id, txn, consent, token, change, state, version, at, due, status, attempts, "
    "error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, '') ON CONFLICT (receiver, id) DO NOTHING"};
constexpr store::Statement oldest{"security_event_waiting",
                                  "SELECT " EVENT_COLUMNS
                                  " FROM security_event WHERE receiver = ?1 AND status = 0 ORDER BY id LIMIT ?2"};
constexpr store::Statement least_tried{"security_event_least_tried",
                                       "SELECT " EVENT_COLUMNS
                                       " FROM security_event WHERE receiver = ?1 AND status = 0"
                                       " ORDER BY attempts, id LIMIT 1"};
constexpr store::Statement of_consent{"security_event_about",
                                      "SELECT " EVENT_COLUMNS " FROM security_event WHERE consent = ?1 ORDER BY id"};
constexpr store::Statement not_confirmed{"security_event_open", "SELECT " EVENT_COLUMNS
                                                                " FROM security_event WHERE status <> 1"
                                                                " ORDER BY receiver, id"};
#undef EVENT_COLUMNS
constexpr store::Statement hand_over{"security_event_attempt",
                                     "UPDATE security_event SET attempts = attempts + 1, told = coalesce(told, ?3)"
                                     " WHERE receiver = ?1 AND id = ?2 AND status = 0"};
constexpr store::Statement fail{"security_event_error",
                                "UPDATE security_event SET error = ?3 WHERE receiver = ?1 AND id = ?2 AND status = 0"};
constexpr store::Statement finish{"security_event_end",
                                  "UPDATE security_event SET status = ?3, error = ?4, ended = ?5"
                                  " WHERE receiver = ?1 AND id = ?2 AND status = 0"};
constexpr store::Statement again{"security_event_replay",
                                 "UPDATE security_event SET status = 0, ended = NULL"
                                 " WHERE receiver = ?1 AND (status = 2 OR status = 3)"};
constexpr store::Statement receivers_of_ended{
    "security_event_ended_receivers",
    "SELECT receiver FROM security_event WHERE status = 2 OR status = 3 GROUP BY receiver"};
constexpr store::Statement too_old{"security_event_too_old",
                                   "SELECT receiver, id FROM security_event WHERE status = 0 AND at < ?1 LIMIT ?2"};

constexpr store::Statement more{"event_stream_more",
                                "INSERT INTO event_stream (receiver, endpoint, waiting, failures, next)"
                                " VALUES (?1, '', ?2, 0, ?3) ON CONFLICT (receiver)"
                                " DO UPDATE SET waiting = event_stream.waiting + excluded.waiting"};
constexpr store::Statement fewer{"event_stream_fewer",
                                 "UPDATE event_stream SET waiting = waiting - 1 WHERE receiver = ?1"};
constexpr store::Statement one{
    "event_stream", "SELECT receiver, endpoint, waiting, failures, next FROM event_stream WHERE receiver = ?1"};
constexpr store::Statement pushed{"event_stream_to_push",
                                  "SELECT receiver, endpoint, waiting, failures, next FROM event_stream"
                                  " WHERE endpoint <> '' AND waiting > 0 ORDER BY next"};
constexpr store::Statement settle{"event_stream_endpoint",
                                  "INSERT INTO event_stream (receiver, endpoint, waiting, failures, next)"
                                  " VALUES (?1, ?2, 0, 0, ?3) ON CONFLICT (receiver)"
                                  " DO UPDATE SET endpoint = excluded.endpoint, failures = 0, next = excluded.next"};
constexpr store::Statement pace{"event_stream_pace",
                                "UPDATE event_stream SET failures = ?2, next = ?3 WHERE receiver = ?1"};
constexpr store::Statement count{"security_event_waiting_count",
                                 "SELECT count(*) FROM security_event WHERE status = 0"};

constexpr std::int64_t given_up_at_a_time = 1000;

std::optional<base::Time> optional_time(const store::Row& row, int column) {
    if (row.null(column)) return std::nullopt;
    return time_at(row, column);
}

SecurityEvent read(const store::Row& row) {
    return {.id = id_at<base::RawId>(row, 1),
            .receiver = std::string(row.text(0)),
            .txn = id_at<base::RawId>(row, 2),
            .consent = id_at<consent::ConsentId>(row, 3),
            .token = id_at<consent::TokenId>(row, 4),
            .change = std::string(row.text(5)),
            .state = enum_at(row, 6, consent::ConsentState::invalidated),
            .version = static_cast<int>(row.integer(7)),
            .at = time_at(row, 8),
            .due = optional_time(row, 9),
            .status = enum_at(row, 10, EventStatus::given_up),
            .attempts = static_cast<int>(row.integer(11)),
            .told = optional_time(row, 12),
            .ended = optional_time(row, 13),
            .error = std::string(row.text(14))};
}

EventStream read_stream(const store::Row& row) {
    return {.receiver = std::string(row.text(0)),
            .endpoint = std::string(row.text(1)),
            .waiting = row.integer(2),
            .failures = static_cast<int>(row.integer(3)),
            .next = time_at(row, 4)};
}

}  // namespace

void SecurityEvents::add(store::WriteSession& session, const SecurityEvent& event, base::Time now) const {
    const std::size_t added = session.execute(
        insert, {event.receiver, event.id.bytes(), event.txn.bytes(), event.consent.bytes(), event.token.bytes(),
                 event.change, number(event.state), std::int64_t{event.version}, micros(event.at),
                 event.due ? store::Param(micros(*event.due)) : store::Param(std::monostate{})});
    if (added == 0) return;
    session.execute(more, {event.receiver, std::int64_t{1}, micros(now)});
    if (stream(session, event.receiver)->waiting <= base::limits::events_waiting_max) return;
    const SecurityEvent first = waiting(session, event.receiver, 1).front();
    end(session, first.receiver, first.id, EventStatus::given_up, "queue_full", now);
}

std::vector<SecurityEvent> SecurityEvents::waiting(store::ReadSession& session, std::string_view receiver,
                                                   std::size_t max) const {
    std::vector<SecurityEvent> events;
    session.query(oldest, {receiver, static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { events.push_back(read(row)); });
    return events;
}

std::optional<SecurityEvent> SecurityEvents::to_push(store::ReadSession& session, const EventStream& stream) const {
    std::optional<SecurityEvent> event;
    const auto keep = [&](const store::Row& row) { event = read(row); };
    if (stream.failures == 0) {
        session.query(oldest, {stream.receiver, std::int64_t{1}}, keep);
    } else {
        session.query(least_tried, {stream.receiver}, keep);
    }
    return event;
}

std::vector<SecurityEvent> SecurityEvents::about(store::ReadSession& session, consent::ConsentId consent) const {
    std::vector<SecurityEvent> events;
    session.query(of_consent, {consent.bytes()}, [&](const store::Row& row) { events.push_back(read(row)); });
    return events;
}

void SecurityEvents::each_open(store::ReadSession& session,
                               const std::function<void(const SecurityEvent&)>& visit) const {
    session.query(not_confirmed, {}, [&](const store::Row& row) { visit(read(row)); });
}

bool SecurityEvents::attempt(store::WriteSession& session, const SecurityEvent& event, base::Time now) const {
    return session.execute(hand_over, {event.receiver, event.id.bytes(), micros(now)}) == 1;
}

void SecurityEvents::note_error(store::WriteSession& session, const SecurityEvent& event,
                                std::string_view error) const {
    session.execute(fail, {event.receiver, event.id.bytes(), error});
}

bool SecurityEvents::end(store::WriteSession& session, std::string_view receiver, const base::RawId& id,
                         EventStatus status, std::string_view error, base::Time now) const {
    if (session.execute(finish, {receiver, id.bytes(), number(status), error, micros(now)}) == 0) return false;
    session.execute(fewer, {receiver});
    return true;
}

std::size_t SecurityEvents::replay(store::WriteSession& session, std::string_view receiver, base::Time now) const {
    std::vector<std::string> receivers;
    if (receiver.empty()) {
        session.query(receivers_of_ended, {}, [&](const store::Row& row) { receivers.emplace_back(row.text(0)); });
    } else {
        receivers.emplace_back(receiver);
    }
    std::size_t total = 0;
    for (const std::string& each : receivers) {
        const std::size_t replayed = session.execute(again, {each});
        session.execute(more, {each, static_cast<std::int64_t>(replayed), micros(now)});
        set_pace(session, each, 0, now);
        total += replayed;
    }
    return total;
}

std::size_t SecurityEvents::give_up_before(store::WriteSession& session, base::Time instant, base::Time now) const {
    std::vector<std::pair<std::string, base::RawId>> old;
    session.query(too_old, {micros(instant), given_up_at_a_time},
                  [&](const store::Row& row) { old.emplace_back(row.text(0), id_at<base::RawId>(row, 1)); });
    for (const auto& [receiver, id] : old)
        end(session, receiver, id, EventStatus::given_up, "too_old", now);
    return old.size();
}

std::optional<EventStream> SecurityEvents::stream(store::ReadSession& session, std::string_view receiver) const {
    std::optional<EventStream> found;
    session.query(one, {receiver}, [&](const store::Row& row) { found = read_stream(row); });
    return found;
}

void SecurityEvents::set_endpoint(store::WriteSession& session, std::string_view receiver, std::string_view endpoint,
                                  base::Time now) const {
    session.execute(settle, {receiver, endpoint, micros(now)});
}

void SecurityEvents::set_pace(store::WriteSession& session, std::string_view receiver, int failures,
                              base::Time next) const {
    session.execute(pace, {receiver, std::int64_t{failures}, micros(next)});
}

std::vector<EventStream> SecurityEvents::streams_to_push(store::ReadSession& session) const {
    std::vector<EventStream> streams;
    session.query(pushed, {}, [&](const store::Row& row) { streams.push_back(read_stream(row)); });
    return streams;
}

std::int64_t SecurityEvents::waiting_count(store::ReadSession& session) const {
    std::int64_t waiting = 0;
    session.query(count, {}, [&](const store::Row& row) { waiting = row.integer(0); });
    return waiting;
}

}  // namespace kelisim::records
