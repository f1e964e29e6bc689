// SPDX-License-Identifier: Apache-2.0
#include "staff_exchanges.hpp"

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using boost::json::object;

template <class Question>
struct Wanted {
    Question question;
    access::PageWanted page;
};

base::Result<std::optional<base::Time>> time_in(const object& body, std::string_view name) {
    const auto text = json::optional_text(body, name, base::limits::name_bytes_max);
    if (text.has_error()) return text.error();
    if (!*text) return std::optional<base::Time>();
    const auto time = base::parse_time(**text);
    if (time.has_error()) return time.error();
    return std::optional(*time);
}

// As it stands in a message, in braces, or without them.
base::Result<std::optional<base::RawId>> id_in(const object& body, std::string_view name) {
    const auto text = json::optional_text(body, name, base::limits::name_bytes_max);
    if (text.has_error()) return text.error();
    if (!*text) return std::optional<base::RawId>();
    std::string_view bare = **text;
    if (bare.starts_with('{') && bare.ends_with('}')) bare = bare.substr(1, bare.size() - 2);
    const auto id = base::RawId::parse(bare);
    if (!id) return base::Refusal(json::json_member_range);
    return std::optional(*id);
}

// Each into its place, where it is given.
using Texts = std::initializer_list<std::pair<std::string_view, std::string*>>;
base::Result<void> read_texts(const object& body, const Texts& texts) {
    for (const auto& [name, into] : texts) {
        const auto text = json::optional_text(body, name, base::limits::message_field_bytes_max);
        if (text.has_error()) return text.error();
        if (*text) *into = **text;
    }
    return {};
}

// What every search says: why, of which time, and which page.
template <class Question>
base::Result<void> read_search(const object& body, Wanted<Question>& wanted) {
    const auto reason = json::text(body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) return reason.error();
    const auto before = id_in(body, "before");
    if (before.has_error()) return before.error();
    const auto from = time_in(body, "from"), to = time_in(body, "to");
    if (from.has_error()) return from.error();
    if (to.has_error()) return to.error();
    const auto limit = json::optional_integer(
        body, "limit", {.min = 1, .max = static_cast<std::int64_t>(base::limits::page_items_max)});
    if (limit.has_error()) return limit.error();
    wanted.question.reason = *reason;
    wanted.question.from = *from;
    wanted.question.to = *to;
    wanted.page.before = *before;
    wanted.page.max = limit->has_value() ? static_cast<std::size_t>(**limit) : base::limits::page_items_default;
    return {};
}

base::Result<Wanted<access::ExchangeQuestion>> read_exchanges(const http::Request& request) {
    const auto body =
        read_body(request, {"reason", "message_id", "session_id", "service", "party", "from", "to", "before", "limit"});
    if (body.has_error()) return body.error();
    Wanted<access::ExchangeQuestion> wanted;
    access::ExchangeQuestion& question = wanted.question;
    const auto texts = read_texts(
        *body, {{"message_id", &question.message_id}, {"service", &question.service}, {"party", &question.party}});
    if (texts.has_error()) return texts.error();
    if (const auto rest = read_search(*body, wanted); rest.has_error()) return rest.error();
    const auto session = id_in(*body, "session_id");
    if (session.has_error()) return session.error();
    question.session = *session;
    return wanted;
}

base::Result<Wanted<access::RefusedQuestion>> read_refused(const http::Request& request) {
    const auto body = read_body(request, {"reason", "door", "sender", "code", "from", "to", "before", "limit"});
    if (body.has_error()) return body.error();
    Wanted<access::RefusedQuestion> wanted;
    std::string door;
    const auto texts =
        read_texts(*body, {{"door", &door}, {"sender", &wanted.question.sender}, {"code", &wanted.question.code}});
    if (texts.has_error()) return texts.error();
    if (const auto rest = read_search(*body, wanted); rest.has_error()) return rest.error();
    if (door.empty()) return wanted;
    records::Door known{};
    if (!boost::describe::enum_from_string(door.c_str(), known)) return base::Refusal(json::json_member_range);
    wanted.question.door = known;
    return wanted;
}

