// SPDX-License-Identifier: Apache-2.0
#include "connector/gateway.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "http/form.hpp"
#include "http_date.hpp"
#include "json/json.hpp"
#include "token/jws.hpp"
#include "token/proof.hpp"
#include "told.hpp"

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

namespace {

constexpr std::chrono::seconds oauth_deadline{10};
constexpr std::chrono::seconds assertion_life{60};
// A clock that is further off than this is the likely cause of a refused assertion.
constexpr std::chrono::seconds clock_differs{30};
constexpr std::string_view token_endpoint = "/token";

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
    const base::Duration ahead = date ? *date - parts_.clock.now() : ahead_;
    learned_ = std::chrono::abs(ahead - ahead_) > clock_differs;
    ahead_ = ahead;
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
                        {"jti", new_id()},
                        {"iat", issued},
                        {"exp", issued + assertion_life.count()}});
}

// "htu" is what the gateway calls itself: it holds proofs against that and not against the address that we reach it by.
http::Header Gateway::proof(const token::SigningKey& key, std::string_view method, std::string_view target,
                            std::optional<std::string_view> access_token) const {
    const std::string uri = issuer_ + std::string(target), id = new_id();
    return {"DPoP",
            token::prove(key, {.method = method, .uri = uri, .id = id, .made = now(), .access_token = access_token})};
}

std::string Gateway::new_id() const {
    return base::RawId::make(now(), {}, parts_.entropy).to_string();
}

http::Authority Gateway::named() const {
    return http::parse_http_origin(issuer_).value_or(parts_.authority);
}

awaitable<std::variant<token::KeySet, Told>> Gateway::published_keys() {
    http::Outgoing request = look_at("/jwks");
    auto sent = co_await send(std::move(request));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    const auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (answer.status != 200 || !body) co_return told(bad_gateway, gateway_unreadable);
    co_return token::KeySet::from_jwks(*body);
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
    if (target == token_endpoint)
        request.headers.push_back(proof(parts_.proof_key, request.method, target, std::nullopt));
    return request;
}

awaitable<std::variant<http::Answer, Told>> Gateway::post(std::string_view target, Parameters parameters) {
    if (auto failed = co_await have_issuer()) co_return std::move(*failed);
    http::Outgoing first = form(target, parameters);
    auto sent = co_await send(std::move(first));
    const auto* answer = std::get_if<http::Answer>(&sent);
    if (answer == nullptr || answer->status != 401 || !learned_) co_return sent;
    http::Outgoing again = form(target, parameters);
    co_return co_await send(std::move(again));
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
                          return item.is_object() && text_in(item.get_object(), "service") == parts_.service &&
                                 text_in(item.get_object(), "wire") == parts_.wire;
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

}  // namespace kelisim::connector
