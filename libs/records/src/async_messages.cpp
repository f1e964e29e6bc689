// SPDX-License-Identifier: Apache-2.0
#include "records/async_messages.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

#define MESSAGE_COLUMNS                                                                                         \
    "receiver, service, position, id, sender, conversation, kind, key, digest, bytes, accepted, since, state, " \
    "attempts, reached, refusals, ended, error, session, named, received_sha256, forwarded, "                   \
    "forwarded_sha256, replied, replied_sha256"
constexpr store::Statement insert{"async_message_insert",
                                  "INSERT INTO async_message (" MESSAGE_COLUMNS
                                  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, 0, 0, NULL, '',"
                                  " ?13, ?14, ?15, NULL, NULL, NULL, NULL)"};
constexpr store::Statement by_id{"async_message_find", "SELECT " MESSAGE_COLUMNS " FROM async_message WHERE id = ?1"};
constexpr store::Statement by_key{"async_message_by_key",
                                  "SELECT " MESSAGE_COLUMNS
                                  " FROM async_message WHERE sender = ?1 AND key = ?2 AND accepted > ?3"
                                  " ORDER BY accepted DESC LIMIT 1"};
constexpr store::Statement in_queue{"async_message_waiting",
                                    "SELECT " MESSAGE_COLUMNS
                                    " FROM async_message WHERE receiver = ?1 AND service = ?2 AND state = 0"
                                    " ORDER BY position LIMIT ?3"};
constexpr store::Statement too_long{"async_message_too_long",
                                    "SELECT " MESSAGE_COLUMNS
                                    " FROM async_message WHERE state = 0 AND since < ?1 ORDER BY since LIMIT ?2"};
constexpr store::Statement dead{"async_message_given_up",
                                "SELECT " MESSAGE_COLUMNS
                                " FROM async_message WHERE state = 3 AND id < ?1 ORDER BY id DESC LIMIT ?2"};
#undef MESSAGE_COLUMNS
constexpr store::Statement change{"async_message_update",
                                  "UPDATE async_message SET since = ?2, state = ?3, attempts = ?4, reached = ?5,"
                                  " refusals = ?6, ended = ?7, error = ?8, forwarded = ?9, forwarded_sha256 = ?10,"
                                  " replied = ?11, replied_sha256 = ?12 WHERE id = ?1"};
constexpr store::Statement forget_messages{"async_message_forget",
                                           "DELETE FROM async_message WHERE ended IS NOT NULL AND ended < ?1"};
constexpr store::Statement totals_waiting{"async_message_totals_waiting",
                                          "SELECT count(*), min(since) FROM async_message WHERE state = 0"};
constexpr store::Statement totals_dead{"async_message_totals_given_up",
                                       "SELECT count(*) FROM async_message WHERE state = 3"};

constexpr store::Statement put_body{"async_body_insert", "INSERT INTO async_body (id, sealed) VALUES (?1, ?2)"};
constexpr store::Statement body_of{"async_body", "SELECT sealed FROM async_body WHERE id = ?1"};
constexpr store::Statement drop_body{"async_body_delete", "DELETE FROM async_body WHERE id = ?1"};
constexpr store::Statement forget_bodies{"async_body_forget",
                                         "DELETE FROM async_body WHERE id IN (SELECT id FROM async_message"
                                         " WHERE ended IS NOT NULL AND ended < ?1)"};

#define QUEUE_COLUMNS "receiver, service, last, waiting, bytes, failures, next"
constexpr store::Statement append{"async_queue_append",
                                  "INSERT INTO async_queue (" QUEUE_COLUMNS
                                  ") VALUES (?1, ?2, 1, 1, ?3, 0, ?4) ON CONFLICT (receiver, service) DO UPDATE SET"
                                  " last = async_queue.last + 1, waiting = async_queue.waiting + 1,"
                                  " bytes = async_queue.bytes + excluded.bytes"};
constexpr store::Statement recount{"async_queue_count",
                                   "UPDATE async_queue SET waiting = waiting + ?3, bytes = bytes + ?4"
                                   " WHERE receiver = ?1 AND service = ?2"};
constexpr store::Statement one_queue{"async_queue",
                                     "SELECT " QUEUE_COLUMNS " FROM async_queue WHERE receiver = ?1 AND service = ?2"};
constexpr store::Statement of_receiver{
    "async_queue_of", "SELECT " QUEUE_COLUMNS " FROM async_queue WHERE receiver = ?1 ORDER BY service"};
