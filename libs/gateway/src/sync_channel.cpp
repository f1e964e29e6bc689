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
using records::ExchangeState;

const Reason sender_unknown{
    "sender_unknown",
    Kind::unauthenticated,
    "307/НК п.2(15)",
    {"Жіберуші жүйе белгісіз немесе құпиясөзі қате.", "Система-отправитель неизвестна, или её пароль неверен.",
     "The sending system is not known, or its password is wrong."}};
const Reason sender_of_another_organisation{
    "sender_of_another_organisation",
    Kind::forbidden,
    "307/НК п.2(15)",
    {"Хабарламаға басқа ұйым қол қойған.", "Сообщение подписала другая организация.",
     "Another organisation than the sender's signed the message."}};
const Reason sender_outside{"sender_outside",
                            Kind::forbidden,
                            "418-V ст.44(1)",
                            {"Бұл мекенжай бірыңғай көлік ортасының ішіндегі жүйелерге арналған.",
                             "Этот адрес - для систем внутри единой транспортной среды.",
                             "This address is for systems inside the unified transport environment."}};
const Reason service_not_on_soap{"service_not_on_soap",
                                 Kind::not_found,
                                 "307/НК п.2(22)",
                                 {"Мұндай сервис жоқ.", "Такого сервиса нет.", "There is no such service."}};
const Reason service_without_connection{
    "service_without_connection",
    Kind::forbidden,
    "307/НК п.4",
    {"Жүйеңіздің бұл сервиске қосылымы жоқ.", "У вашей системы нет подключения к этому сервису.",
     "Your system has no connection to this service."}};
const Reason answer_of_another{"answer_of_another",
                               Kind::invalid,
                               "94-V art. 8",
                               {"Иесінің жауабы басқа адам туралы.", "Ответ владельца - о другом человеке.",
                                "The answer of the owner is about somebody else."}};
const Reason tokens_many{"tokens_many",
                         Kind::invalid,
                         "236/НК п.2(8)",
                         {"Хабарламада бірнеше қауіпсіздік токені бар.", "В сообщении несколько токенов безопасности.",
                          "The message brings more than one security token."}};
const Reason interface_unknown{
    "interface_unknown",
    Kind::not_found,
    "",
    {"Мұндай сипаттама жоқ: ?wsdl немесе ?xsd=АТАУ.", "Такого описания нет: ?wsdl или ?xsd=ИМЯ.",
     "There is no such description: ?wsdl or ?xsd=NAME."}};
const Reason answer_not_soap{
    "answer_not_soap",
    Kind::invalid,
    "",
    {"Иесінің жауабын оқу мүмкін емес.", "Ответ владельца не читается.", "The answer of the owner cannot be read."}};

