// SPDX-License-Identifier: Apache-2.0
#include "gateway/rest.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/media_type.hpp"
#include "http/status.hpp"
#include "http/unit.hpp"
#include "http/uri.hpp"
#include "registry/contours.hpp"
#include "streamed.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using consent::UseState;

const Reason service_not_on_rest{
    "gateway_service_unknown",
    Kind::not_found,
    "307/НК п.2(22)",
    {"Шлюзде мұндай сервис жоқ.", "На шлюзе нет такого сервиса.", "The gateway has no such service."}};
const Reason token_missing{
    "gateway_token_missing",
    Kind::unauthenticated,
    "307/НК п.45-7",
    {"Қауіпсіздік токені жоқ.", "Нет токена безопасности.", "The call brings no security token."}};
const Reason token_given_twice{"gateway_token_twice",
                               Kind::invalid,
                               "RFC 6750 section 2",
                               {"Қауіпсіздік токені екі рет берілген.", "Токен безопасности передан дважды.",
                                "The call brings the security token twice."}};
const Reason owner_unreachable{"gateway_owner_unreachable",
                               Kind::invalid,
                               "",
                               {"Деректер иесіне қосылу мүмкін емес. Қолдану саналған жоқ.",
                                "Нет связи с владельцем данных. Обращение не засчитано.",
                                "The data owner cannot be reached. The use was not counted."}};
const Reason owner_silent{"gateway_owner_silent",
                          Kind::invalid,
                          "",
                          {"Деректер иесі уақытында жауап бермеді.", "Владелец данных не ответил вовремя.",
                           "The data owner did not answer in time."}};
const Reason owner_failed{
    "gateway_owner_failed",
    Kind::invalid,
    "",
    {"Деректер иесінің жүйесінде ақау.", "Сбой в системе владельца данных.", "The system of the data owner failed."}};
const Reason owner_refused{
    "gateway_owner_refused",
    Kind::invalid,
    "418-V ст.17",
    {"Деректер иесі бас тартты. Қолдану саналған жоқ.", "Владелец данных отказал. Обращение не засчитано.",
     "The data owner refused. The use was not counted."}};
const Reason method_not_passed{"gateway_method_not_passed",
                               Kind::invalid,
                               "RFC 9110 section 9",
                               {"Шлюз мұндай HTTP әдісін өткізбейді.", "Шлюз не пропускает такой метод HTTP.",
                                "The gateway does not pass this method of HTTP."}};
const Reason stream_not_kept{"gateway_stream_not_kept",
                             Kind::invalid,
                             "",
                             {"Бұл сервистің жауаптары сақталмайды: Idempotency-Key өрісінсіз сұраңыз.",
                              "Ответы этого сервиса не хранятся: обращайтесь без поля Idempotency-Key.",
                              "Answers of this service are not kept: call it without Idempotency-Key."}};
const Reason stream_has_no_fields{"gateway_stream_has_no_fields",
                                  Kind::invalid,
                                  "307/НК п.45-7",
                                  {"Бұл сервис деректерді бөліп бермейді: kdp-fields өрісінсіз сұраңыз.",
                                   "Этот сервис не отдаёт данные по частям: обращайтесь без поля kdp-fields.",
                                   "This service does not give parts of its data: call it without kdp-fields."}};

