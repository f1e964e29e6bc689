// SPDX-License-Identifier: Apache-2.0
#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

const base::Reason sign_in_too_many{
    "sign_in_too_many",
    base::Kind::too_many,
    "",
    {"Осы желілік (IP) мекенжайдан тым көп кіру басталды, мүмкін, сіз емес. Сәл кейінірек қайталаңыз.",
     "С этого сетевого (IP) адреса начато слишком много входов, возможно, не вами. Повторите немного позже.",
     "Too many sign-ins were begun from this network (IP) address, perhaps not by you. Try again a little later."}};

std::vector<http::Route> Cabinet::sign_in_routes() {
    constexpr std::string_view why = "a person proves who they are here";
    const PersonAuthentication& person = parts_.persons;
    return {
        {"POST", "/api/v1/sign-in",
         http::open(why, [this](const http::Request& request) { return begin_sign_in(request); })},
        {"POST", "/api/v1/sign-in/{id}",
         http::open(why, [this](const http::Request& request) { return finish_sign_in(request); })},
        {"POST", "/api/v1/me/sign-out",
         person.protecting([this](const PersonCall& c, const http::Request& r) { return sign_out(c, r); })},
        {"GET", "/api/v1/me/sessions",
         person.protecting([this](const PersonCall& c, const http::Request&) { return sessions(c); })},
        {"DELETE", "/api/v1/me/sessions/{id}",
         person.protecting([this](const PersonCall& c, const http::Request& r) { return end_session(c, r); })},
        {"POST", "/api/v1/sign-in-by-eds",
         http::open(why, [this](const http::Request& request) { return begin_sign_in_by_eds(request); })},
        {"POST", "/api/v1/sign-in-by-eds/{id}",
         http::open(why, [this](const http::Request& request) { return finish_sign_in_by_eds(request); })},
    };
}