constexpr store::Statement with_waiting{"async_queue_waiting",
                                        "SELECT " QUEUE_COLUMNS " FROM async_queue WHERE waiting > 0 ORDER BY next"};
#undef QUEUE_COLUMNS
constexpr store::Statement pace{"async_queue_pace",
                                "UPDATE async_queue SET failures = ?3, next = ?4 WHERE receiver = ?1 AND service = ?2"};

constexpr store::Statement replace_body{"async_body_replace", "UPDATE async_body SET sealed = ?2 WHERE id = ?1"};

#define CONVERSATION_COLUMNS "id, initiator, owner, service, begun, outcome"
constexpr store::Statement begin_one{"async_conversation_insert",
                                     "INSERT INTO async_conversation (" CONVERSATION_COLUMNS
                                     ") VALUES (?1, ?2, ?3, ?4, ?5, NULL)"};
constexpr store::Statement conversation_by_id{"async_conversation",
                                              "SELECT " CONVERSATION_COLUMNS " FROM async_conversation WHERE id = ?1"};
constexpr store::Statement came_out{"async_conversation_outcome",
                                    "UPDATE async_conversation SET outcome = ?2 WHERE id = ?1 AND outcome IS NULL"};
constexpr store::Statement unanswered{
    "async_conversation_open",
    "SELECT " CONVERSATION_COLUMNS
    " FROM async_conversation WHERE outcome IS NULL AND begun < ?1 AND EXISTS"
    " (SELECT 1 FROM async_part WHERE conversation = async_conversation.id AND use IS NOT NULL AND booked = 0)"
    " ORDER BY id LIMIT ?2"};
#undef CONVERSATION_COLUMNS
// A conversation lives for as long as anybody may still say something in it.
#define SILENT                                                                                                        \
    "begun < ?1 AND NOT EXISTS (SELECT 1 FROM async_part WHERE conversation = async_conversation.id AND"              \
    " use IS NOT NULL AND booked = 0) AND NOT EXISTS (SELECT 1 FROM async_message WHERE async_message.conversation =" \
    " async_conversation.id)"
constexpr store::Statement forget_parts{
    "async_part_forget",
    "DELETE FROM async_part WHERE booked = 1 AND conversation IN (SELECT id FROM async_conversation WHERE " SILENT ")"};
constexpr store::Statement forget_conversations{"async_conversation_forget",
                                                "DELETE FROM async_conversation WHERE " SILENT};
#undef SILENT

constexpr store::Statement put_part{"async_part_insert",
                                    "INSERT INTO async_part (conversation, number, use, refused, outcome, booked)"
                                    " VALUES (?1, ?2, ?3, ?4, NULL, ?5)"};
constexpr store::Statement parts_of{
    "async_part", "SELECT number, use, refused, outcome FROM async_part WHERE conversation = ?1 ORDER BY number"};
constexpr store::Statement part_came_out{
    "async_part_outcome",
    "UPDATE async_part SET outcome = ?2 WHERE conversation = ?1 AND use IS NOT NULL AND outcome IS NULL"};
constexpr store::Statement part_left_out{"async_part_leave_out",
                                         "UPDATE async_part SET outcome = ?4, refused = ?3 WHERE conversation = ?1 AND"
                                         " number = ?2 AND use IS NOT NULL AND outcome IS NULL"};
constexpr store::Statement unbooked{"async_part_to_book",
                                    "SELECT conversation, number, use, outcome FROM async_part WHERE use IS NOT NULL"
                                    " AND booked = 0 AND outcome IS NOT NULL ORDER BY conversation, number LIMIT ?1"};
constexpr store::Statement book{"async_part_booked",
                                "UPDATE async_part SET booked = 1 WHERE conversation = ?1 AND number = ?2"};

#define NOTICE_COLUMNS "receiver, id, message, state, error, made, failures, next"
constexpr store::Statement put_notice{
    "async_notice_insert", "INSERT INTO async_notice (" NOTICE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?6)"};
constexpr store::Statement due_notices{
    "async_notice_due", "SELECT " NOTICE_COLUMNS " FROM async_notice WHERE next <= ?1 ORDER BY next LIMIT ?2"};
#undef NOTICE_COLUMNS
constexpr store::Statement next_of_notices{"async_notice_next", "SELECT min(next) FROM async_notice WHERE next > ?1"};
constexpr store::Statement later_notice{
    "async_notice_put_off", "UPDATE async_notice SET failures = ?3, next = ?4 WHERE receiver = ?1 AND id = ?2"};