namespace {

constexpr int server_errors = 500;  // and above
constexpr int bad_gateway = 502;
constexpr int unavailable = 503;
constexpr int gateway_timeout = 504;
constexpr std::string_view json_type = "application/json";
// HEAD would count a use for which nothing is given, TRACE shows the token to whoever is asked, OPTIONS asks about no person.
constexpr std::array<std::string_view, 5> passed_methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::string_view allowed = "GET, POST, PUT, PATCH, DELETE";

// Content that passes as it comes. With the time in which a connection is there and the time of the answer's head it stays below that
// after which a use without outcome is booked as unknown (access/sweeps.cpp).
constexpr std::size_t streamed_request_bytes_max = 100UL * 1024 * 1024;
constexpr std::size_t streamed_answer_bytes_max = 1024UL * 1024 * 1024;
constexpr std::chrono::seconds streamed_request_deadline{40};
constexpr std::chrono::seconds streamed_owner_deadline{20};
// What says how content is to be read (RFC 9110 8.3 to 8.5, RFC 6266), and what is wanted. Everything else stays here.
constexpr std::array<std::string_view, 4> content_fields{"Content-Type", "Content-Encoding", "Content-Language",
                                                         "Content-Disposition"};
constexpr std::array<std::string_view, 2> wanted_fields{"Accept", "Accept-Language"};

// What follows the name of a scheme, which is compared without case (RFC 9110 11.1).
std::optional<std::string_view> after_scheme(std::string_view authorization, std::string_view scheme) {
    if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return std::nullopt;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        if ((authorization[i] | 0x20) != (scheme[i] | 0x20)) return std::nullopt;
    }
    return authorization.substr(scheme.size() + 1);
}

// The token that a call brings, and how; nothing for none, and for two.
struct BroughtToken {
    std::string_view text;
    api::TokenScheme scheme;
};
base::Result<BroughtToken> token_in(const http::Headers& headers) {
    const std::string_view authorization = headers.first("Authorization").value_or("");
    const auto bearer = after_scheme(authorization, "bearer"), dpop = after_scheme(authorization, "dpop");
    const auto beside = headers.first("kdp-token");
    if ((bearer || dpop) && beside) return base::Refusal(token_given_twice);
    if (bearer) return BroughtToken{*bearer, api::TokenScheme::bearer};
    if (dpop) return BroughtToken{*dpop, api::TokenScheme::dpop};
    if (beside) return BroughtToken{*beside, api::TokenScheme::beside};
    return base::Refusal(token_missing);
}

bool repeated(const http::Headers& headers, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (headers.times(name) > 1) return true;
    }
    return false;
}

// Of a call whose content passed as it came, the digest of that.
crypto::Digest digest_of(const http::Request& request, const crypto::Digest& content) {
    return crypto::sha256({base::as_bytes(request.method), base::as_bytes("\n"), base::as_bytes(request.target),
                           base::as_bytes("\n"), content});
}

// Of a call without content, what its head says in place of it.
crypto::Digest digest_of(const http::Request& request) {
    const std::string named = request.body.empty() ? "kdp-person: " + request.headers.list("kdp-person") +
                                                         "\nkdp-fields: " + request.headers.list("kdp-fields")
                                                   : std::string();
    return crypto::sha256({base::as_bytes(request.method), base::as_bytes("\n"), base::as_bytes(request.target),
                           base::as_bytes("\n"), base::as_bytes(request.body), base::as_bytes(named)});
}

// A call says little but whose data it wants, so whoever tried all persons would find the one whose digest it is. The token is known to
// both parties, who can show with it what they sent, and is kept nowhere here.
crypto::Digest under_token(const crypto::Digest& content, std::string_view token) {
    return crypto::sha256({content, base::as_bytes(token)});
}

// The service that a call names, by its key, and how it is reached; null: it is not on REST.
const std::pair<const std::string, Binding>* way_of(const http::Request& request, const RouteTable& routes) {
    const auto service = http::percent_decode(request.parameter("service"));
    const auto found = service ? routes.rest.find(*service) : routes.rest.end();
    return found == routes.rest.end() ? nullptr : &*found;
}

// In it nobody is named: check_path().
std::string target_of(const http::Request& request) {
    std::string target = "/" + std::string(request.parameter("path"));
    if (!request.query().empty()) target += "?" + std::string(request.query());
    return target;
}

http::Response data_response(int status, std::string body) {
    http::Response response{.status = status, .headers = {{"Cache-Control", "no-store"}}, .body = std::move(body)};
    if (!response.body.empty()) response.content_type = "application/json";
    return response;
}

// Fields that came more than once are not passed on: two readers might take different ones.
template <class Names>
void pass_on(const Names& names, const http::Headers& from, std::vector<http::Header>& to) {
    for (const std::string_view name : names) {
        if (const auto value = from.once(name)) to.push_back({std::string(name), std::string(*value)});
    }
}