// The answer is the same for whoever there is and is not.
Cabinet::Answer Cabinet::begin_sign_in(const http::Request& request) {
    const auto body = read_body(request, {"iin"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto text = json::text(*body, "iin");
    if (text.has_error()) co_return problem(text.error(), request);
    const auto iin = base::Iin::parse(*text);
    if (iin.has_error()) co_return problem(iin.error(), request);
    const base::Time now = parts_.clock.now();
    const std::string device(parts_.persons.device_cookie().read(request.headers).value_or(""));
    const auto from = identity::caller_address(request, parts_.proxies);
    // Whoever else uses up what one address may do, a device that is known passes.
    const bool known = parts_.use_cases.signing_in.knows_device(*iin, device, now);
    if (!known && from && !parts_.sign_ins.take(*from, now)) co_return paced_out(sign_in_too_many, request);
    auto begin = [&signing_in = parts_.use_cases.signing_in, iin = *iin, device, now](store::WriteSession& session) {
        return signing_in.begin(session, iin, device, now);
    };
    const auto begun = co_await http::committed(parts_.writer, std::move(begin));
    co_return http::json_response(202, boost::json::object{{"sign_in", begun.id.to_string()},
                                                           {"code_sent", begun.code_sent},
                                                           {"expires_in", base::limits::code_life.count()},
                                                           {"next_code_at", base::to_iso8601(begun.next_code)}});
}

Cabinet::Answer Cabinet::finish_sign_in(const http::Request& request) {
    const auto body = read_body(request, {"code"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto code = json::text(*body, "code", base::limits::name_bytes_max);
    if (code.has_error()) co_return problem(code.error(), request);
    const auto id = access::SignInId::parse(request.parameter("id"));
    if (!id) co_return problem(access::code_wrong, request);
    auto finish = [&signing_in = parts_.use_cases.signing_in, id = *id, code = std::string(*code),
                   beside = beside(request), now = parts_.clock.now()](store::WriteSession& session) {
        return signing_in.finish(session, id, code, beside, now);
    };
    const auto outcome = co_await http::committed(parts_.writer, std::move(finish));
    if (const auto* refused = std::get_if<base::Refusal>(&outcome)) co_return problem(*refused, request);
    co_return signed_in(std::get<access::SigningIn::Opened>(outcome));
}

// Of the session in which the caller is signed in already, if any.
std::string Cabinet::beside(const http::Request& request) const {
    return std::string(parts_.persons.cookie().read(request.headers).value_or(""));
}

http::Response Cabinet::signed_in(const access::SigningIn::Opened& opened) const {
    http::Response response = http::json_response(
        200, boost::json::object{{"session", opened.session.id.to_string()},
                                 {"means", boost::describe::enum_to_string(opened.session.means, "")},
                                 {"csrf_token", parts_.use_cases.signing_in.csrf_token(opened.session.id)},
                                 {"idle_seconds", base::limits::session_idle_max.count()},
                                 {"ends", base::to_iso8601(opened.session.ends)}});
    response.headers.push_back({"Set-Cookie", parts_.persons.cookie().set(opened.token, base::limits::session_life)});
    response.headers.push_back(
        {"Set-Cookie", parts_.persons.device_cookie().set(opened.device, base::limits::known_device_life)});
    return response;
}

Cabinet::Answer Cabinet::begin_sign_in_by_eds(const http::Request& request) {
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    const base::Time now = parts_.clock.now();
    const auto from = identity::caller_address(request, parts_.proxies);
    if (from && !parts_.sign_ins.take(*from, now)) co_return paced_out(sign_in_too_many, request);
    const base::Time expires = now + base::limits::code_life;
    const std::string challenge = identity::make_challenge(parts_.issuer, "sign_in", expires, parts_.entropy);
    auto wait = [&signing_in = parts_.use_cases.signing_in, hash = crypto::sha256(base::as_bytes(challenge)), expires,
                 now](store::WriteSession& session) { return signing_in.await_eds(session, hash, expires, now); };
    const auto id = co_await http::committed(parts_.writer, std::move(wait));
    co_return http::json_response(201, boost::json::object{{"sign_in", id.to_string()},
                                                           {"challenge", challenge},
                                                           {"expires_in", base::limits::code_life.count()}});
}

Cabinet::Answer Cabinet::finish_sign_in_by_eds(const http::Request& request) {
    const auto body = read_body(request, {"signature"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto id = access::SignInId::parse(request.parameter("id"));
    if (!id) co_return problem(access::eds_challenge_unknown, request);
    const auto checked = co_await verified(request, body->if_contains("signature"), trust::Purpose::sign_in);
    if (const auto* refused = std::get_if<http::Response>(&checked)) co_return *refused;
    const auto& document = std::get<identity::SignedDocument>(checked);
    auto finish = [&signing_in = parts_.use_cases.signing_in, id = *id,
                   by = access::SigningIn::Signed{.iin = document.signatory.iin,
                                                  .organisation = document.signatory.bin,
                                                  .certificate = document.signatory.certificate,
                                                  .content = crypto::sha256(document.content)},
                   beside = beside(request), now = parts_.clock.now()](store::WriteSession& session) {
        return signing_in.finish_eds(session, id, by, beside, now);
    };
    const auto outcome = co_await http::committed(parts_.writer, std::move(finish));
    if (const auto* refused = std::get_if<base::Refusal>(&outcome)) co_return problem(*refused, request);
    co_return signed_in(std::get<access::SigningIn::Opened>(outcome));
}

Cabinet::Answer Cabinet::sign_out(const PersonCall& call, const http::Request& request) {
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto end = [&signing_in = parts_.use_cases.signing_in, session_of = call.session,
                now = parts_.clock.now()](store::WriteSession& session) {
        return signing_in.end(session, session_of.subject, session_of.id, now);
    };
    co_await http::committed(parts_.writer, std::move(end));
    http::Response response = http::empty_response(204);
    response.headers.push_back({"Set-Cookie", parts_.persons.cookie().clear()});
    co_return response;
}

Cabinet::Answer Cabinet::sessions(const PersonCall& call) {
    boost::json::array list;
    const base::Time now = parts_.clock.now();
    parts_.readers.read([&](store::ReadSession& session) {
        for (const auto& each : parts_.parts.records.sessions.of(session, call.session.subject)) {
            if (!access::SigningIn::lives(each, now)) continue;
            list.push_back(boost::json::object{{"id", each.id.to_string()},
                                               {"begun", base::to_iso8601(each.begun)},
                                               {"seen", base::to_iso8601(each.seen)},
                                               {"ends", base::to_iso8601(each.ends)},
                                               {"current", each.id == call.session.id},
                                               {"means", boost::describe::enum_to_string(each.means, "")},
                                               {"organisation", each.organisation}});
        }
    });
    co_return http::json_response(200, boost::json::object{{"items", std::move(list)}});
}

Cabinet::Answer Cabinet::end_session(const PersonCall& call, const http::Request& request) {
    const auto id = records::SessionId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    auto end = [&signing_in = parts_.use_cases.signing_in, subject = call.session.subject, id = *id,
                now = parts_.clock.now()](store::WriteSession& session) {
        return signing_in.end(session, subject, id, now);
    };
    const bool ended = co_await http::committed(parts_.writer, std::move(end));
    if (!ended) co_return problem(access::cabinet_not_found, request);
    co_return http::empty_response(204);
}

}  // namespace kelisim::api
