// SPDX-License-Identifier: Apache-2.0
#include "connector/gateway.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "base/text.hpp"
#include "http/form.hpp"
#include "http_date.hpp"
#include "json/json.hpp"
#include "token/jws.hpp"
#include "token/proof.hpp"

namespace kelisim::connector {

using base::Kind;
using boost::asio::awaitable;

const base::Reason gateway_unreachable{"connector_gateway_unreachable",
                                       Kind::invalid,
                                       "",
                                       {"Шлюзге қосылу мүмкін емес. Ештеңе жіберілген жоқ, кейінірек қайталаңыз.",
                                        "Нет связи со шлюзом. Ничего не отправлено, повторите позже.",
                                        "The gateway cannot be reached. Nothing was sent; repeat it later."}};
const base::Reason gateway_silent{"connector_gateway_silent",
                                  Kind::invalid,
                                  "",
                                  {"Шлюз уақытында жауап бермеді. Сол Idempotency-Key бойынша қайталаңыз.",
                                   "Шлюз не ответил вовремя. Повторите с тем же Idempotency-Key.",
                                   "The gateway did not answer in time. Repeat it under the same Idempotency-Key."}};
const base::Reason gateway_unreadable{
    "connector_gateway_unreadable",
    Kind::invalid,
    "",
    {"Шлюздің жауабын оқу мүмкін емес.", "Ответ шлюза не читается.", "The answer of the gateway cannot be read."}};
const base::Reason gateway_lacks_service{
    "connector_gateway_lacks_service",
    Kind::not_found,
    "236/НК п.5(2)",
    {"Бұл жүйенің қосылымдарында мұндай сервис жоқ.", "В подключениях этой системы нет такого сервиса.",
     "No connection of this system has such a service."}};
const base::Reason token_unbound{
    "connector_token_unbound",
    Kind::invalid,
    "RFC 9449 section 5",
    {"Шлюз токенді қосылу нүктесінің кілтіне байламады; ол токен қолданылмайды.",
     "Шлюз не привязал токен к ключу точки доступа; такой токен не используется.",
     "The gateway did not bind the token to the key of the access point; such a token is not used."}};

const base::Reason answer_not_signed{
    "connector_answer_not_signed",
    Kind::invalid,
    "307/НК п.2(29)",
    {"Жауапқа шлюз тиісінше қол қоймаған; деректер берілмейді. Idempotency-Key берілген болса, сонымен қайталау екінші "
     "рет саналмайды.",
     "Ответ не подписан шлюзом как следует; данные не переданы. Если был Idempotency-Key, повтор с ним второй раз не "
     "засчитывается.",
     "The gateway did not sign the answer as it has to; the data are not given. A repeat under the same "
     "Idempotency-Key, if there was one, is not counted again."}};

namespace {

constexpr std::chrono::seconds oauth_deadline{10}, data_deadline{20};
constexpr std::chrono::seconds assertion_life{60};
// A clock that is further off than this is the likely cause of a refused assertion.
constexpr std::chrono::seconds clock_differs{30};
constexpr std::string_view retry_soon = "5";
constexpr std::string_view token_endpoint = "/token";
constexpr int bad_gateway = 502, unavailable = 503, gateway_timeout = 504;

Told told(int status, const base::Reason& reason, std::string_view retry_after = {}) {
    return {.status = status, .codes = {std::string(reason.code)}, .retry_after = std::string(retry_after)};
}

Told told_of(const http::Failure& failure) {
    switch (failure.lost) {
        case http::Lost::not_sent:
            return told(unavailable, gateway_unreachable, retry_soon);
        case http::Lost::no_answer:
            return told(gateway_timeout, gateway_silent, retry_soon);
        case http::Lost::bad_answer:
            break;
    }
    return told(bad_gateway, gateway_unreadable);
}

// Nothing when the body is no JSON object.
std::optional<boost::json::object> object_in(const http::Answer& answer) {
    auto value = json::parse(answer.body, {.bytes_max = base::limits::answer_body_bytes_max});
    if (value.has_error() || !value->is_object()) return std::nullopt;
    return std::move(value->get_object());
}

// Empty when it is not there.
std::string_view text_in(const boost::json::object& body, std::string_view name) {
    const auto text = json::text(body, name);
    return text.has_value() ? *text : std::string_view();
}

// A code is what the catalogue can hold; whatever else stands there is not passed on.
bool is_code(std::string_view text) {
    constexpr std::size_t length_max = 64;
    return !text.empty() && text.size() <= length_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// Of a problem (RFC 9457) or of an OAuth error; never empty.
Codes codes_in(const boost::json::object& body) {
    Codes codes;
    const auto add = [&](const boost::json::object& from) {
        const std::string_view code = text_in(from, "code");
        if (is_code(code) && std::ranges::find(codes, code) == codes.end()) codes.emplace_back(code);
    };
    add(body);
    if (const auto reasons = json::array(body, "reasons"); reasons.has_value()) {
        for (const auto& reason : **reasons) {
            if (reason.is_object()) add(reason.get_object());
        }
    }
    if (codes.empty()) codes.emplace_back(gateway_unreadable.code);
    return codes;
}

http::Outgoing look_at(std::string target) {
    return {.upstream = {},
            .method = "GET",
            .target = std::move(target),
            .headers = {{"Accept", "application/json"}},
            .body = {},
            .limits = {.deadline = oauth_deadline}};
}

// An answer that decides nothing about the question.
Told undecided(const http::Answer& answer, const boost::json::object& body) {
    const bool later = answer.status == 429 || answer.status == unavailable;
    const std::string_view wait = answer.headers.first("Retry-After").value_or(retry_soon);
    const bool seconds = base::parse_integer(wait).has_value();
    return {.status = later ? unavailable : bad_gateway,
            .codes = codes_in(body),
            .retry_after = std::string(later && seconds ? wait : "")};
}

// An OAuth error; a 404 of whatever else stands at the address decides nothing.
bool is_decision(const http::Answer& answer, const boost::json::object& body) {
    return answer.status >= 400 && answer.status < 500 && answer.status != 401 && answer.status != 429 &&
           !text_in(body, "error").empty();
}

std::variant<Held, Pending, Decided, Told> read_token_error(const http::Answer& answer,
                                                            const boost::json::object& body) {
    const std::string_view error = text_in(body, "error");
    if (error == "authorization_pending") return Pending{.too_often = false};
    if (error == "slow_down") return Pending{.too_often = true};
    if (error == "access_denied") return Decided{.state = State::refused, .codes = codes_in(body)};
    if (error == "expired_token") return Decided{.state = State::expired, .codes = codes_in(body)};
    if (error == "invalid_grant") return Decided{.state = State::ended, .codes = codes_in(body)};
    return undecided(answer, body);
}

}  // namespace

void Gateway::learn_time(const http::Answer& answer) {
    const auto date = parse_http_date(answer.headers.first("Date").value_or(""));
    if (date) ahead_ = *date - parts_.clock.now();
}

awaitable<std::variant<http::Answer, Told>> Gateway::send(http::Outgoing request) {
    request.upstream = parts_.authority;
    http::Outcome outcome = co_await parts_.client.exchange(std::move(request));
    auto* answer = std::get_if<http::Answer>(&outcome);
    answered_ = answer != nullptr;
    if (answer == nullptr) co_return told_of(std::get<http::Failure>(outcome));
    learn_time(*answer);
    co_return std::move(*answer);
}

awaitable<std::optional<Told>> Gateway::have_issuer() {
    if (!issuer_.empty()) co_return std::nullopt;
    http::Outgoing request = look_at("/.well-known/oauth-authorization-server");
    auto sent = co_await send(std::move(request));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    const auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    const std::string_view issuer = body ? text_in(*body, "issuer") : std::string_view();
    if (answer.status != 200 || issuer.empty()) co_return told(bad_gateway, gateway_unreadable);
    issuer_ = issuer;
    co_return std::nullopt;
}

// RFC 7523 section 3.
std::string Gateway::assertion() {
    const std::int64_t issued = base::to_seconds(now());
    return token::sign(parts_.key, "JWT",
                       {{"iss", parts_.client_id},
                        {"sub", parts_.client_id},
                        {"aud", issuer_},
                        {"jti", base::RawId::make(now(), {}, parts_.entropy).to_string()},
                        {"iat", issued},
                        {"exp", issued + assertion_life.count()}});
}

// "htu" is what the gateway calls itself: it holds proofs against that and not against the address that we reach it by.
http::Header Gateway::proof(std::string_view method, std::string_view target,
                            std::optional<std::string_view> access_token) {
    const std::string uri = issuer_ + std::string(target);
    const std::string id = base::RawId::make(now(), {}, parts_.entropy).to_string();
    return {"DPoP",
            token::prove(parts_.proof_key,
                         {.method = method, .uri = uri, .id = id, .made = now(), .access_token = access_token})};
}

http::Outgoing Gateway::form(std::string_view target, const Parameters& parameters) {
    std::string body = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    body += "&client_assertion=" + http::form_encode(assertion());
    for (const auto& [name, value] : parameters)
        body += "&" + http::form_encode(name) + "=" + http::form_encode(value);
    http::Outgoing request{
        .upstream = {},
        .method = "POST",
        .target = std::string(target),
        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
        .body = std::move(body),
        .limits = {.deadline = oauth_deadline}};
    if (target == token_endpoint) request.headers.push_back(proof(request.method, target, std::nullopt));
    return request;
}

awaitable<std::variant<http::Answer, Told>> Gateway::post(std::string_view target, Parameters parameters) {
    if (auto failed = co_await have_issuer()) co_return std::move(*failed);
    const base::Duration before = ahead_;
    http::Outgoing first = form(target, parameters);
    auto sent = co_await send(std::move(first));
    const auto* answer = std::get_if<http::Answer>(&sent);
    const bool by_the_clock = std::chrono::abs(ahead_ - before) > clock_differs;
    if (answer == nullptr || answer->status != 401 || !by_the_clock) co_return sent;
    http::Outgoing again = form(target, parameters);
    co_return co_await send(std::move(again));
}

// By the name that the gateway goes by, as with proofs. A service that asks for no signature passes it over.
http_signatures::SentRequest Gateway::sign(http::Outgoing& request) {
    const std::string nonce = base::RawId::make(now(), {}, parts_.entropy).to_string();
    return http_signatures::sign_request(
        request, http::parse_http_origin(issuer_).value_or(parts_.authority),
        {.key = parts_.key.key, .key_id = parts_.key.kid, .created = now(), .nonce = nonce});
}

awaitable<std::optional<Told>> Gateway::have_keys() {
    http::Outgoing request = look_at("/jwks");
    auto sent = co_await send(std::move(request));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    const auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (answer.status != 200 || !body) co_return told(bad_gateway, gateway_unreadable);
    keys_ = token::KeySet::from_jwks(*body);
    co_return std::nullopt;
}

// Under the keys that were given to us; without them a signature is checked where there is one, under keys that come the same way.
awaitable<std::optional<Told>> Gateway::objection_to(const http::Answer& answer,
                                                     const http_signatures::SentRequest& sent) {
    if (!parts_.keys && answer.headers.times("Signature") == 0) co_return std::nullopt;
    const token::KeySet& keys = parts_.keys ? *parts_.keys : keys_;
    base::Result<void> verdict = http_signatures::check_answer(answer, sent, keys, now());
    const bool unknown = verdict.has_error() && verdict.error().has(http_signatures::http_signature_key_unknown);
    if (unknown && !parts_.keys) {
        if (auto failed = co_await have_keys()) co_return std::move(*failed);
        verdict = http_signatures::check_answer(answer, sent, keys, now());
    }
    if (!verdict.has_error()) co_return std::nullopt;
    co_return told(bad_gateway, answer_not_signed);
}

awaitable<std::optional<Told>> Gateway::introduce() {
    if (auto failed = co_await have_issuer()) co_return std::move(*failed);
    http::Outgoing request = look_at("/api/v1/initiator/services");
    request.headers.push_back({"Authorization", "Bearer " + assertion()});
    auto sent = co_await send(std::move(request));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    const auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (!body) co_return told(bad_gateway, gateway_unreadable);
    if (answer.status == 401) co_return Told{.status = 401, .codes = codes_in(*body)};
    if (answer.status != 200) co_return undecided(answer, *body);
    const auto items = json::array(*body, "items", base::limits::answer_body_bytes_max);
    const bool ours = items.has_value() && std::ranges::any_of(**items, [&](const boost::json::value& item) {
                          return item.is_object() && text_in(item.get_object(), "service") == parts_.service;
                      });
    if (!ours) co_return told(404, gateway_lacks_service);
    co_return std::nullopt;
}

awaitable<std::variant<Registered, Decided, Told>> Gateway::ask(const Ask& ask, const ConsentId& id) {
    Parameters parameters{{"scope", "openid"},
                          {"login_hint", "iin:" + std::string(ask.person.reveal())},
                          {"authorization_details", boost::json::serialize(authorization_details(ask, parts_.service))},
                          {"client_request_id", id.to_string()}};
    if (ask.answer_within) parameters.emplace_back("requested_expiry", std::to_string(*ask.answer_within));
    auto sent = co_await post("/bc-authorize", std::move(parameters));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    const auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (!body) co_return told(bad_gateway, gateway_unreadable);
    if (is_decision(answer, *body)) co_return Decided{.state = State::refused, .codes = codes_in(*body)};
    if (answer.status != 200) co_return undecided(answer, *body);
    const auto request = json::text(*body, "auth_req_id");
    const auto interval = json::integer(*body, "interval", {.min = 1, .max = 3600});
    if (request.has_error() || interval.has_error()) co_return told(bad_gateway, gateway_unreadable);
    co_return Registered{.auth_req_id = std::string(*request), .interval = std::chrono::seconds{*interval}};
}

awaitable<std::variant<Held, Pending, Decided, Told>> Gateway::redeem(const std::string& auth_req_id) {
    Parameters parameters{{"grant_type", "urn:openid:params:grant-type:ciba"}, {"auth_req_id", auth_req_id}};
    auto sent = co_await post(token_endpoint, std::move(parameters));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    const auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (!body) co_return told(bad_gateway, gateway_unreadable);
    if (answer.status != 200) co_return read_token_error(answer, *body);
    // Whoever got hold of it could use it.
    if (text_in(*body, "token_type") != "DPoP") co_return told(bad_gateway, token_unbound);
    const auto text = json::text(*body, "access_token", base::limits::jwt_bytes_max);
    const auto life = json::integer(*body, "expires_in", {.min = 0});
    if (text.has_error() || life.has_error()) co_return told(bad_gateway, gateway_unreadable);
    co_return Held{.token = base::Secret<std::string>(std::string(*text)), .life = std::chrono::seconds{*life}};
}

awaitable<std::variant<Given, Told>> Gateway::call(const Held& held, const base::Iin& person, const Wanted& wanted,
                                                   std::string_view repeat_key) {
    if (auto failed = co_await have_issuer()) co_return std::move(*failed);
    boost::json::object named = wanted.more;
    named["iin"] = person.reveal();
    named["fields"] = boost::json::value_from(wanted.fields);
    http::Outgoing request{.upstream = {},
                           .method = "POST",
                           .target = "/gateway/" + parts_.service + "/" + parts_.path,
                           .headers = {{"Authorization", "DPoP " + held.token.reveal()},
                                       {"Content-Type", "application/json"},
                                       {"Accept", "application/json"}},
                           .body = boost::json::serialize(named),
                           .limits = {.deadline = data_deadline}};
    http::Header shown = proof(request.method, request.target, held.token.reveal());
    request.headers.push_back(std::move(shown));
    if (!repeat_key.empty()) request.headers.push_back({"Idempotency-Key", std::string(repeat_key)});
    const http_signatures::SentRequest signed_as = sign(request);
    auto sent = co_await send(std::move(request));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (!body || (answer.status != 200 && answer.status < 400)) co_return told(bad_gateway, gateway_unreadable);
    if (answer.status == 200) {
        if (auto objection = co_await objection_to(answer, signed_as)) co_return std::move(*objection);
        const bool replayed = answer.headers.first("Idempotency-Replayed") == "true";
        co_return Given{.body = std::move(answer.body), .replayed = replayed};
    }
    const std::string_view wait = answer.headers.first("Retry-After").value_or("");
    co_return Told{.status = answer.status,
                   .codes = codes_in(*body),
                   .retry_after = std::string(base::parse_integer(wait) ? wait : "")};
}

}  // namespace kelisim::connector