namespace {

constexpr int ok = 200;
constexpr int failed = 500;  // of faults, SOAP 1.1 section 6.2

std::string codes_of(const Refusal& refusal) {
    std::string codes;
    for (const Reason* reason : refusal.reasons())
        codes += fmt::format("{}{}", codes.empty() ? "" : "; ", reason->code);
    return codes;
}

// The name by which a message is the same one when it is signed anew: its canonical form, without what surrounds it.
std::optional<crypto::Digest> digest_of(const xml::Element& message) {
    const auto canonical = xml::canonical(message, xml::Canonical::exclusive);
    return canonical ? std::optional(crypto::sha256(*canonical)) : std::nullopt;
}

// What goes to the owner beside the data.
std::vector<std::string> texts_around(const soap::SendMessage& message) {
    std::vector<std::string> texts{message.message_id, message.correlation_id, message.route_id};
    for (const soap::Property& property : message.properties)
        texts.insert(texts.end(), {property.key, property.value});
    return texts;
}

std::optional<std::string_view> bearer(const http::Headers& headers) {
    constexpr std::string_view scheme = "Bearer ";
    const auto authorization = headers.once("Authorization");
    if (!authorization || !authorization->starts_with(scheme)) return std::nullopt;
    return authorization->substr(scheme.size());
}

// "Nobody found", "data refused" and "it failed" (wire.md A5) come in ordinary answers. One that names a person all the same
// has given something.
bool is_refusal(const soap::SendMessageResponse& message, const soap::BusinessData& data,
                const std::vector<std::string>& fields) {
    if (!message.status_code.starts_with("SCSE")) return false;
    if (data.content() == soap::BusinessData::Content::document)
        return persons_in(data.root()).empty() && !gives_any(data.root(), fields);
    return data.content() == soap::BusinessData::Content::none;
}

// One that names anybody names the person who was asked for: an owner's threads may get mixed up.
bool is_about(const base::Iin& subject, const soap::BusinessData& data) {
    if (data.content() != soap::BusinessData::Content::document) return true;
    const auto named = persons_in(data.root());
    return named.empty() || std::find(named.begin(), named.end(), subject) != named.end();
}

// As a client knows them; anything else could say anything.
bool is_fault_code(std::string_view code) {
    constexpr std::size_t code_characters_max = 32;
    return !code.empty() && code.size() <= code_characters_max && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

// Whether an approved application of the sender's names the service, today.
bool has_connection(const registry::Registry& registry, std::string_view sender, std::string_view service,
                    std::string_view day) {
    const auto names = [&](const registry::Purpose& purpose) {
        return std::find(purpose.services.begin(), purpose.services.end(), service) != purpose.services.end();
    };
    const auto connections = registry.connections();
    return std::any_of(connections.begin(), connections.end(), [&](const registry::Connection* each) {
        return each->initiator == sender && registry::stands(*each, day) &&
               std::any_of(each->purposes.begin(), each->purposes.end(), names);
    });
}

bool is_ours(const token::KeySet& keys, const std::string& public_key) {
    const auto given = base::from_base64(public_key);
    return given && std::any_of(keys.keys().begin(), keys.keys().end(),
                                [&](const token::VerificationKey& each) { return each.key.to_spki() == *given; });
}

}  // namespace

// One message on its way. What it was read from lives as long as it.
struct SyncChannel::Call {
    const http::Request& request;
    Protection protection;
    base::Time received;
    soap::SessionId session;
    soap::Version version = soap::Version::v11;
    std::optional<soap::Envelope> envelope = {};
    std::string organisation = {};  // BIN that the signature proves
    bool speaks_for_it = false;
    std::optional<xml::Document> signed_body = {};  // of what is processed, where it was signed
    soap::SendMessage message = {};
    crypto::Digest digest{};
    const registry::System* sender = nullptr;
    std::optional<records::Exchange> exchange = {};
    std::optional<soap::BusinessData> data = {};
    std::optional<base::Time> forwarded = {}, replied = {};
    const registry::IntegrationService* service = nullptr;
    std::string token = {};  // that the decision was made under
    access::Takes takes = access::Takes::first_or_repeat;
    std::optional<base::Time> first_received = {};  // of a repeat
    bool owner_refused = false;                     // in an ordinary answer
};

std::vector<http::Route> SyncChannel::routes() {
    constexpr std::string_view why = "a message says itself who sent it, by its transport signature or password";
    const http::RouteLimits limits{.body_bytes_max = base::limits::channel_xml_bytes_max,
                                   .deadline = base::limits::owner_deadline + std::chrono::seconds{10}};
    std::vector<http::Route> routes;
    for (const auto& [path, protection] : {std::pair{"/bip-sync-wss-gost/", Protection::wss},
                                           {"/shep/bip-sync-wss-gost/", Protection::wss},
                                           {"/bip-sync/", Protection::inside}}) {
        routes.push_back({"POST", path,
                          http::open(why, [this, protection = protection](
                                              const http::Request& request) { return take(request, protection); }),
                          limits});
        routes.push_back({"GET", path, http::open("interfaces are public", [this](const http::Request& request) {
                              return describe(request);
                          })});
    }
    return routes;
}

// ADDRESS?wsdl, ADDRESS?wsdl=NAME, ADDRESS?xsd=NAME
SyncChannel::Answer SyncChannel::describe(const http::Request& request) const {
    const auto question = request.target.find('?');
    const std::string address = parts_.address + request.target.substr(0, question);
    const std::string_view query =
        question == std::string::npos ? std::string_view() : std::string_view(request.target).substr(question + 1);
    const auto equals = query.find('=');
    const std::string_view kind = query.substr(0, equals);
    const std::string_view name =
        equals == std::string_view::npos ? "SyncChannelHttp_Service" : query.substr(equals + 1);
    const bool wsdl = kind == "wsdl" || kind == "WSDL";
    const bool xsd = kind == "xsd" && equals != std::string_view::npos;
    const auto text = wsdl || xsd
                          ? soap::contract(wsdl ? soap::ContractKind::wsdl : soap::ContractKind::xsd, name, address)
                          : std::nullopt;
    if (!text) co_return api::problem(interface_unknown, request);
    co_return http::Response{.status = ok, .content_type = "text/xml; charset=utf-8", .headers = {}, .body = *text};
}

SyncChannel::Answer SyncChannel::take(const http::Request& request, Protection protection) {
    Call call{.request = request,
              .protection = protection,
              .received = parts_.clock.now(),
              .session = soap::SessionId::parse(random_uuid()).value()};
    if (const auto refused = co_await read(call)) co_return fault(call, *refused);
    if (const auto refused = admit(call)) co_return fault(call, *refused);
    co_return co_await handle(call);
}

// Everything up to the message itself: cheap for what is not worth more.
boost::asio::awaitable<std::optional<SyncChannel::Refused>> SyncChannel::read(Call& call) const {
    auto envelope = soap::Envelope::parse(base::as_bytes(call.request.body), soap::channel_limits);
    if (envelope.has_error()) co_return Refused{soap::sce_malformed, envelope.error()};
    call.version = envelope->version();
    call.envelope = std::move(*envelope);
    xml::Element body = call.envelope->body();
    if (call.protection == Protection::wss) {
        // A look before the work: whom nobody knows has nothing checked.
        const auto claimed = soap::read_send_message(body, parts_.zone);
        if (claimed.has_value() && parts_.registry.system(claimed->sender.id) == nullptr)
            co_return Refused{kls_sender, Refusal(sender_unknown)};
        auto check = [this, &call] { return parts_.signatures.check(*call.envelope); };
        auto checked = co_await http::elsewhere(parts_.signature_checks, std::move(check));
        if (auto* bad = std::get_if<BadSignature>(&checked)) co_return Refused{bad->code, std::move(bad->why)};
        auto& proven = std::get<SignedBody>(checked);
        call.organisation = std::move(proven.organisation);
        call.speaks_for_it = proven.speaks_for_it;
        call.signed_body = std::move(proven.body);
        body = call.signed_body->root();
    }
    auto message = soap::read_send_message(body, parts_.zone);
    if (message.has_error()) co_return Refused(message.error());
    call.message = std::move(*message);
    const auto digest = digest_of(body.children().front());
    if (!digest) co_return Refused{soap::sce_malformed, Refusal(xml::xml_malformed)};
    // A token beside the message is a part of what is asked.
    call.digest = crypto::sha256({*digest, base::as_bytes(call.request.headers.first("kdp-token").value_or("")),
                                  base::as_bytes("\n"), base::as_bytes(bearer(call.request.headers).value_or(""))});
    co_return std::nullopt;
}

// Who sends, and whether the message is of these days.
std::optional<SyncChannel::Refused> SyncChannel::admit(Call& call) const {
    const soap::Sender& sender = call.message.sender;
    call.sender = parts_.registry.system(sender.id);
    if (call.sender == nullptr) return Refused{kls_sender, Refusal(sender_unknown)};
    const bool is_signed = call.protection == Protection::wss;
    if (is_signed && call.organisation != call.sender->organisation)
        return Refused{soap::sce_transport_signature_wrong, Refusal(sender_of_another_organisation)};
    // 418-V ст.44(1): from outside only under a signature.
    if (!is_signed && call.sender->contour != registry::Contour::ets)
        return Refused{kls_sender, Refusal(sender_outside)};
    // Where nothing is signed, or somebody signed who does not speak for the organisation, the password is all there is;
    // beside a signature a wrong one is somebody's mistake.
    const bool given = !sender.password.reveal().empty();
    if (given || !is_signed || !call.speaks_for_it) {
        const auto known = parts_.clients.authenticate(
            identity::BySecret{.client_id = call.sender->client_id, .secret = sender.password}, call.received);
        if (known.has_error()) return Refused{kls_sender, Refusal(sender_unknown)};
    }
    if (const auto timely = soap::in_time(call.message.date, call.received); timely.has_error())
        return Refused{soap::sce_malformed, timely.error()};
    return std::nullopt;
}

SyncChannel::Answer SyncChannel::handle(Call& call) {
    // Before anything is counted: without a key neither the owner nor the sender could be told anything.
    if (parts_.signing_keys.at(call.received).has_error()) throw base::Outage("the gateway has no key to sign with");
    const auto service = parts_.services.find(call.message.service_id);
    call.service = parts_.registry.service(call.message.service_id);
    // One that is configured and not registered has nobody who may be asked for it.
    if (service == parts_.services.end() || call.service == nullptr || !call.service->ended.empty())
        co_return fault(call, {soap::sce_service_unknown, Refusal(service_not_on_soap)});
    auto begin = [&exchanges = parts_.exchanges,
                  incoming = access::Incoming{.sender = call.sender->key,
                                              .service = call.message.service_id,
                                              .message_id = call.message.message_id,
                                              .digest = call.digest,
                                              .bytes = call.request.body.size(),
                                              .received = call.received},
                  now = parts_.clock.now()](store::WriteSession& session) {
        return exchanges.begin(session, incoming, now);
    };
    auto decision = co_await http::committed(parts_.writer, std::move(begin));
    if (auto* refused = std::get_if<Refusal>(&decision)) co_return fault(call, {kls_conflict, std::move(*refused)});
    const auto* answered = std::get_if<access::Exchanges::Answered>(&decision);
    if (answered != nullptr && !answered->kept.empty()) co_return respond(call, ok, answered->kept);
    // What was answered and is not kept here stands with the use, and is not done anew.
    if (answered != nullptr) {
        call.takes = access::Takes::repeat_alone;
        call.first_received = answered->received;
    }
    if (auto* begun = std::get_if<records::Exchange>(&decision)) call.exchange = std::move(*begun);
    const Served served = co_await carry(call, service->second);
    const auto* content = std::get_if<std::string>(&served);
    co_await conclude(call, served);
    co_return content != nullptr ? respond(call, ok, *content) : fault(call, std::get<Refused>(served));
}

boost::asio::awaitable<SyncChannel::Served> SyncChannel::carry(Call& call, const SoapService& service) {
    auto data = soap::BusinessData::read(call.message.data);
    if (data.has_error()) co_return Refused{soap::sce_malformed, data.error()};
    call.data = std::move(*data);
    std::optional<access::Reserved> use;
    if (!call.service->personal_data) {
        const std::string day = parts_.zone.day(call.received);
        if (!has_connection(parts_.registry, call.sender->key, call.service->key, day))
            co_return Refused{kls_refused, Refusal(service_without_connection)};
    } else {
        auto decision = co_await decide(call, service);
        if (auto* refused = std::get_if<Refused>(&decision)) co_return std::move(*refused);
        if (auto* repeated = std::get_if<access::Repeated>(&decision)) co_return std::move(repeated->answer.body);
        use = std::move(std::get<access::Reserved>(decision));
    }
    co_return co_await forward(call, service, use);
}

// The token that the message brings, in the data or beside them.
std::variant<std::string, SyncChannel::Refused> SyncChannel::token_of(const Call& call, const SoapCall& read) const {
    std::vector<std::string> tokens = read.tokens;
    for (const auto& beside : {call.request.headers.once("kdp-token"), bearer(call.request.headers)}) {
        if (beside && std::find(tokens.begin(), tokens.end(), *beside) == tokens.end()) tokens.emplace_back(*beside);
    }
    if (tokens.empty()) return Refused{kls_refused, Refusal(token_missing)};
    if (tokens.size() > 1) return Refused{kls_refused, Refusal(tokens_many)};
    for (const std::string& key : read.public_keys) {
        // A key beside the token is only a hint: whoever believed any would believe any token.
        if (!is_ours(parts_.keys, key)) return Refused{kls_refused, Refusal(public_key_foreign)};
    }
    return std::move(tokens.front());
}

// 307/НК п.45-7: a service with personal data is called under a valid security token, and not otherwise.
boost::asio::awaitable<SyncChannel::Decision> SyncChannel::decide(Call& call, const SoapService& service) {
    const auto read = read_soap_call(*call.data, service.subject);
    if (read.has_error()) co_return Refused{soap::sce_malformed, read.error()};
    auto brought = token_of(call, *read);
    if (auto* refused = std::get_if<Refused>(&brought)) co_return std::move(*refused);
    call.token = std::move(std::get<std::string>(brought));
    const std::string& token = call.token;
    std::vector<base::Iin> persons = read->persons;
    for (const std::string& text : texts_around(call.message))
        collect_persons(text, persons);
    const auto active = parts_.introspection.genuine(token, call.first_received.value_or(call.received));
    if (!active) co_return Refused{kls_refused, Refusal(access::use_token_ended)};
    const auto held =
        co_await parts_.possession.shown(call.request, token, active->claims.bound_to, api::TokenScheme::beside);
    if (held.has_error()) co_return Refused{kls_refused, held.error()};
    auto reserve = [&uses = parts_.uses,
                    command = access::UseCommand{.token = active->id,
                                                 .receiver = call.sender->key,
                                                 .service = call.message.service_id,
                                                 .purpose = "",
                                                 // An answer of this wire has one shape and is never cut, so all of it
                                                 // has to be consented to.
                                                 .fields = call.service->fields,
                                                 .acts = {},
                                                 .persons = persons,
                                                 .idempotency_key = "soap " + call.message.message_id,
                                                 .digest = call.digest,
                                                 .takes = call.takes},
                    now = call.received](store::WriteSession& session) { return uses.reserve(session, command, now); };
    auto decision = co_await http::committed(parts_.writer, std::move(reserve));
    if (auto* objected = std::get_if<access::Objected>(&decision)) {
        const bool conflict = objected->refusal.first().kind == Kind::conflict;
        co_return Refused{conflict ? kls_conflict : kls_refused, std::move(objected->refusal)};
    }
    if (auto* repeated = std::get_if<access::Repeated>(&decision)) co_return std::move(*repeated);
    co_return std::move(std::get<access::Reserved>(decision));
}

base::Result<std::string> SyncChannel::outgoing(const Call& call, const SoapService& service, base::Time now) const {
    const auto key = parts_.signing_keys.at(now);
    if (key.has_error()) return key.error();
    auto data = call.data->in_form(service.form.value_or(call.data->form()), call.data->type());
    if (data.has_error()) return data.error();
    const soap::SendMessage message{.message_id = call.message.message_id,
                                    .correlation_id = call.message.correlation_id,
                                    .service_id = call.message.service_id,
                                    .date = now,
                                    .route_id = call.message.route_id,
                                    .sender = {.id = call.sender->key},  // the password was for us
                                    .properties = call.message.properties,
                                    .session = call.session,
                                    .data = std::move(*data)};
    const auto signed_message =
        soap::sign({.content = soap::write(message, parts_.zone), .body_id = "id-" + random_uuid()}, **key);
    if (signed_message.has_error()) return signed_message.error();
    return std::string(base::as_text(*signed_message));
}

boost::asio::awaitable<SyncChannel::Served> SyncChannel::forward(Call& call, const SoapService& service,
                                                                 const std::optional<access::Reserved>& use) {
    const auto book = [&](UseState state, std::optional<records::StoredAnswer> kept) {
        if (use) parts_.outcomes.book(use->id, state, std::move(kept));
    };
    call.forwarded = parts_.clock.now();
    auto bytes = outgoing(call, service, *call.forwarded);
    if (bytes.has_error()) {
        book(UseState::not_sent, {});
        co_return Refused{soap::sce_internal, bytes.error(), ExchangeState::failed};
    }
    http::Outgoing request{
        .upstream = service.upstream,
        .method = "POST",
        .target = service.target,
        .headers = {{"Content-Type", "text/xml; charset=utf-8"},
                    {"SOAPAction", "\"\""},
                    {"traceparent", call.request.trace.traceparent()}},
        .body = std::move(*bytes),
        .limits = {.deadline = base::limits::owner_deadline, .body_bytes_max = base::limits::channel_xml_bytes_max}};
    if (!call.token.empty()) request.headers.push_back({"kdp-token", call.token});
    const http::Outcome outcome = co_await parts_.client.exchange(std::move(request));
    call.replied = parts_.clock.now();
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) {
        book(failure->lost == http::Lost::not_sent ? UseState::not_sent : UseState::unknown, {});
        co_return not_answered(failure->lost);
    }
    auto judged = judge(call, std::get<http::Answer>(outcome), use);
    if (const auto* refused = std::get_if<Refused>(&judged)) {
        // A fault of the owner's own holds no data of the person; what cannot be read may.
        book(refused->why.has(owner_refused) ? UseState::not_sent : UseState::unknown, {});
    } else if (call.owner_refused) {
        book(UseState::not_sent, {});
    } else {
        book(UseState::delivered, records::StoredAnswer{ok, std::get<std::string>(judged)});
    }
    co_return judged;
}