std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words)
        list += (list.empty() ? "" : ", ") + word;
    return list;
}

http::Response rests(const Owners::Rests& owner, const http::Request& request) {
    http::Response response = api::problem(unavailable, owner_resting, request);
    add_retry_after(response, owner.left);
    return response;
}

// RFC 8288: where else it stands.
http::Response open_data(const registry::OpenService& open, const http::Request& request) {
    http::Response response = api::problem(registry::contour_open_data, request);
    response.headers.push_back({"Link", "<" + open.address + ">; rel=\"alternate\""});
    return response;
}

int status_of_objection(const base::Refusal& refusal) {
    // Whatever the decision says of the call itself is one refusal: 403 with all reasons.
    const int status = http::status_of(refusal.first().kind);
    return status == 401 || status == 409 ? status : 403;
}

}  // namespace

std::vector<http::Route> Rest::routes() {
    const http::Authenticator<Caller> caller = [this](const http::Request& request) { return identify(request); };
    const http::RouteLimits limits{.body_bytes_max = base::limits::gateway_body_bytes_max,
                                   .deadline = base::limits::owner_deadline + std::chrono::seconds{5},
                                   .content_bytes_max = streamed_request_bytes_max,
                                   .content_deadline = streamed_request_deadline};
    return {{"ANY", "/gateway/{service}/{path...}",
             http::authenticated<Caller>(
                 caller, [this](const Caller& who, const http::Request& request) { return take(who, request); }),
             limits,
             [this](int status, const Reason& why, const http::Request& request) {
                 http::Response page = api::error_page(status, why, request);
                 // What is broken here is nobody's refusal.
                 return status >= server_errors ? page : turn_away(KnownSender{}, why, std::move(page));
             },
             [this](const http::Request& request) { return streamed(request); }}};
}

bool Rest::streamed(const http::Request& request) const {
    const RouteTablePtr routes = parts_.routes.now();
    const auto* way = way_of(request, *routes);
    return way != nullptr && way->second.streamed;
}

http::Response Rest::turn_away(const KnownSender& sender, const Reason& why, http::Response response) const {
    parts_.refusals.count(records::Door::rest, sender, why, parts_.clock.now());
    return response;
}

http::Response Rest::turn_away(const Caller& caller, const base::Refusal& why, const http::Request& request) const {
    return turn_away(known(caller), why.first(), api::problem(why, request));
}

KnownSender Rest::known(const Caller& caller) const {
    return {.system = parts_.registry.system(caller.receiver), .proven = true};
}

boost::asio::awaitable<std::variant<Rest::Caller, http::Response>> Rest::identify(const http::Request& request) const {
    // Open data have no tokens, so nobody is asked for one.
    if (const auto* open = open_elsewhere(request))
        co_return turn_away(KnownSender{}, registry::contour_open_data, open_data(*open, request));
    if (repeated(request.headers, {"Authorization", "kdp-token"}))
        co_return turn_away(KnownSender{}, token_given_twice, api::problem(token_given_twice, request));
    const auto brought = token_in(request.headers);
    const auto challenged = [&](const registry::System* named, const base::Refusal& why, api::TokenScheme scheme) {
        return turn_away({.system = named}, why.first(), api::challenge(why, request, scheme));
    };
    if (brought.has_error()) co_return challenged(nullptr, brought.error(), api::TokenScheme::bearer);
    auto active = parts_.introspection.genuine(brought->text, parts_.clock.now());
    if (!active) co_return challenged(nullptr, access::use_token_ended, brought->scheme);
    const registry::System* system = parts_.registry.system_of_client(active->claims.client_id);
    if (brought->scheme == api::TokenScheme::beside) {
        // The token beside the caller's own credentials: then the receiver is who authenticated, not who was named.
        const auto client = parts_.clients.header_client(request);
        if (client.has_error())
            co_return turn_away({.system = system}, client.error().first(), api::problem(client.error(), request));
        system = *client;
    }
    if (system == nullptr) co_return challenged(nullptr, access::use_token_ended, brought->scheme);
    const auto held =
        co_await parts_.possession.shown(request, brought->text, active->claims.bound_to, brought->scheme);
    if (held.has_error()) co_return challenged(system, held.error(), brought->scheme);
    co_return Caller{.token = std::move(*active), .receiver = system->key, .bearer = std::string(brought->text)};
}

