// SPDX-License-Identifier: Apache-2.0
#include "gateway/sync_channel.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "gateway/rest.hpp"
#include "gateway/soap_call.hpp"
#include "http/unit.hpp"
#include "soap/contracts.hpp"
#include "soap/message_date.hpp"
#include "soap/security.hpp"
#include "xml/canonical.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;
using consent::UseState;
using records::ExchangeMessage;
using records::ExchangeState;
using registry::Side;

const Reason service_not_on_soap{"service_not_on_soap",
                                 Kind::not_found,
                                 "307/НК п.2(22)",
                                 {"Мұндай сервис жоқ.", "Такого сервиса нет.", "There is no such service."}};
const Reason route_unknown{
    "route_unknown",
    Kind::not_found,
    "307/НК п.2(22)",
    {"Бұл сервистің мұндай бағыты жоқ.", "У этого сервиса нет такого маршрута.", "This service has no such route."}};
const Reason answer_not_soap{
    "answer_not_soap",
    Kind::invalid,
    "",
    {"Иесінің жауабын оқу мүмкін емес.", "Ответ владельца не читается.", "The answer of the owner cannot be read."}};

namespace {

constexpr int ok = 200;

// What goes to the owner beside the data.
std::vector<std::string> texts_around(const soap::SendMessage& message) {
    std::vector<std::string> texts{message.message_id, message.correlation_id, message.route_id};
    for (const soap::Property& property : message.properties)
        texts.insert(texts.end(), {property.key, property.value});
    return texts;
}

// "Nobody found", "data refused" and "it failed" (wire.md A5) come in ordinary answers. One that names a person all the same
// has given something.
bool is_refusal(const soap::SendMessageResponse& message, const soap::BusinessData& data,
                const std::vector<std::string>& fields) {
    if (!message.status_code.starts_with("SCSE") && message.status_code != "404") return false;
    if (data.content() == soap::BusinessData::Content::document)
        return persons_in(data.root()).empty() && !gives_any(data.root(), fields);
    return data.content() == soap::BusinessData::Content::none;
}

// Whoever an answer names, in its data or around them.
std::vector<base::Iin> named_in(const soap::SendMessageResponse& message, const soap::BusinessData& data) {
    std::vector<base::Iin> named;
    if (data.content() == soap::BusinessData::Content::document) named = persons_in(data.root());
    for (const std::string& text : {message.message_id, message.correlation_id, message.status_message, data.text()})
        collect_persons(text, named);
    return named;
}

// One that names anybody names the person who was asked for, beside whom there may be others, a family: an owner's threads may get
// mixed up. Of several persons it names nobody else.
bool is_about(const std::vector<access::Reserved>& uses, Persons persons, const std::vector<base::Iin>& named) {
    if (uses.empty()) return true;
    if (persons == Persons::one)
        return named.empty() || std::find(named.begin(), named.end(), uses.front().subject) != named.end();
    return std::all_of(named.begin(), named.end(), [&](const base::Iin& each) {
        return std::any_of(uses.begin(), uses.end(), [&](const auto& use) { return use.subject == each; });
    });
}

// As a client knows them; anything else could say anything.
bool is_fault_code(std::string_view code) {
    constexpr std::size_t code_characters_max = 32;
    return !code.empty() && code.size() <= code_characters_max && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

// One message on its way.
struct SyncChannel::Call {
    Arrival arrival;
    soap::SendMessage message = {};
    crypto::Digest digest{};
    std::optional<records::Exchange> exchange = {};
    std::optional<soap::BusinessData> data = {};
    std::optional<base::Time> forwarded = {}, replied = {};
    const registry::IntegrationService* service = nullptr;
    RouteTablePtr routes = {};             // as they were when it began
    const SoapAddress* address = nullptr;  // in them
    OwnerWay way = {.wire = Wire::soap, .service = {}};
    std::string token = {};  // that the decision was made under
    access::Takes takes = access::Takes::first_or_repeat;
    std::optional<base::Time> first_received = {};  // of a repeat
    bool owner_refused = false;                     // in an ordinary answer
    std::vector<LeftOut> left_out = {};             // of several tokens
    records::WireDigests wire = {};
    records::Messages messages = {};  // where they are kept
};

// As it came, and what its signature covers where one is wanted; nothing else is read then.
struct SyncChannel::OwnersEnvelope {
    soap::Envelope envelope;
    std::optional<xml::Document> signed_body = {};

    xml::Element body() const { return signed_body ? signed_body->root() : envelope.body(); }
};

// Its data may be a view of the envelope.
struct SyncChannel::OwnersAnswer {
    OwnersEnvelope envelope;
    soap::SendMessageResponse message;
    soap::BusinessData data;
};

std::vector<http::Route> SyncChannel::routes() {
    const http::RouteLimits limits{.body_bytes_max = base::limits::channel_xml_bytes_max,
                                   .deadline = base::limits::soap_deadline};
    std::vector<http::Route> routes;
    for (const auto& [path, entrance] : std::initializer_list<std::pair<std::string_view, Entrance>>{
             {"/bip-sync-wss-gost/", {Protection::wss, Side::external}},
             {"/shep/bip-sync-wss-gost/", {Protection::wss, Side::inside}},
             {"/bip-sync/", {Protection::inside, Side::inside}},
             {"/pshep/bip-sync-wss-gost/", {Protection::wss, Side::payment}},
         }) {
        auto endpoint = SoapDoor::by_message(
            [this, entrance = entrance](const http::Request& request) { return take(request, entrance); });
        parts_.door.add_routes(routes, path, "SyncChannelHttp_Service", soap::FaultOf::sync_send_message, limits,
                               std::move(endpoint));
    }
    return routes;
}

SyncChannel::Answer SyncChannel::take(const http::Request& request, Entrance entrance) {
    Call call{.arrival = parts_.door.arrive(request, entrance)};
    const SoapDoor::ClaimedSender claimed = [this](xml::Element body) -> std::optional<std::string> {
        auto message = soap::read_send_message(body, parts_.zone);
        return message.has_value() ? std::optional(std::move(message->sender.id)) : std::nullopt;
    };
    if (const auto refused = co_await parts_.door.open(call.arrival, claimed)) co_return turn_away(call, *refused);
    if (const auto refused = read(call)) co_return turn_away(call, *refused);
    if (const auto refused = parts_.door.admit(call.arrival, call.message.sender, call.message.date))
        co_return turn_away(call, *refused);
    parts_.door.require_key(call.arrival.received);
    if (const auto local = parts_.local.find(call.message.service_id); local != parts_.local.end())
        co_return co_await handle_locally(call, local->second);
    co_return co_await handle(call);
}

std::optional<SyncChannel::Refused> SyncChannel::read(Call& call) const {
    auto message = soap::read_send_message(call.arrival.body(), parts_.zone);
    if (message.has_error()) return Refused(message.error());
    call.message = std::move(*message);
    const auto digest = SoapDoor::digest_of(call.arrival);
    if (!digest) return Refused{soap::sce_malformed, Refusal(xml::xml_malformed)};
    call.digest = *digest;
    return std::nullopt;
}

boost::asio::awaitable<std::optional<http::Response>> SyncChannel::begin(Call& call) {
    auto begin = [&exchanges = parts_.exchanges,
                  incoming = access::Incoming{.sender = call.arrival.sender->key,
                                              .service = call.message.service_id,
                                              .message_id = call.message.message_id,
                                              .digest = call.digest,
                                              .bytes = call.arrival.request.body.size(),
                                              .received = call.arrival.received,
                                              .session = base::RawId::parse(call.arrival.session.bare())},
                  now = parts_.clock.now()](store::WriteSession& session) {
        return exchanges.begin(session, incoming, now);
    };
    auto decision = co_await http::committed(parts_.writer, std::move(begin));
    if (auto* refused = std::get_if<Refusal>(&decision)) co_return turn_away(call, {kls_conflict, std::move(*refused)});
    const auto* answered = std::get_if<access::Exchanges::Answered>(&decision);
    if (answered != nullptr && !answered->kept.empty()) co_return parts_.door.respond(call.arrival, ok, answered->kept);
    // What was answered and is not kept here stands with the use, and is not done anew.
    if (answered != nullptr) {
        call.takes = access::Takes::repeat_alone;
        call.first_received = answered->received;
    }
    if (auto* begun = std::get_if<records::Exchange>(&decision)) call.exchange = std::move(*begun);
    co_return std::nullopt;
}

SyncChannel::Answer SyncChannel::handle_locally(Call& call, const LocalService& service) {
    if (auto answered = co_await begin(call)) co_return std::move(*answered);
    Served served{std::string()};
    bool keep = false;
    auto data = soap::BusinessData::read(call.message.data);
    if (auto objected = parts_.decisions.check_contours(call.arrival)) {
        served = std::move(*objected);
    } else if (data.has_error()) {
        served = Refused{soap::sce_malformed, data.error()};
    } else {
        const LocalCall asked{call.arrival, *call.arrival.sender, call.message, *data};
        auto answer = co_await service(asked);
        if (auto* refused = std::get_if<Refused>(&answer)) {
            served = std::move(*refused);
        } else {
            keep = std::get<LocalAnswer>(answer).keep;
            served = std::move(std::get<LocalAnswer>(answer).content);
        }
    }
    co_return co_await finish(call, served, keep);
}

SyncChannel::Answer SyncChannel::handle(Call& call) {
    if (const auto refused = parts_.decisions.open_elsewhere(call.message.service_id))
        co_return turn_away(call, *refused);
    call.routes = parts_.routes.now();
    const auto service = call.routes->soap.find(call.message.service_id);
    call.service = parts_.registry.service(call.message.service_id);
    // One that is configured and not registered has nobody who may be asked for it.
    if (service == call.routes->soap.end() || call.service == nullptr || !call.service->ended.empty())
        co_return turn_away(call, {soap::sce_service_unknown, Refusal(service_not_on_soap)});
    if (auto answered = co_await begin(call)) co_return std::move(*answered);
    const Served served = co_await carry(call, service->second);
    // What holds a person's data stands with the use, under that person's key.
    co_return co_await finish(call, served, !call.service->personal_data);
}

boost::asio::awaitable<SyncChannel::Served> SyncChannel::carry(Call& call, const SoapService& service) {
    auto data = soap::BusinessData::read(call.message.data);
    if (data.has_error()) co_return Refused{soap::sce_malformed, data.error()};
    call.data = std::move(*data);
    if (auto refused = choose_route(call, service)) co_return std::move(*refused);
    if (service.signed_data) {
        auto refused = co_await parts_.door.check_data(*call.data, *call.arrival.sender);
        if (refused) co_return std::move(*refused);
    }
    Uses uses;
    if (!call.service->personal_data) {
        auto refused = parts_.decisions.check_connection(call.arrival, *call.service);
        if (refused) co_return std::move(*refused);
    } else {
        auto decision = co_await decide(call, service);
        if (auto* refused = std::get_if<Refused>(&decision)) co_return std::move(*refused);
        if (auto* repeated = std::get_if<access::Repeated>(&decision)) co_return std::move(repeated->answer.body);
        uses = std::move(std::get<Uses>(decision));
    }
    co_return co_await forward(call, service, uses);
}

std::optional<SyncChannel::Refused> SyncChannel::choose_route(Call& call, const SoapService& service) {
    call.address = &service.address;
    call.way.service = call.message.service_id;
    if (service.routes.empty() || call.message.route_id.empty()) return std::nullopt;
    const auto route = service.routes.find(call.message.route_id);
    if (route == service.routes.end()) return Refused{soap::sce_service_unknown, Refusal(route_unknown)};
    call.address = &route->second;
    call.way.route = route->first;
    return std::nullopt;
}

AskedUse SyncChannel::asked_use(const Call& call, std::string_view subject) {
    return {.arrival = call.arrival,
            .service = *call.service,
            .data = *call.data,
            .subject = subject,
            .beside = texts_around(call.message),
            .properties = call.message.properties,
            .key = "soap " + call.message.message_id,
            .digest = call.digest,
            .takes = call.takes,
            .at = call.first_received.value_or(call.arrival.received)};
}

// 307/НК п.45-7: a service with personal data is called under a valid security token, and not otherwise.
boost::asio::awaitable<SyncChannel::Decision> SyncChannel::decide(Call& call, const SoapService& service) {
    const AskedUse asked = asked_use(call, service.subject);
    if (service.persons == Persons::several) co_return co_await decide_each(call, asked);
    auto decision = co_await parts_.decisions.decide(asked);
    if (auto* refused = std::get_if<Refused>(&decision)) co_return std::move(*refused);
    if (auto* repeated = std::get_if<access::Repeated>(&decision)) co_return std::move(*repeated);
    auto& permitted = std::get<SoapDecisions::Permitted>(decision);
    call.token = std::move(permitted.token);
    Uses uses;
    uses.push_back(std::move(permitted.use));
    co_return uses;
}

boost::asio::awaitable<SyncChannel::Decision> SyncChannel::decide_each(Call& call, const AskedUse& asked) const {
    auto decision = co_await parts_.persons.decide(asked);
    if (auto* refused = std::get_if<Refused>(&decision)) co_return std::move(*refused);
    if (auto* repeated = std::get_if<access::Repeated>(&decision)) co_return std::move(*repeated);
    auto& permitted = std::get<PersonsDecisions::Permitted>(decision);
    call.left_out = std::move(permitted.left_out);
    Uses uses;
    for (auto& each : permitted.uses)
        uses.push_back(std::move(each.reserved));
    co_return uses;
}

void SyncChannel::book(const Uses& uses, UseState state, std::vector<std::string> answers) {
    for (std::size_t i = 0; i < uses.size(); ++i) {
        std::optional<records::StoredAnswer> kept;
        if (i < answers.size()) kept = records::StoredAnswer{ok, std::move(answers[i])};
        parts_.outcomes.book(uses[i].id, state, std::move(kept));
    }
}

std::vector<std::string> SyncChannel::to_keep(const SoapService& service, const Uses& uses,
                                              const std::string& answer) const {
    if (service.persons == Persons::one || uses.empty()) return {answer};
    return split_answer(answer, uses.size(), parts_.entropy).value_or(std::vector<std::string>());
}

base::Result<std::string> SyncChannel::outgoing(const Call& call, base::Time now) const {
    const soap::DataForm form = form_for(parts_.forms, call.service->owner, call.data->form());
    std::vector<std::size_t> numbers;
    for (const LeftOut& each : call.left_out)
        numbers.push_back(each.number);
    auto data = numbers.empty() ? call.data->in_form(form, call.data->type()) : with_emptied(*call.data, numbers, form);
    if (data.has_error()) return data.error();
    const soap::SendMessage message{.message_id = call.message.message_id,
                                    .correlation_id = call.message.correlation_id,
                                    .service_id = call.message.service_id,
                                    .date = now,
                                    .route_id = call.message.route_id,
                                    .sender = {.id = call.arrival.sender->key},  // the password was for us
                                    .properties = call.message.properties,
                                    .session = call.arrival.session,
                                    .data = std::move(*data)};
    return parts_.door.signed_message(soap::write(message, parts_.zone), now);
}

boost::asio::awaitable<SyncChannel::Served> SyncChannel::forward(Call& call, const SoapService& service,
                                                                 const Uses& uses) {
    call.forwarded = parts_.clock.now();
    auto bytes = outgoing(call, *call.forwarded);
    if (bytes.has_error()) {
        book(uses, UseState::not_sent, {});
        co_return Refused{soap::sce_internal, bytes.error(), ExchangeState::failed};
    }
    note(call, ExchangeMessage::request_forwarded, *bytes);
    http::Outgoing request{
        .upstream = call.address->upstream,
        .method = "POST",
        .target = call.address->target,
        .headers = {{"Content-Type", "text/xml; charset=utf-8"},
                    {"SOAPAction", "\"\""},
                    {"traceparent", call.arrival.request.trace.traceparent()}},
        .body = std::move(*bytes),
        .limits = {.deadline = base::limits::owner_deadline, .body_bytes_max = base::limits::channel_xml_bytes_max}};
    if (!call.token.empty()) request.headers.push_back({"kdp-token", call.token});
    const Owners::Asked asked = co_await parts_.owners.ask(call.way, std::move(request));
    call.replied = parts_.clock.now();
    if (const auto* rests = std::get_if<Owners::Rests>(&asked)) {
        book(uses, UseState::not_sent, {});
        Refused refused{kls_owner_resting, Refusal(owner_resting), ExchangeState::failed};
        refused.wait = rests->left;
        co_return refused;
    }
    if (const auto* failure = std::get_if<http::Failure>(&asked)) {
        book(uses, failure->lost == http::Lost::not_sent ? UseState::not_sent : UseState::unknown, {});
        co_return not_answered(failure->lost);
    }
    const auto& answer = std::get<http::Answer>(asked);
    note(call, ExchangeMessage::answer_received, answer.body);
    auto judged = co_await judge(call, answer, service, uses);
    tell_of_owner(call, answer.status, judged);
    if (const auto* refused = std::get_if<Refused>(&judged)) {
        // A fault of the owner's own holds no data of the person; what cannot be read may.
        book(uses, refused->why.has(owner_refused) ? UseState::not_sent : UseState::unknown, {});
    } else if (call.owner_refused) {
        book(uses, UseState::not_sent, {});
    } else {
        book(uses, UseState::delivered, to_keep(service, uses, std::get<std::string>(judged)));
    }
    co_return judged;
}

SyncChannel::Refused SyncChannel::not_answered(http::Lost lost) {
    if (lost == http::Lost::not_sent) return {kls_owner_failed, Refusal(owner_unreachable), ExchangeState::failed};
    if (lost == http::Lost::no_answer) return {kls_owner_silent, Refusal(owner_silent), ExchangeState::failed};
    return {kls_owner_failed, Refusal(owner_failed), ExchangeState::failed};
}

// A fault that can be read is an answer, whatever its status (SOAP 1.1, 6.2: 500).
void SyncChannel::tell_of_owner(const Call& call, int status, const Served& judged) {
    const auto* refused = std::get_if<Refused>(&judged);
    const bool readable = refused == nullptr || !refused->why.has(answer_not_soap);
    constexpr int failed = 500;
    parts_.owners.judged(call.way, call.address->upstream, readable ? ok : std::max(status, failed));
}

boost::asio::awaitable<std::variant<SyncChannel::OwnersEnvelope, SyncChannel::Refused>> SyncChannel::open_answer(
    const http::Answer& answer, const SoapService& service, const registry::System& owner) const {
    auto read = soap::Envelope::parse(base::as_bytes(answer.body), soap::channel_limits);
    if (read.has_error()) co_return Refused{kls_owner_failed, Refusal(answer_not_soap), ExchangeState::failed};
    OwnersEnvelope envelope{.envelope = std::move(*read)};
    if (!service.signed_envelopes) co_return envelope;
    auto checked = co_await parts_.door.check_envelope(envelope.envelope, owner);
    if (auto* bad = std::get_if<SoapRefusal>(&checked))
        co_return Refused{kls_owner_failed, std::move(bad->why), ExchangeState::failed};
    envelope.signed_body = std::move(std::get<xml::Document>(checked));
    co_return envelope;
}

std::variant<SyncChannel::OwnersAnswer, SyncChannel::Refused> SyncChannel::read_answer(const http::Answer& answer,
                                                                                       OwnersEnvelope envelope) const {
    const Refused unusable{kls_owner_failed, Refusal(answer_not_soap), ExchangeState::failed};
    if (const auto theirs = soap::read_fault(envelope.body(), parts_.zone)) {
        const std::string_view code = theirs->error_code();
        return Refused{is_fault_code(code) ? code : kls_owner_failed, Refusal(owner_refused), ExchangeState::failed};
    }
    auto message = soap::read_send_message_response(envelope.body(), parts_.zone);
    if (answer.status != ok || message.has_error()) return unusable;
    auto data = soap::BusinessData::read(message->data);
    if (data.has_error()) return unusable;
    return OwnersAnswer{std::move(envelope), std::move(*message), std::move(*data)};
}

// What the sender is given of the owner's answer.
boost::asio::awaitable<SyncChannel::Served> SyncChannel::judge(Call& call, const http::Answer& answer,
                                                               const SoapService& service, const Uses& uses) const {
    const registry::System& owner = *parts_.registry.system(call.service->owner);
    auto opened = co_await open_answer(answer, service, owner);
    if (auto* refused = std::get_if<Refused>(&opened)) co_return std::move(*refused);
    auto read = read_answer(answer, std::move(std::get<OwnersEnvelope>(opened)));
    if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
    auto& [envelope, message, data] = std::get<OwnersAnswer>(read);
    if (!is_about(uses, service.persons, named_in(message, data)))
        co_return Refused{kls_owner_failed, Refusal(answer_of_another), ExchangeState::failed};
    call.owner_refused = is_refusal(message, data, call.service->fields);
    // A refusal in words has nothing that anybody could sign.
    if (service.signed_answers && !(call.owner_refused && data.content() == soap::BusinessData::Content::none)) {
        const auto bad = co_await parts_.door.check_data(data, owner);
        if (bad) co_return Refused{kls_owner_failed, bad->why, ExchangeState::failed};
    }
    auto in_form = data.content() == soap::BusinessData::Content::document
                       ? data.in_form(form_for(parts_.forms, call.arrival.sender->key, call.data->form()), data.type())
                       : base::Result<soap::Data>(message.data);
    if (in_form.has_error()) co_return Refused{kls_owner_failed, Refusal(answer_not_soap), ExchangeState::failed};
    message.data = std::move(*in_form);
    message.session = call.arrival.session;
    if (!call.left_out.empty()) {
        std::vector<RefusedToken> refused;
        for (const LeftOut& each : call.left_out)
            refused.push_back(remembered(each));
        message.status_message = in_words(refused);
    }
    if (!message.date) message.date = call.replied;
    co_return soap::write(message, parts_.zone);
}

// What nobody signed proves nothing, and has its sender's password in it.
std::optional<std::chrono::days> SyncChannel::kept_for(const Call& call) const {
    // The class of a service may change while we run; what the gateway answers itself is about persons or has passwords in it.
    if (call.service == nullptr || call.service->personal_data) return std::nullopt;
    const auto kept = parts_.kept.find(call.service->key);
    if (kept == parts_.kept.end() || call.arrival.protection != Protection::wss) return std::nullopt;
    return kept->second;
}

void SyncChannel::note(Call& call, ExchangeMessage which, const std::string& bytes) const {
    const auto place = static_cast<std::size_t>(which);
    call.wire.at(place) = crypto::sha256(base::as_bytes(bytes));
    if (kept_for(call)) call.messages.at(place) = bytes;
}

SyncChannel::Answer SyncChannel::finish(Call& call, const Served& served, bool keep) {
    const auto* content = std::get_if<std::string>(&served);
    http::Response response =
        content != nullptr ? parts_.door.respond(call.arrival, ok, *content) : fault(call, std::get<Refused>(served));
    co_await conclude(call, served, keep, response.body);
    co_return response;
}

// A repeat depends on it, so it is waited for.
boost::asio::awaitable<void> SyncChannel::conclude(Call& call, const Served& served, bool keep,
                                                   const std::string& sent) {
    if (!call.exchange) co_return;
    note(call, ExchangeMessage::request_received, call.arrival.request.body);
    note(call, ExchangeMessage::answer_sent, sent);
    access::Conclusion conclusion{.state = ExchangeState::answered,
                                  .forwarded = call.forwarded,
                                  .replied = call.replied,
                                  .response = {},
                                  .response_bytes = 0,
                                  .kept = {},
                                  .wire = call.wire,
                                  .bodies = {}};
    if (const auto term = kept_for(call))
        conclusion.bodies = parts_.bodies.seal(call.exchange->id, call.arrival.received + *term, call.messages);
    if (const auto* refused = std::get_if<Refused>(&served)) {
        conclusion.state = refused->state;
    } else {
        const auto& content = std::get<std::string>(served);
        conclusion.response = crypto::sha256(base::as_bytes(content));
        conclusion.response_bytes = content.size();
        if (keep) conclusion.kept = content;
        // Nothing was given, so the same message may come again, and is then an exchange of its own.
        if (call.owner_refused) conclusion.state = ExchangeState::failed;
    }
    auto unit = [&exchanges = parts_.exchanges, exchange = *call.exchange, conclusion = std::move(conclusion),
                 now = parts_.clock.now()](store::WriteSession& session) {
        exchanges.conclude(session, exchange, conclusion, now);
        return true;
    };
    co_await http::committed(parts_.writer, std::move(unit));
}

http::Response SyncChannel::turn_away(const Call& call, const Refused& refused) const {
    return parts_.door.turn_away(call.arrival, soap::FaultOf::sync_send_message, refused);
}

http::Response SyncChannel::fault(const Call& call, const Refused& refused) const {
    return parts_.door.fault(call.arrival, soap::FaultOf::sync_send_message, refused);
}

}  // namespace kelisim::gateway