SyncChannel::Refused SyncChannel::not_answered(http::Lost lost) {
    if (lost == http::Lost::not_sent) return {kls_owner_failed, Refusal(owner_unreachable), ExchangeState::failed};
    if (lost == http::Lost::no_answer) return {kls_owner_silent, Refusal(owner_silent), ExchangeState::failed};
    return {kls_owner_failed, Refusal(owner_failed), ExchangeState::failed};
}

// What the sender is given of the owner's answer.
SyncChannel::Served SyncChannel::judge(Call& call, const http::Answer& answer,
                                       const std::optional<access::Reserved>& use) const {
    const Refused unusable{kls_owner_failed, Refusal(answer_not_soap), ExchangeState::failed};
    const auto envelope = soap::Envelope::parse(base::as_bytes(answer.body), soap::channel_limits);
    if (envelope.has_error()) return unusable;
    if (const auto theirs = soap::read_fault(envelope->body(), parts_.zone)) {
        const std::string_view code = theirs->error_code();
        return Refused{is_fault_code(code) ? code : kls_owner_failed, Refusal(owner_refused), ExchangeState::failed};
    }
    auto message = soap::read_send_message_response(envelope->body(), parts_.zone);
    if (answer.status != ok || message.has_error()) return unusable;
    const auto data = soap::BusinessData::read(message->data);
    if (data.has_error()) return unusable;
    if (use && !is_about(use->subject, *data))
        return Refused{kls_owner_failed, Refusal(answer_of_another), ExchangeState::failed};
    call.owner_refused = is_refusal(*message, *data, call.service->fields);
    // In the form in which the sender writes its own.
    auto in_form = data->content() == soap::BusinessData::Content::document
                       ? data->in_form(call.data->form(), data->type())
                       : base::Result<soap::Data>(message->data);
    if (in_form.has_error()) return unusable;
    message->data = std::move(*in_form);
    message->session = call.session;
    if (!message->date) message->date = call.replied;
    return soap::write(*message, parts_.zone);
}