// Whoever calls too often is answered before anything is read or written.
Rest::Answer Rest::take(const Caller& caller, const http::Request& request) {
    const Quotas::Verdict verdict = parts_.quotas.take(caller.receiver, parts_.clock.now());
    http::Response response;
    if (verdict.admitted)
        response = co_await exchange(caller, request);
    else
        response = turn_away(caller, over_quota, request);
    add_quota_fields(response, verdict);
    co_return response;
}

const registry::OpenService* Rest::open_elsewhere(const http::Request& request) const {
    const auto service = http::percent_decode(request.parameter("service"));
    const registry::OpenService* open = service ? parts_.registry.open_service(*service) : nullptr;
    return open != nullptr && open->ended.empty() ? open : nullptr;
}

Rest::Answer Rest::exchange(const Caller& caller, const http::Request& request) {
    const RouteTablePtr routes = parts_.routes.now();
    const auto* way = way_of(request, *routes);
    if (way == nullptr) co_return turn_away(caller, service_not_on_rest, request);
    const auto& [service, binding] = *way;
    if (std::ranges::find(passed_methods, request.method) == passed_methods.end()) {
        http::Response refused = api::problem(405, method_not_passed, request);
        refused.headers.push_back({"Allow", std::string(allowed)});
        co_return turn_away(known(caller), method_not_passed, std::move(refused));
    }
    // Its content was begun to be read as that of another kind of service.
    if (binding.streamed != (request.content != nullptr))
        throw base::Outage("where a service leads was changed while a call of it came in");
    if (!binding.signed_requests) co_return co_await pass(caller, request, service, binding);
    // Before anything that it says is read, and before anything is written under the token.
    const auto checked = co_await parts_.signatures.check_request(request, *parts_.registry.system(caller.receiver));
    http::Response response;
    if (checked.has_error())
        response = turn_away(caller, checked.error(), request);
    else
        response = co_await pass(caller, request, service, binding);
    parts_.signatures.sign_answer(response, request);
    co_return response;
}

std::variant<ReadCall, http::Response> Rest::read(const Caller& caller, const http::Request& request,
                                                  const std::string& service, const Binding& binding) const {
    if (const auto path = check_path(request.target); path.has_error()) return turn_away(caller, path.error(), request);
    if (binding.streamed) return read_streamed(caller, request, service);
    const bool by_head = request.body.empty() && request.headers.times("Content-Type") == 0;
    const auto type = request.headers.once("Content-Type");
    if (!by_head && (!type || !http::is_media_type(*type, json_type)))
        return turn_away(known(caller), call_not_json, api::problem(415, call_not_json, request));
    auto call = by_head ? read_call(request.headers) : read_call(request.body, binding.locator);
    if (call.has_error()) return turn_away(caller, call.error(), request);
    const std::string_view key = request.headers.first("Idempotency-Key").value_or("");
    if (key.size() > base::limits::name_bytes_max || repeated(request.headers, {"Idempotency-Key"}))
        return turn_away(caller, consent::name_too_long, request);
    return std::move(*call);
}

// Nobody looks into what passes: so the head names the person, and all that the service gives has to be consented to.
std::variant<ReadCall, http::Response> Rest::read_streamed(const Caller& caller, const http::Request& request,
                                                           const std::string& service) const {
    if (request.headers.times("Idempotency-Key") > 0) return turn_away(caller, stream_not_kept, request);
    if (request.headers.times("kdp-fields") > 0) return turn_away(caller, stream_has_no_fields, request);
    auto call = read_call(request.headers);
    if (call.has_error()) return turn_away(caller, call.error(), request);
    // The decision objects to a service that is not registered.
    if (const auto* registered = parts_.registry.service(service)) call->fields = registered->fields;
    return std::move(*call);
}

