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

struct Wanted {
    access::ExchangeQuestion question;
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

base::Result<void> read_texts(const object& body, access::ExchangeQuestion& question) {
    const auto reason = json::text(body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) return reason.error();
    question.reason = *reason;
    for (const auto& [name, into] :
         {std::pair{"message_id", &question.message_id}, {"service", &question.service}, {"party", &question.party}}) {
        const auto text = json::optional_text(body, name, base::limits::message_field_bytes_max);
        if (text.has_error()) return text.error();
        if (*text) *into = **text;
    }
    return {};
}

base::Result<Wanted> read(const http::Request& request) {
    const auto body =
        read_body(request, {"reason", "message_id", "session_id", "service", "party", "from", "to", "before", "limit"});
    if (body.has_error()) return body.error();
    Wanted wanted;
    if (const auto texts = read_texts(*body, wanted.question); texts.has_error()) return texts.error();
    const auto session = id_in(*body, "session_id"), before = id_in(*body, "before");
    if (session.has_error()) return session.error();
    if (before.has_error()) return before.error();
    const auto from = time_in(*body, "from"), to = time_in(*body, "to");
    if (from.has_error()) return from.error();
    if (to.has_error()) return to.error();
    const auto limit = json::optional_integer(
        *body, "limit", {.min = 1, .max = static_cast<std::int64_t>(base::limits::page_items_max)});
    if (limit.has_error()) return limit.error();
    wanted.question.session = *session;
    wanted.question.from = *from;
    wanted.question.to = *to;
    wanted.page.before = *before;
    wanted.page.max = limit->has_value() ? static_cast<std::size_t>(**limit) : base::limits::page_items_default;
    return wanted;
}

object page_of(const records::ExchangePage& page) {
    boost::json::array items;
    for (const records::Exchange& each : page.items)
        items.push_back(exchange_json(each));
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
    const auto wanted = read(request);
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
    co_return http::json_response(200, page_of(page));
}

}  // namespace kelisim::api