object refused_json(const records::RefusedMessage& refused) {
    const records::RefusedKind& kind = refused.kind;
    object json{{"minute", base::to_iso8601(kind.minute)},
                {"door", boost::describe::enum_to_string(kind.door, "")},
                {"standing", boost::describe::enum_to_string(kind.standing, "")},
                {"times", refused.times}};
    if (!kind.sender.empty()) json["sender"] = kind.sender;
    if (!kind.code.empty()) json["code"] = kind.code;
    return json;
}

template <class Page, class Item>
object page_of(const Page& page, Item item) {
    boost::json::array items;
    for (const auto& each : page.items)
        items.push_back(item(each));
    object body{{"items", std::move(items)}};
    if (page.next) body["next"] = page.next->to_string();
    return body;
}

}  // namespace

object exchange_json(const records::Exchange& exchange) {
    object json{{"id", exchange.id.to_string()},
                {"sender", exchange.sender},
                {"service", exchange.service},
                {"wire", boost::describe::enum_to_string(exchange.came_over, "")},
                {"outcome", boost::describe::enum_to_string(exchange.state, "")},
                {"received", base::to_iso8601(exchange.received)},
                {"request_sha256", base::to_hex(exchange.request)},
                {"request_bytes", exchange.request_bytes}};
    if (!exchange.owner.empty()) json["owner"] = exchange.owner;
    if (exchange.session) json["session_id"] = exchange.session->to_string();
    if (exchange.forwarded) json["forwarded"] = base::to_iso8601(*exchange.forwarded);
    if (exchange.replied) json["replied"] = base::to_iso8601(*exchange.replied);
    if (exchange.concluded) json["concluded"] = base::to_iso8601(*exchange.concluded);
    if (exchange.response) {
        json["response_sha256"] = base::to_hex(*exchange.response);
        json["response_bytes"] = exchange.response_bytes;
    }
    const auto& [came, forwarded, replied, sent] = exchange.wire;
    if (came) json["received_sha256"] = base::to_hex(*came);
    if (forwarded) json["forwarded_sha256"] = base::to_hex(*forwarded);
    if (replied) json["replied_sha256"] = base::to_hex(*replied);
    if (sent) json["sent_sha256"] = base::to_hex(*sent);
    return json;
}

boost::asio::awaitable<http::Response> search_exchanges(const StaffParts& parts, const StaffCall& call,
                                                        const http::Request& request) {
    const auto wanted = read_exchanges(request);
    if (wanted.has_error()) co_return problem(wanted.error(), request);
    auto begin = [&search = parts.exchange_search, official = call.official, question = wanted->question,
                  now = parts.clock.now()](store::WriteSession& session) {
        return search.begin(session, official, question, now);
    };
    const auto filter = co_await http::committed(parts.writer, std::move(begin));
    if (filter.has_error()) co_return problem(filter.error(), request);
    // It may look at many rows.
    auto look = [&parts, &filter, &wanted] {
        records::ExchangePage page;
        parts.readers.read(
            [&](store::ReadSession& session) { page = parts.exchange_search.find(session, *filter, wanted->page); });
        return page;
    };
    const auto page = co_await http::elsewhere(parts.elsewhere, std::move(look));
    co_return http::json_response(200, page_of(page, exchange_json));
}

boost::asio::awaitable<http::Response> search_refused(const StaffParts& parts, const StaffCall& call,
                                                      const http::Request& request) {
    const auto wanted = read_refused(request);
    if (wanted.has_error()) co_return problem(wanted.error(), request);
    auto begin = [&search = parts.exchange_search, official = call.official, question = wanted->question,
                  now = parts.clock.now()](store::WriteSession& session) {
        return search.begin_refused(session, official, question, now);
    };
    const auto filter = co_await http::committed(parts.writer, std::move(begin));
    if (filter.has_error()) co_return problem(filter.error(), request);
    // What was counted a moment ago is looked for too; and it may look at many rows.
    auto look = [&parts, &filter, &wanted] {
        parts.write_refusals();
        records::RefusedPage page;
        parts.readers.read([&](store::ReadSession& session) {
            page = parts.exchange_search.find_refused(session, *filter, wanted->page);
        });
        return page;
    };
    const auto page = co_await http::elsewhere(parts.elsewhere, std::move(look));
    co_return http::json_response(200, page_of(page, refused_json));
}

}  // namespace kelisim::api
