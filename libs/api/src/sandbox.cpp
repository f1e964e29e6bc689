// SPDX-License-Identifier: Apache-2.0
#include "api/sandbox.hpp"

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"
#include "records/registry_store.hpp"
#include "sandbox_page.hpp"

namespace kelisim::api {

namespace {

using Answer = boost::asio::awaitable<http::Response>;

const base::Reason sandbox_phone{
    "sandbox_phone",
    base::Kind::invalid,
    "ITU-T E.164",
    {"Телефон нөмірі +7... түрінде жазылады.", "Номер телефона пишется как +7...", "Write the phone number as +7..."}};
Answer messages(SandboxParts parts, const http::Request& request) {
    const auto phone = people::Phone::parse(request.parameter("msisdn"));
    if (!phone) co_return problem(sandbox_phone, request);
    boost::json::array list;
    parts.readers.read([&](store::ReadSession& session) {
        for (const auto& message : parts.records.sandbox_messages.all(session, *phone)) {
            list.push_back(boost::json::object{{"id", message.id},
                                               {"direction", message.outgoing ? "received" : "sent"},
                                               {"at", base::to_iso8601(message.at)},
                                               {"text", message.text}});
        }
    });
    co_return http::json_response(200, boost::json::object{{"messages", std::move(list)}});
}

Answer reply(SandboxParts parts, const http::Request& request) {
    const auto phone = people::Phone::parse(request.parameter("msisdn"));
    if (!phone) co_return problem(sandbox_phone, request);
    const auto body = read_body(request, {"text"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto text = json::text(*body, "text", base::limits::sms_reply_bytes_max);
    if (text.has_error()) co_return problem(text.error(), request);
    const base::Time now = parts.clock.now();
    const std::string id = base::RawId::make(now, {}, parts.entropy).to_string();
    auto hear = [parts, phone = *phone, text = std::string(*text), id, now](store::WriteSession& session) {
        parts.records.sandbox_messages.add(session, phone, {.id = id, .outgoing = false, .at = now, .text = text});
        parts.contact.hear(session, phone, text, id, now);
        return true;
    };
    co_await http::committed(parts.writer, std::move(hear));
    co_return http::json_response(202, boost::json::object{{"id", id}});
}

Answer persons(SandboxParts parts) {
    boost::json::array list;
    parts.readers.read([&](store::ReadSession& session) {
        parts.records.subjects.each(session, [&](const records::Subject& subject) {
            const people::Person& person = subject.person;
            list.push_back(boost::json::object{
                {"iin", person.iin.reveal()},
                {"name", person.surname + " " + person.name},
                {"language", base::to_string(person.language)},
                {"phone", person.phone ? boost::json::value(person.phone->reveal()) : boost::json::value(nullptr)},
                {"askable", people::reachable(person)}});
        });
    });
    co_return http::json_response(200, boost::json::object{{"persons", std::move(list)}});
}

boost::json::object clock_json(const SandboxParts& parts) {
    return {{"now", base::to_iso8601(parts.clock.now())},
            {"moved_seconds", std::chrono::duration_cast<std::chrono::seconds>(parts.clock.offset()).count()}};
}

Answer move_clock(SandboxParts parts, const http::Request& request) {
    const auto body = read_body(request, {"advance"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto text = json::text(*body, "advance");
    if (text.has_error()) co_return problem(text.error(), request);
    const auto period = base::parse_period(*text);
    if (period.has_error()) co_return problem(period.error(), request);
    // The move is part of the unit that stores it, so that two moves at once both count, also after a restart.
    auto move = [parts, period = *period](store::WriteSession& session) {
        const base::Time now = parts.clock.now();
        const base::Duration by = (now + period) - now;
        records::set_setting(session, clock_setting, std::to_string((parts.clock.offset() + by).count()));
        session.after_commit([parts, by] {
            parts.clock.advance(by);
            parts.timers.clock_moved();
            parts.outbox.alarm().ring();
            if (parts.clock_moved) parts.clock_moved();
        });
        return true;
    };
    co_await http::committed(parts.writer, std::move(move));
    co_return http::json_response(200, clock_json(parts));
}

Answer page(std::string_view html) {
    http::Response response{.status = 200,
                            .content_type = "text/html; charset=utf-8",
                            .headers = {{"Cache-Control", "no-store"},
                                        {"Content-Security-Policy",
                                         "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                                         "connect-src 'self'; base-uri 'none'; form-action 'none'"},
                                        {"X-Content-Type-Options", "nosniff"},
                                        {"Referrer-Policy", "no-referrer"}},
                            .body = std::string(html)};
    co_return response;
}

}  // namespace

std::vector<http::Route> sandbox_routes(const SandboxParts& parts) {
    constexpr std::string_view why = "the sandbox's own, on loopback, without a real person";
    return {
        {"GET", "/", http::open(why, [](const http::Request&) { return page(sandbox_page); })},
        {"GET", "/sandbox/persons", http::open(why, [parts](const http::Request&) { return persons(parts); })},
        {"GET", "/sandbox/phone/{msisdn}/messages",
         http::open(why, [parts](const http::Request& request) { return messages(parts, request); })},
        {"POST", "/sandbox/phone/{msisdn}/messages",
         http::open(why, [parts](const http::Request& request) { return reply(parts, request); })},
        {"GET", "/sandbox/clock",
         http::open(
             why, [parts](const http::Request&) -> Answer { co_return http::json_response(200, clock_json(parts)); })},
        {"POST", "/sandbox/clock",
         http::open(why, [parts](const http::Request& request) { return move_clock(parts, request); })},
    };
}

}  // namespace kelisim::api