constexpr store::Statement drop_notice{"async_notice_delete",
                                       "DELETE FROM async_notice WHERE receiver = ?1 AND id = ?2"};
constexpr store::Statement forget_notices{"async_notice_forget", "DELETE FROM async_notice WHERE made < ?1"};

constexpr std::string_view sealed_part = "async message";

std::optional<base::Time> optional_time(const store::Row& row, int column) {
    return row.null(column) ? std::nullopt : std::optional(time_at(row, column));
}

std::optional<Digest> optional_digest(const store::Row& row, int column) {
    return row.null(column) ? std::nullopt : std::optional(digest_at(row, column));
}

store::Param time_param(const std::optional<base::Time>& time) {
    return time ? store::Param{micros(*time)} : store::Param{};
}

store::Param digest_param(const std::optional<Digest>& digest) {
    return digest ? store::Param{base::BytesView(*digest)} : store::Param{};
}

std::optional<AsyncEvidence> read_evidence(const store::Row& row) {
    if (row.null(18)) return std::nullopt;
    return AsyncEvidence{.session = id_at<base::RawId>(row, 18),
                         .named = digest_at(row, 19),
                         .received = digest_at(row, 20),
                         .wire = {.forwarded = optional_time(row, 21),
                                  .replied = optional_time(row, 23),
                                  .forwarded_sha256 = optional_digest(row, 22),
                                  .replied_sha256 = optional_digest(row, 24)}};
}

AsyncMessage read(const store::Row& row) {
    return {.id = id_at<AsyncMessageId>(row, 3),
            .receiver = std::string(row.text(0)),
            .service = std::string(row.text(1)),
            .position = row.integer(2),
            .sender = std::string(row.text(4)),
            .conversation = id_at<ConversationId>(row, 5),
            .kind = enum_at(row, 6, AsyncKind::response),
            .key = digest_at(row, 7),
            .digest = digest_at(row, 8),
            .bytes = row.integer(9),
            .accepted = time_at(row, 10),
            .since = time_at(row, 11),
            .state = enum_at(row, 12, AsyncState::returned),
            .attempts = row.integer(13),
            .reached = row.integer(14),
            .refusals = row.integer(15),
            .ended = optional_time(row, 16),
            .error = std::string(row.text(17)),
            .evidence = read_evidence(row)};
}

AsyncQueue read_queue(const store::Row& row) {
    return {.receiver = std::string(row.text(0)),
            .service = std::string(row.text(1)),
            .last = row.integer(2),
            .waiting = row.integer(3),
            .bytes = row.integer(4),
            .failures = row.integer(5),
            .next = time_at(row, 6)};
}

Conversation read_conversation(const store::Row& row) {
    Conversation read{.id = id_at<ConversationId>(row, 0),
                      .initiator = std::string(row.text(1)),
                      .owner = std::string(row.text(2)),
                      .service = std::string(row.text(3)),
                      .begun = time_at(row, 4)};
    if (!row.null(5)) read.outcome = enum_at(row, 5, consent::UseState::unknown);
    return read;
}

ConversationPart read_part(const store::Row& row) {
    ConversationPart read{.number = row.integer(0), .refused = std::string(row.text(2))};
    if (!row.null(1)) read.use = id_at<consent::UseId>(row, 1);
    if (!row.null(3)) read.outcome = enum_at(row, 3, consent::UseState::unknown);
    return read;
}

AsyncNotice read_notice(const store::Row& row) {
    return {.id = id_at<AsyncNoticeId>(row, 1),
            .receiver = std::string(row.text(0)),
            .message = id_at<AsyncMessageId>(row, 2),
            .state = enum_at(row, 3, AsyncState::returned),
            .error = std::string(row.text(4)),
            .made = time_at(row, 5),
            .failures = row.integer(6),
            .next = time_at(row, 7)};
}

template <class Read>
auto all_of(store::ReadSession& session, const store::Statement& statement, store::Params params, Read read_row) {
    std::vector<decltype(read_row(std::declval<const store::Row&>()))> found;
    session.query(statement, params, [&](const store::Row& row) { found.push_back(read_row(row)); });
    return found;
}

template <class Read>
auto first_of(store::ReadSession& session, const store::Statement& statement, store::Params params, Read read_row) {
    std::optional<decltype(read_row(std::declval<const store::Row&>()))> found;
    session.query(statement, params, [&](const store::Row& row) { found = read_row(row); });
    return found;
}

}  // namespace