Rest::Answer Rest::pass(const Caller& caller, const http::Request& request, const std::string& service,
                        const Binding& binding) {
    auto read_or_refused = read(caller, request, service, binding);
    if (auto* refused = std::get_if<http::Response>(&read_or_refused)) co_return std::move(*refused);
    const auto& call = std::get<ReadCall>(read_or_refused);
    const OwnerWay way{.wire = Wire::rest, .service = service};
    records::Exchange exchange = begun(caller, request, service);
    // Before anything is written; what was answered before is answered again all the same.
    if (request.headers.first("Idempotency-Key").value_or("").empty()) {
        if (const auto owner = parts_.owners.resting(way))
            co_return turn_away(known(caller), owner_resting, rests(*owner, request));
    }
    const access::UseDecision decision = co_await decide(caller, request, call, exchange);
    if (const auto* objected = std::get_if<access::Objected>(&decision)) {
        http::Response refused = api::problem(status_of_objection(objected->refusal), objected->refusal, request);
        co_return noted(caller, std::move(exchange), std::move(refused));
    }
    if (const auto* repeat = std::get_if<access::Repeated>(&decision)) {
        http::Response response = data_response(repeat->answer.status, repeat->answer.body);
        response.headers.push_back({"Idempotency-Replayed", "true"});
        co_return response;
    }
    exchange.state = records::ExchangeState::failed;  // until it is answered
    const Use use{way, binding, std::get<access::Reserved>(decision), exchange};
    if (binding.streamed) co_return co_await forward_stream(caller, request, use, call);
    http::Response response = co_await forward(caller, request, use, call);
    co_return noted(caller, std::move(exchange), std::move(response));
}

boost::asio::awaitable<access::UseDecision> Rest::decide(const Caller& caller, const http::Request& request,
                                                         const ReadCall& call, const records::Exchange& exchange) {
    auto unit = [&uses = parts_.uses,
                 command = access::UseCommand{.token = caller.token.id,
                                              .receiver = caller.receiver,
                                              .service = exchange.service,
                                              .purpose = std::string(request.headers.first("kdp-purpose").value_or("")),
                                              .side = registry::Side::external,
                                              .fields = call.fields,
                                              .acts = words_of(request.headers.first("kdp-acts").value_or("")),
                                              .persons = call.persons,
                                              .idempotency_key =
                                                  std::string(request.headers.first("Idempotency-Key").value_or("")),
                                              .digest = digest_of(request)},
                 now = exchange.received](store::WriteSession& session) { return uses.reserve(session, command, now); };
    co_return co_await http::committed(parts_.writer, std::move(unit));
}

// The request is on record by what passed of it.
Rest::Answer Rest::forward_stream(const Caller& caller, const http::Request& request, Use use, const ReadCall& call) {
    http::Outgoing outgoing = to_owner(caller, request, use, call);
    outgoing.limits = {.deadline = streamed_owner_deadline, .body_bytes_max = streamed_answer_bytes_max};
    pass_on(content_fields, request.headers, outgoing.headers);
    CountedContent content(*request.content);
    use.exchange.forwarded = parts_.clock.now();
    Owners::Streamed asked = co_await parts_.owners.stream(use.way, std::move(outgoing), &content);
    const Passed sent = content.passed();
    use.exchange.request = under_token(digest_of(request, sent.digest), caller.bearer);
    use.exchange.request_bytes = static_cast<std::int64_t>(sent.bytes);
    use.exchange.wire[0] = under_token(sent.digest, caller.bearer);
    if (std::holds_alternative<Owners::Rests>(asked)) {
        use.exchange.forwarded.reset();
    } else {
        use.exchange.wire[1] = use.exchange.wire[0];
        use.exchange.replied = parts_.clock.now();
    }
    if (auto nothing = given_nothing(request, use, asked))
        co_return noted(caller, std::move(use.exchange), std::move(*nothing));
    parts_.outcomes.book(use.reserved.id, UseState::delivered, std::nullopt);
    co_return streamed_answer(caller, use, std::get<http::AnswerHead>(std::move(asked)));
}

