// SPDX-License-Identifier: Apache-2.0
#include "connector/access_point.hpp"

#include <boost/json/value_from.hpp>

#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "http/media_type.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"

namespace kelisim::connector {

using base::Kind;
using boost::asio::awaitable;
using http::Request;
using http::Response;

const base::Reason secret_wrong{
    "connector_secret_wrong",
    Kind::unauthenticated,
    "RFC 6750 section 2.1",
    {"Қосылу нүктесінің құпиясы жоқ немесе қате.", "Секрета точки доступа нет, или он неверен.",
     "The secret of the access point is missing or wrong."}};
const base::Reason consent_unknown{
    "connector_consent_unknown",
    Kind::not_found,
    "",
    {"Мұндай сұрау жоқ.", "Такого запроса нет.", "There is no such request for consent."}};
const base::Reason not_answered{
    "connector_not_answered",
    Kind::conflict,
    "94-V art. 8",
    {"Адам әлі жауап берген жоқ, деректер берілмейді.", "Человек ещё не ответил, данные не выдаются.",
     "The person has not answered yet; no data are given."}};
const base::Reason asked_too_late{
    "connector_asked_too_late",
    Kind::conflict,
    "",
    {"Шлюз тым ұзақ қолжетімсіз болды, адамнан сұралмады. Жаңадан сұраңыз.",
     "Шлюз был недоступен слишком долго, человека не спросили. Спросите заново.",
     "The gateway was out of reach for too long, and the person was not asked. Ask anew."}};
const base::Reason media_type_wrong{
    "connector_media_type",
    Kind::invalid,
    "RFC 9110 section 15.5.16",
    {"Сұрау денесі application/json болуы керек.", "Тело запроса должно быть application/json.",
     "The body must be application/json."}};
const base::Reason repeat_key_malformed{
    "connector_repeat_key_malformed",
    Kind::invalid,
    "draft-ietf-httpapi-idempotency-key-header",
    {"Idempotency-Key біреу ғана және қысқа болуы керек.", "Idempotency-Key должен быть один и не слишком длинный.",
     "There is one Idempotency-Key at most, and not too long a one."}};
const base::Reason person_named{"connector_person_named",
                                Kind::invalid,
                                "94-V art. 8",
                                {"Деректер сұралған адамдыкі ғана; бұл жерде iin берілмейді.",
                                 "Данные только того, о ком спрошено; iin здесь не передаётся.",
                                 "The data are of the person who was asked; no iin is given here."}};

namespace {

// The gateway knows a client_request_id for 48 hours; a question that it never got within that time could be asked twice.
constexpr std::chrono::hours asking_max{47};
// RFC: CIBA Core 1.0 section 11: "slow_down ... the interval MUST be increased by at least 5 seconds".
constexpr std::chrono::seconds slower_by{5};
constexpr std::size_t remembered_max = 10'000;
constexpr std::chrono::milliseconds ask_deadline{35'000}, data_deadline{90'000};

// Makes room by what goes first; it is fetched or counted anew.
template <class Map>
void bound(Map& map) {
    if (map.size() >= remembered_max) map.erase(map.begin());
}

Told told(const base::Reason& reason, int status) {
    return {.status = status, .codes = {std::string(reason.code)}};
}

bool is_json(const Request& request) {
    return http::is_media_type(request.headers.once("Content-Type").value_or(""), "application/json");
}

base::Result<std::string> repeat_key_in(const Request& request) {
    const std::string_view key = request.headers.first("Idempotency-Key").value_or("");
    if (request.headers.times("Idempotency-Key") > 1 || key.size() > base::limits::name_bytes_max)
        return base::Refusal(repeat_key_malformed);
    return std::string(key);
}

// {"fields": [...]} and what else the service takes; without a body all that were asked for. Whoever sends one names the fields: a
// misspelt name would be passed on as the owner's, and everything given.
base::Result<Wanted> wanted_in(const Request& request, const Ask& ask) {
    if (request.body.empty()) return Wanted{.fields = ask.fields};
    const auto value = json::parse(request.body, {});
    if (value.has_error()) return value.error();
    const auto object = json::as_object(*value);
    if (object.has_error()) return object.error();
    if ((*object)->contains("iin")) return base::Refusal(person_named);
    auto fields = json::texts(**object, "fields");
    if (fields.has_error()) return fields.error();
    if (fields->empty()) return base::Refusal(fields_missing);
    Wanted wanted{.fields = std::move(*fields), .more = **object};
    wanted.more.erase("fields");
    return wanted;
}

}  // namespace

std::vector<http::Route> AccessPoint::routes() {
    const http::Authenticator<System> system = [this](const Request& request) { return identify(request); };
    const auto endpoint = [&](Answer (AccessPoint::*handler)(const Request&)) {
        return http::authenticated<System>(
            system, [this, handler](const System&, const Request& request) { return (this->*handler)(request); });
    };
    const http::Handler healthy = [this](const Request&) { return health(); };
    const http::RouteLimits asking{.body_bytes_max = base::limits::request_body_bytes_max, .deadline = ask_deadline};
    const http::RouteLimits giving{.body_bytes_max = base::limits::request_body_bytes_max, .deadline = data_deadline};
    return {
        {"POST", "/v1/consents", endpoint(&AccessPoint::ask), asking},
        {"GET", "/v1/consents/{id}", endpoint(&AccessPoint::look), asking},
        {"DELETE", "/v1/consents/{id}", endpoint(&AccessPoint::forget), asking},
        {"GET", "/v1/data/{id}", endpoint(&AccessPoint::give), giving},
        {"POST", "/v1/data/{id}", endpoint(&AccessPoint::give), giving},
        {"GET", "/healthz", http::open("health probe", healthy)},
    };
}

awaitable<std::variant<AccessPoint::System, Response>> AccessPoint::identify(const Request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view field = request.headers.once("Authorization").value_or("");
    const std::string_view shown = field.starts_with(scheme) ? field.substr(scheme.size()) : std::string_view();
    // Digests, so that the time taken says nothing of the length either.
    const auto given = crypto::sha256(base::as_bytes(shown));
    const auto right = crypto::sha256(base::as_bytes(parts_.secret.reveal()));
    if (!crypto::equal_constant_time(given, right)) co_return parts_.catalogue.problem(base::Refusal(secret_wrong));
    co_return System{};
}

std::optional<Consent> AccessPoint::find(const Request& request) const {
    const auto id = ConsentId::parse(request.parameter("id"));
    std::optional<Consent> found;
    if (!id) return found;
    parts_.readers.read([&](store::ReadSession& session) { found = parts_.book.find(session, *id); });
    return found;
}

Response AccessPoint::view(int status, const Consent& consent, const std::optional<Told>& trouble) const {
    const std::string id = consent.id.to_string();
    boost::json::object body{{"id", id},
                             {"state", to_string(consent.state)},
                             {"asked", base::to_iso8601(consent.asked)},
                             {"reasons", parts_.catalogue.reasons(trouble ? trouble->codes : consent.reasons)}};
    return http::json_response(status, body);
}

Response AccessPoint::refused(const Told& told) const {
    // The gateway's 401 is about the connector; to the system it would say that its own secret is wrong.
    Response response = parts_.catalogue.problem(told.status == 401 ? 403 : told.status, told.codes);
    if (!told.retry_after.empty()) response.headers.push_back({"Retry-After", told.retry_after});
    return response;
}

AccessPoint::Answer AccessPoint::ask(const Request& request) {
    if (!is_json(request)) co_return parts_.catalogue.problem(415, media_type_wrong);
    auto ask = read_ask(request.body);
    if (ask.has_error()) co_return parts_.catalogue.problem(ask.error());
    auto key = repeat_key_in(request);
    if (key.has_error()) co_return parts_.catalogue.problem(key.error());
    auto unit = [&book = parts_.book, ask = std::move(*ask), key = std::move(*key), now = parts_.gateway.now(),
                 kept = parts_.kept_after_end](store::WriteSession& session) {
        book.forget_ended(session, now - kept);
        return book.add(session, ask, key, now);
    };
    auto added = co_await http::committed(parts_.writer, std::move(unit));
    if (added.has_error()) co_return parts_.catalogue.problem(added.error());
    Consent& consent = *added;
    std::optional<Told> trouble;
    if (consent.state == State::asking) trouble = co_await ask_person(consent);
    Response response = view(202, consent, trouble);
    response.headers.push_back({"Location", "/v1/consents/" + consent.id.to_string()});
    co_return response;
}

AccessPoint::Answer AccessPoint::look(const Request& request) {
    auto consent = find(request);
    if (!consent) co_return parts_.catalogue.problem(base::Refusal(consent_unknown));
    const auto trouble = co_await bring_forward(*consent);
    co_return view(200, *consent, trouble);
}

AccessPoint::Answer AccessPoint::forget(const Request& request) {
    const auto id = ConsentId::parse(request.parameter("id"));
    if (!id) co_return parts_.catalogue.problem(base::Refusal(consent_unknown));
    auto unit = [&book = parts_.book, id = *id](store::WriteSession& session) { return book.forget(session, id); };
    const bool was = co_await http::committed(parts_.writer, std::move(unit));
    kept_.erase(*id);
    paces_.erase(*id);
    if (!was) co_return parts_.catalogue.problem(base::Refusal(consent_unknown));
    co_return http::empty_response(204);
}

AccessPoint::Answer AccessPoint::health() const {
    const auto answered = parts_.gateway.answered();
    const std::string_view gateway = !answered ? "not asked yet" : *answered ? "answers" : "does not answer";
    co_return http::json_response(200, boost::json::object{{"connector", "up"}, {"gateway", gateway}});
}

AccessPoint::Answer AccessPoint::give(const Request& request) {
    if (!request.body.empty() && !is_json(request)) co_return parts_.catalogue.problem(415, media_type_wrong);
    auto consent = find(request);
    if (!consent) co_return parts_.catalogue.problem(base::Refusal(consent_unknown));
    auto wanted = wanted_in(request, consent->ask);
    if (wanted.has_error()) co_return parts_.catalogue.problem(wanted.error());
    const auto admitted = parts_.way.admits(consent->ask, *wanted);
    if (admitted.has_error()) co_return parts_.catalogue.problem(admitted.error());
    auto key = repeat_key_in(request);
    if (key.has_error()) co_return parts_.catalogue.problem(key.error());
    auto came = co_await data(*consent, std::move(*wanted), std::move(*key));
    if (const auto* told = std::get_if<Told>(&came)) co_return refused(*told);
    auto& given = std::get<Given>(came);
    Response response{.status = 200,
                      .content_type = "application/json",
                      .headers = {{"Cache-Control", "no-store"}},
                      .body = std::move(given.body)};
    if (given.replayed) response.headers.push_back({"Idempotency-Replayed", "true"});
    co_return response;
}

awaitable<std::variant<Given, Told>> AccessPoint::data(Consent& consent, Wanted wanted, std::string repeat_key) {
    if (auto again = co_await parts_.way.repeat(consent, wanted, repeat_key)) co_return std::move(*again);
    if (auto trouble = co_await bring_forward(consent)) co_return std::move(*trouble);
    if (consent.state == State::asking || consent.state == State::waiting) co_return told(not_answered, 409);
    if (consent.state == State::refused || consent.state == State::expired)
        co_return Told{.status = 403, .codes = consent.reasons};
    auto held = kept(consent.id);
    for (const bool fresh : {false, true}) {
        if (!held) {
            auto redeemed = co_await redeem(consent);
            if (auto* told_why = std::get_if<Told>(&redeemed)) co_return std::move(*told_why);
            if (std::holds_alternative<Pending>(redeemed)) co_return told(not_answered, 409);
            held = std::get<Held>(std::move(redeemed));
        }
        auto came = co_await parts_.way.call(*held, consent, wanted, repeat_key);
        const auto* refused = std::get_if<Told>(&came);
        // The token was over; nothing was counted under it.
        if (refused == nullptr || refused->status != 401 || fresh) co_return came;
        kept_.erase(consent.id);
        held.reset();
    }
    throw std::logic_error("the second call of two returns");
}

awaitable<std::optional<Told>> AccessPoint::bring_forward(Consent& consent) {
    if (consent.state == State::asking) co_return co_await ask_person(consent);
    if (consent.state != State::waiting) co_return std::nullopt;
    Pace& pace = pace_of(consent.id);
    if (Steady::now() < pace.next) co_return std::nullopt;
    pace.next = Steady::now() + pace.interval;
    auto redeemed = co_await redeem(consent);
    if (const auto* pending = std::get_if<Pending>(&redeemed); pending != nullptr && pending->too_often) {
        Pace& slower = pace_of(consent.id);
        slower.interval += slower_by;
        slower.next = Steady::now() + slower.interval;
    }
    auto* trouble = std::get_if<Told>(&redeemed);
    // What was decided is the state of the consent now, and no trouble.
    if (trouble == nullptr || consent.state != State::waiting) co_return std::nullopt;
    co_return std::move(*trouble);
}

awaitable<std::optional<Told>> AccessPoint::ask_person(Consent& consent) {
    if (parts_.gateway.now() - consent.asked > asking_max) {
        Codes late{std::string(asked_too_late.code)};
        co_await moved(consent, State::expired, std::move(late));
        co_return std::nullopt;
    }
    auto asked = co_await parts_.gateway.ask(consent.ask, consent.id);
    if (auto* trouble = std::get_if<Told>(&asked)) co_return std::move(*trouble);
    if (const auto* decided = std::get_if<Decided>(&asked)) {
        co_await moved(consent, decided->state, decided->codes);
        co_return std::nullopt;
    }
    auto& registered = std::get<Registered>(asked);
    consent.auth_req_id = std::move(registered.auth_req_id);
    pace_of(consent.id).interval = registered.interval;
    Codes none;
    co_await moved(consent, State::waiting, std::move(none));
    co_return std::nullopt;
}

awaitable<std::variant<Held, Pending, Told>> AccessPoint::redeem(Consent& consent) {
    auto redeemed = co_await parts_.gateway.redeem(consent.auth_req_id);
    if (auto* trouble = std::get_if<Told>(&redeemed)) co_return std::move(*trouble);
    if (const auto* pending = std::get_if<Pending>(&redeemed)) co_return *pending;
    if (const auto* decided = std::get_if<Decided>(&redeemed)) {
        co_await moved(consent, decided->state, decided->codes);
        co_return Told{.status = 403, .codes = consent.reasons};
    }
    Held held = std::get<Held>(std::move(redeemed));
    Codes none;
    co_await moved(consent, State::granted, std::move(none));
    keep(consent.id, held);
    co_return held;
}

awaitable<void> AccessPoint::moved(Consent& consent, State to, Codes reasons) {
    const State from = consent.state;
    if (from == to && consent.reasons == reasons) co_return;
    consent.state = to;
    consent.reasons = std::move(reasons);
    auto unit = [&book = parts_.book, consent, from, now = parts_.gateway.now()](store::WriteSession& session) {
        // Where another request was quicker, its result counts.
        if (book.move(session, consent, from, now)) return std::optional<Consent>(consent);
        return book.find(session, consent.id);
    };
    auto stored = co_await http::committed(parts_.writer, std::move(unit));
    if (stored) consent = std::move(*stored);
}

AccessPoint::Pace& AccessPoint::pace_of(const ConsentId& id) {
    const auto at = paces_.find(id);
    if (at != paces_.end()) return at->second;
    bound(paces_);
    return paces_.emplace(id, Pace{.next = Steady::now(), .interval = slower_by}).first->second;
}

void AccessPoint::keep(const ConsentId& id, const Held& held) {
    bound(kept_);
    kept_.insert_or_assign(id, Kept{.held = held, .until = Steady::now() + held.life});
}

std::optional<Held> AccessPoint::kept(const ConsentId& id) {
    const auto at = kept_.find(id);
    if (at == kept_.end()) return std::nullopt;
    if (Steady::now() < at->second.until) return at->second.held;
    kept_.erase(at);
    return std::nullopt;
}

}  // namespace kelisim::connector