Digest AsyncMessages::key_of(std::string_view sender, std::string_view what) const {
    return vault_.blind_index("async message of " + std::string(sender), what);
}

void AsyncMessages::add(store::WriteSession& session, AsyncMessage message, std::string_view content) const {
    session.execute(append, {message.receiver, message.service, message.bytes, micros(message.accepted)});
    message.position = first_of(session, one_queue, {message.receiver, message.service}, read_queue).value().last;
    std::optional<base::RawId> given;
    std::optional<Digest> named, received;
    if (message.evidence) {
        given = message.evidence->session;
        named = message.evidence->named;
        received = message.evidence->received;
    }
    session.execute(insert, {message.receiver, message.service, message.position, message.id.bytes(), message.sender,
                             message.conversation.bytes(), number(message.kind), message.key, message.digest,
                             message.bytes, micros(message.accepted), micros(message.since), id_param(given),
                             digest_param(named), digest_param(received)});
    session.execute(put_body, {message.id.bytes(), sealed(message, content)});
}

base::Bytes AsyncMessages::sealed(const AsyncMessage& message, std::string_view content) const {
    return vault_.queue().seal(base::as_bytes(content), context_of(message.id, sealed_part), message.accepted,
                               entropy_);
}

void AsyncMessages::replace_content(store::WriteSession& session, const AsyncMessage& message,
                                    std::string_view content) const {
    if (session.execute(replace_body, {message.id.bytes(), sealed(message, content)}) != 1)
        throw Damaged("a message that waits has no content");
}

std::optional<AsyncMessage> AsyncMessages::find(store::ReadSession& session, AsyncMessageId id) const {
    return first_of(session, by_id, {id.bytes()}, read);
}

std::optional<AsyncMessage> AsyncMessages::find(store::ReadSession& session, std::string_view sender, const Digest& key,
                                                base::Time from) const {
    return first_of(session, by_key, {sender, key, micros(from)}, read);
}

std::optional<std::string> AsyncMessages::content(store::ReadSession& session, const AsyncMessage& message) const {
    return first_of(session, body_of, {message.id.bytes()}, [&](const store::Row& row) {
        const auto plain = vault_.queue().open(row.blob(0), context_of(message.id, sealed_part), "async message");
        return std::string(base::as_text(plain));
    });
}

void AsyncMessages::forget_content(store::WriteSession& session, AsyncMessageId id) const {
    session.execute(drop_body, {id.bytes()});
}

void AsyncMessages::update(store::WriteSession& session, const AsyncMessage& message) const {
    const AsyncWire wire = message.evidence ? message.evidence->wire : AsyncWire{};
    const auto changed = session.execute(
        change, {message.id.bytes(), micros(message.since), number(message.state), message.attempts, message.reached,
                 message.refusals, time_param(message.ended), message.error, time_param(wire.forwarded),
                 digest_param(wire.forwarded_sha256), time_param(wire.replied), digest_param(wire.replied_sha256)});
    if (changed != 1) throw Damaged("a message that was loaded is gone");
}

std::vector<AsyncMessage> AsyncMessages::waiting(store::ReadSession& session, std::string_view receiver,
                                                 std::string_view service, std::size_t max) const {
    return all_of(session, in_queue, {receiver, service, static_cast<std::int64_t>(max)}, read);
}

std::vector<AsyncMessage> AsyncMessages::waiting_since_before(store::ReadSession& session, base::Time at,
                                                              std::size_t max) const {
    return all_of(session, too_long, {micros(at), static_cast<std::int64_t>(max)}, read);
}

std::vector<AsyncMessage> AsyncMessages::given_up(store::ReadSession& session, const std::optional<base::RawId>& before,
                                                  std::size_t max) const {
    return all_of(session, dead, {before_bytes(before), static_cast<std::int64_t>(max)}, read);
}

std::vector<AsyncQueue> AsyncMessages::queues_of(store::ReadSession& session, std::string_view receiver) const {
    return all_of(session, of_receiver, {receiver}, read_queue);
}

std::vector<AsyncQueue> AsyncMessages::queues(store::ReadSession& session) const {
    return all_of(session, with_waiting, {}, read_queue);
}

void AsyncMessages::count(store::WriteSession& session, const AsyncMessage& message, int more) const {
    session.execute(recount, {message.receiver, message.service, std::int64_t{more}, more * message.bytes});
}