// A repeat depends on it, so it is waited for.
boost::asio::awaitable<void> SyncChannel::conclude(const Call& call, const Served& served) {
    if (!call.exchange) co_return;
    access::Conclusion conclusion{
        .state = ExchangeState::answered, .forwarded = call.forwarded, .replied = call.replied};
    if (const auto* refused = std::get_if<Refused>(&served)) {
        conclusion.state = refused->state;
    } else {
        const auto& content = std::get<std::string>(served);
        conclusion.response = crypto::sha256(base::as_bytes(content));
        conclusion.response_bytes = content.size();
        // What holds a person's data stands with the use, under that person's key.
        if (!call.service->personal_data) conclusion.kept = content;
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

http::Response SyncChannel::fault(const Call& call, const Refused& refused) const {
    const soap::FaultStyle style{.version = call.version, .form = parts_.fault_form};
    const auto known = soap::text_of_error(refused.code);
    const soap::ErrorInfo info{.code = refused.code,
                               .message = std::string(known ? known->ru : refused.why.first().text.ru),
                               .data = refused.details.empty() ? codes_of(refused.why) : refused.details,
                               .date = parts_.clock.now(),
                               .session = call.session};
    return respond(call, failed, soap::write_fault(soap::FaultOf::sync_send_message, info, style, parts_.zone));
}

// Signed where the sender has to sign too; without a key that is valid now, nothing is said in our name.
http::Response SyncChannel::respond(const Call& call, int status, std::string_view content) const {
    http::Response response{.status = status, .content_type = "text/xml; charset=utf-8", .headers = {}, .body = {}};
    response.headers.push_back({"Cache-Control", "no-store"});
    if (call.protection == Protection::inside) {
        response.body = soap::enveloped(call.version, content);
        return response;
    }
    const auto key = parts_.signing_keys.at(parts_.clock.now());
    if (key.has_error()) throw base::Outage("the gateway has no key to sign with");
    const auto bytes =
        soap::sign({.version = call.version, .content = content, .body_id = "id-" + random_uuid()}, **key);
    response.body = base::as_text(bytes.value());
    return response;
}

std::string SyncChannel::random_uuid() const {
    return base::RawId::make(parts_.clock.now(), {}, parts_.entropy).to_string();
}

}  // namespace kelisim::gateway