http::Response Rest::streamed_answer(const Caller& caller, const Use& use, http::AnswerHead answer) {
    http::Response response{.status = answer.status, .headers = {{"Cache-Control", "no-store"}}, .body = {}};
    pass_on(content_fields, answer.headers, response.headers);
    auto ended = [this, bearer = caller.bearer, way = use.way, upstream = use.binding.upstream,
                  exchange = use.exchange](AnsweredContent::End end, const Passed& passed) mutable {
        if (end == AnsweredContent::End::owner_broke_off) parts_.owners.broke_off(way, upstream);
        if (end == AnsweredContent::End::whole) exchange.state = records::ExchangeState::answered;
        exchange.response = under_token(passed.digest, bearer);
        exchange.response_bytes = static_cast<std::int64_t>(passed.bytes);
        exchange.wire[2] = exchange.wire[3] = exchange.response;
        parts_.outcomes.note(std::move(exchange));
    };
    response.content = std::make_shared<AnsweredContent>(std::move(answer.content), std::move(ended));
    return response;
}

// Of a call that is decided about; refused as far as nothing else is known.
records::Exchange Rest::begun(const Caller& caller, const http::Request& request, const std::string& service) const {
    const base::Time now = parts_.clock.now();
    records::Exchange exchange{.id = records::ExchangeId::make(now, {}, parts_.entropy),
                               .sender = caller.receiver,
                               .service = service,
                               .request = under_token(digest_of(request), caller.bearer),
                               .request_bytes = static_cast<std::int64_t>(request.body.size()),
                               .received = now,
                               .state = records::ExchangeState::refused,
                               .came_over = records::ExchangeWire::rest};
    const std::string_view key = request.headers.first("Idempotency-Key").value_or("");
    exchange.message = parts_.exchanges.message_of(caller.receiver, key.empty() ? request.id : key);
    exchange.wire[0] = under_token(crypto::sha256(base::as_bytes(request.body)), caller.bearer);
    return exchange;
}

http::Response Rest::noted(const Caller& caller, records::Exchange exchange, http::Response response) {
    exchange.response = under_token(crypto::sha256(base::as_bytes(response.body)), caller.bearer);
    exchange.response_bytes = static_cast<std::int64_t>(response.body.size());
    exchange.wire[3] = exchange.response;
    parts_.outcomes.note(std::move(exchange));
    return response;
}

// Person and fields as they were decided, whatever the caller wrote: in the body, or in the head of a call that has none.
http::Outgoing Rest::to_owner(const Caller& caller, const http::Request& request, const Use& use,
                              const ReadCall& call) const {
    http::Outgoing outgoing{
        .upstream = use.binding.upstream,
        .method = request.method,
        .target = target_of(request),
        .headers = {{"Authorization", "Bearer " + caller.bearer}, {"traceparent", request.trace.traceparent()}},
        .body = {},
        .limits = {}};
    if (use.binding.streamed)
        pass_on(wanted_fields, request.headers, outgoing.headers);
    else
        outgoing.headers.push_back({"Accept", std::string(json_type)});
    if (!call.by_head) {
        outgoing.headers.push_back({"Content-Type", std::string(json_type)});
        outgoing.body = body_for_owner(call, use.binding.locator, use.reserved.subject, use.reserved.fields);
        return outgoing;
    }
    outgoing.headers.push_back({"kdp-person", std::string(use.reserved.subject.reveal())});
    if (!use.binding.streamed) outgoing.headers.push_back({"kdp-fields", listed(use.reserved.fields)});
    return outgoing;
}