void AsyncMessages::set_pace(store::WriteSession& session, const AsyncQueue& queue) const {
    session.execute(pace, {queue.receiver, queue.service, queue.failures, micros(queue.next)});
}

void AsyncMessages::begin(store::WriteSession& session, const Conversation& conversation) const {
    session.execute(begin_one, {conversation.id.bytes(), conversation.initiator, conversation.owner,
                                conversation.service, micros(conversation.begun)});
    for (const ConversationPart& each : conversation.parts) {
        const std::int64_t nothing_to_book = each.use ? 0 : 1;
        session.execute(put_part,
                        {conversation.id.bytes(), each.number, id_param(each.use), each.refused, nothing_to_book});
    }
}

std::optional<Conversation> AsyncMessages::conversation(store::ReadSession& session, ConversationId id) const {
    auto found = first_of(session, conversation_by_id, {id.bytes()}, read_conversation);
    if (found) found->parts = all_of(session, parts_of, {id.bytes()}, read_part);
    return found;
}

void AsyncMessages::set_outcome(store::WriteSession& session, ConversationId id, consent::UseState outcome) const {
    session.execute(came_out, {id.bytes(), number(outcome)});
    session.execute(part_came_out, {id.bytes(), number(outcome)});
}

void AsyncMessages::leave_out(store::WriteSession& session, ConversationId id, std::int64_t part, std::string_view why,
                              consent::UseState outcome) const {
    session.execute(part_left_out, {id.bytes(), part, why, number(outcome)});
}

std::vector<BookedPart> AsyncMessages::to_book(store::ReadSession& session, std::size_t max) const {
    return all_of(session, unbooked, {static_cast<std::int64_t>(max)}, [](const store::Row& row) {
        return BookedPart{.conversation = id_at<ConversationId>(row, 0),
                          .number = row.integer(1),
                          .use = id_at<consent::UseId>(row, 2),
                          .outcome = enum_at(row, 3, consent::UseState::unknown)};
    });
}

void AsyncMessages::set_booked(store::WriteSession& session, const BookedPart& part) const {
    session.execute(book, {part.conversation.bytes(), part.number});
}

std::vector<Conversation> AsyncMessages::open_before(store::ReadSession& session, base::Time at,
                                                     std::size_t max) const {
    return all_of(session, unanswered, {micros(at), static_cast<std::int64_t>(max)}, read_conversation);
}

void AsyncMessages::add(store::WriteSession& session, const AsyncNotice& notice) const {
    session.execute(put_notice, {notice.receiver, notice.id.bytes(), notice.message.bytes(), number(notice.state),
                                 notice.error, micros(notice.made)});
}

std::vector<AsyncNotice> AsyncMessages::notices_due(store::ReadSession& session, base::Time now,
                                                    std::size_t max) const {
    return all_of(session, due_notices, {micros(now), static_cast<std::int64_t>(max)}, read_notice);
}

std::optional<base::Time> AsyncMessages::next_notice(store::ReadSession& session, base::Time after) const {
    std::optional<base::Time> next;
    session.query(next_of_notices, {micros(after)}, [&](const store::Row& row) { next = optional_time(row, 0); });
    return next;
}

void AsyncMessages::put_off(store::WriteSession& session, const AsyncNotice& notice) const {
    session.execute(later_notice, {notice.receiver, notice.id.bytes(), notice.failures, micros(notice.next)});
}

void AsyncMessages::remove(store::WriteSession& session, const AsyncNotice& notice) const {
    session.execute(drop_notice, {notice.receiver, notice.id.bytes()});
}

void AsyncMessages::forget_before(store::WriteSession& session, base::Time at) const {
    session.execute(forget_bodies, {micros(at)});
    session.execute(forget_messages, {micros(at)});
    session.execute(forget_parts, {micros(at)});
    session.execute(forget_conversations, {micros(at)});
    session.execute(forget_notices, {micros(at)});
}

AsyncMessages::Totals AsyncMessages::totals(store::ReadSession& session) const {
    Totals totals;
    session.query(totals_waiting, {}, [&](const store::Row& row) {
        totals.waiting = row.integer(0);
        totals.oldest = optional_time(row, 1);
    });
    session.query(totals_dead, {}, [&](const store::Row& row) { totals.given_up = row.integer(0); });
    return totals;
}

}  // namespace kelisim::records