Rest::Answer Rest::forward(const Caller& caller, const http::Request& request, Use use, const ReadCall& call) {
    http::Outgoing outgoing = to_owner(caller, request, use, call);
    outgoing.limits = {.deadline = base::limits::owner_deadline, .body_bytes_max = base::limits::answer_body_bytes_max};
    const crypto::Digest sent = under_token(crypto::sha256(base::as_bytes(outgoing.body)), caller.bearer);
    const base::Time at = parts_.clock.now();
    std::optional<http_signatures::SentRequest> signed_request;
    if (use.binding.signed_answers) signed_request = parts_.signatures.sign_request(outgoing);
    Owners::Asked asked = co_await parts_.owners.ask(use.way, std::move(outgoing));
    if (!std::holds_alternative<Owners::Rests>(asked)) {
        use.exchange.wire[1] = sent;
        use.exchange.forwarded = at;
        use.exchange.replied = parts_.clock.now();
    }
    if (const auto* answer = std::get_if<http::Answer>(&asked))
        use.exchange.wire[2] = under_token(crypto::sha256(base::as_bytes(answer->body)), caller.bearer);
    co_return conclude(request, use, std::move(asked), signed_request);
}

http::Response Rest::not_answered(const http::Request& request, const Use& use, http::Lost lost) {
    const bool nothing_sent = lost == http::Lost::not_sent;
    parts_.outcomes.book(use.reserved.id, nothing_sent ? UseState::not_sent : UseState::unknown, std::nullopt);
    if (nothing_sent) return api::problem(bad_gateway, owner_unreachable, request);
    if (lost == http::Lost::bad_answer) return api::problem(bad_gateway, owner_failed, request);
    return api::problem(gateway_timeout, owner_silent, request);
}

// The answer where the owner gave none of the person's data.
template <class Given>
std::optional<http::Response> Rest::given_nothing(const http::Request& request, const Use& use,
                                                  const std::variant<Given, http::Failure, Owners::Rests>& asked) {
    const access::Reserved& reserved = use.reserved;
    if (const auto* failure = std::get_if<http::Failure>(&asked)) return not_answered(request, use, failure->lost);
    if (const auto* owner = std::get_if<Owners::Rests>(&asked)) {
        parts_.outcomes.book(reserved.id, UseState::not_sent, std::nullopt);
        return rests(*owner, request);
    }
    const int status = std::get<Given>(asked).status;
    parts_.owners.judged(use.way, use.binding.upstream, status);
    if (status >= server_errors) {
        parts_.outcomes.book(reserved.id, UseState::unknown, std::nullopt);
        return api::problem(bad_gateway, owner_failed, request);
    }
    if (status >= 200 && status < 300) return std::nullopt;
    // A refusal carries no data of the person: the use did not take place.
    parts_.outcomes.book(reserved.id, UseState::not_sent, std::nullopt);
    return api::problem(bad_gateway, owner_refused, request);
}

http::Response Rest::conclude(const http::Request& request, const Use& use, Owners::Asked asked,
                              const std::optional<http_signatures::SentRequest>& signed_request) {
    if (auto nothing = given_nothing(request, use, asked)) return std::move(*nothing);
    const access::Reserved& reserved = use.reserved;
    auto& answer = std::get<http::Answer>(asked);
    if (signed_request) {
        const auto by_owner = parts_.signatures.check_answer(answer, *signed_request, use.way.service);
        if (by_owner.has_error()) {
            parts_.outcomes.book(reserved.id, UseState::unknown, std::nullopt);
            return api::problem(bad_gateway, by_owner.error(), request);
        }
    }
    const bool no_content = answer.status == 204 && answer.body.empty();
    const auto& service_fields = parts_.registry.service(use.way.service)->fields;
    if (const auto fits = check_answer(answer.body, reserved.fields, service_fields, use.binding.locator);
        !no_content && fits.has_error()) {
        parts_.outcomes.book(reserved.id, UseState::unknown, std::nullopt);
        return api::problem(bad_gateway, fits.error(), request);
    }
    std::optional<records::StoredAnswer> kept;
    if (request.headers.first("Idempotency-Key")) kept = records::StoredAnswer{answer.status, answer.body};
    parts_.outcomes.book(reserved.id, UseState::delivered, std::move(kept));
    use.exchange.state = records::ExchangeState::answered;
    return data_response(answer.status, std::move(answer.body));
}

}  // namespace kelisim::gateway
