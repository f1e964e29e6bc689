// SPDX-License-Identifier: Apache-2.0
#include "gateway/soap_door.hpp"

#include <fmt/format.h>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "soap/contracts.hpp"
#include "soap/message_date.hpp"
#include "soap/security.hpp"
#include "xml/canonical.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;

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
const Reason interface_unknown{
    "interface_unknown",
    Kind::not_found,
    "",
    {"Мұндай сипаттама жоқ: ?wsdl немесе ?xsd=АТАУ.", "Такого описания нет: ?wsdl или ?xsd=ИМЯ.",
     "There is no such description: ?wsdl or ?xsd=NAME."}};

namespace {

constexpr int ok = 200;
constexpr int failed = 500;  // of faults, SOAP 1.1 section 6.2

std::string codes_of(const Refusal& refusal) {
    std::string codes;
    for (const Reason* reason : refusal.reasons())
        codes += fmt::format("{}{}", codes.empty() ? "" : "; ", reason->code);
    return codes;
}

// The facade of КДП has answers of its own and no messages.
std::optional<records::Door> door_of(soap::FaultOf operation) {
    if (operation == soap::FaultOf::person_data_access_control) return std::nullopt;
    return operation == soap::FaultOf::sync_send_message ? records::Door::soap_sync : records::Door::soap_async;
}

}  // namespace

void SoapDoor::add_routes(std::vector<http::Route>& routes, std::string_view path, std::string_view wsdl,
                          soap::FaultOf operation, http::RouteLimits limits, http::Endpoint take) const {
    http::ErrorPage page = [this, operation](int status, const Reason& why, const http::Request& request) {
        return broken(operation, status, why, request);
    };
    routes.push_back({"POST", path, std::move(take), limits, std::move(page)});
    routes.push_back({"GET", path, http::open("interfaces are public", [this, wsdl](const http::Request& request) {
                          return describe(request, wsdl);
                      })});
}

// "In case of a SOAP error while processing the request, the SOAP HTTP server MUST issue an HTTP 500 'Internal Server Error'
// response and include a SOAP message in the response containing a SOAP Fault element" (SOAP 1.1, 6.2). What was refused before
// anybody processed it is told as everywhere else.
http::Response SoapDoor::broken(soap::FaultOf operation, int status, const Reason& why,
                                const http::Request& request) const {
    constexpr int unavailable = 503;
    if (status != failed && status != unavailable) {
        if (const auto door = door_of(operation)) parts_.refusals.count(*door, {}, why, parts_.clock.now());
        return api::error_page(status, why, request);
    }
    Arrival arrival = arrive(request, {Protection::inside, registry::Side::external});
    const auto envelope = soap::Envelope::parse(base::as_bytes(request.body), soap::channel_limits);
    if (envelope.has_value()) arrival.version = envelope->version();
    return fault(arrival, operation, {soap::sce_internal, Refusal(why)});
}

http::Endpoint SoapDoor::by_message(http::Handler handler) {
    return http::open("a message says itself who sent it, by its transport signature or password", std::move(handler));
}

boost::asio::awaitable<http::Response> SoapDoor::describe(const http::Request& request, std::string_view first) const {
    const auto question = request.target.find('?');
    const std::string address = parts_.address + request.target.substr(0, question);
    const std::string_view query =
        question == std::string::npos ? std::string_view() : std::string_view(request.target).substr(question + 1);
    const auto equals = query.find('=');
    const std::string_view kind = query.substr(0, equals);
    const std::string_view name = equals == std::string_view::npos ? first : query.substr(equals + 1);
    const bool wsdl = kind == "wsdl" || kind == "WSDL";
    const bool xsd = kind == "xsd" && equals != std::string_view::npos;
    const auto text = wsdl || xsd
                          ? soap::contract(wsdl ? soap::ContractKind::wsdl : soap::ContractKind::xsd, name, address)
                          : std::nullopt;
    if (!text) co_return api::problem(interface_unknown, request);
    co_return http::Response{.status = ok, .content_type = "text/xml; charset=utf-8", .headers = {}, .body = *text};
}

Arrival SoapDoor::arrive(const http::Request& request, Entrance entrance) const {
    return {.request = request,
            .protection = entrance.protection,
            .side = entrance.side,
            .received = parts_.clock.now(),
            .session = soap::SessionId::parse(random_uuid()).value()};
}

boost::asio::awaitable<std::optional<SoapRefusal>> SoapDoor::open(Arrival& arrival,
                                                                  const ClaimedSender& claimed) const {
    auto envelope = soap::Envelope::parse(base::as_bytes(arrival.request.body), soap::channel_limits);
    if (envelope.has_error()) co_return SoapRefusal{soap::sce_malformed, envelope.error()};
    arrival.version = envelope->version();
    arrival.envelope = std::move(*envelope);
    if (arrival.protection == Protection::inside) co_return std::nullopt;
    const auto sender = claimed(arrival.envelope->body());
    if (sender) arrival.sender = parts_.registry.system(*sender);
    if (sender && arrival.sender == nullptr) co_return SoapRefusal{kls_sender, Refusal(sender_unknown)};
    auto check = [this, &arrival] { return parts_.signatures.check(*arrival.envelope); };
    auto checked = co_await http::elsewhere(parts_.signature_checks, std::move(check));
    if (auto* bad = std::get_if<BadSignature>(&checked)) co_return SoapRefusal{bad->code, std::move(bad->why)};
    auto& proven = std::get<SignedBody>(checked);
    arrival.organisation = std::move(proven.organisation);
    arrival.speaks_for_it = proven.speaks_for_it;
    arrival.signed_body = std::move(proven.body);
    co_return std::nullopt;
}

std::optional<SoapRefusal> SoapDoor::admit(Arrival& arrival, const soap::Sender& sender, base::Time date) const {
    arrival.sender = parts_.registry.system(sender.id);
    if (arrival.sender == nullptr) return SoapRefusal{kls_sender, Refusal(sender_unknown)};
    const bool is_signed = arrival.protection == Protection::wss;
    if (is_signed && arrival.organisation != arrival.sender->organisation)
        return SoapRefusal{soap::sce_transport_signature_wrong, Refusal(sender_of_another_organisation)};
    // 418-V ст.44(1): from outside only under a signature.
    if (!is_signed && arrival.sender->contour != registry::Contour::ets)
        return SoapRefusal{kls_sender, Refusal(sender_outside)};
    // Where nothing is signed, or somebody signed who does not speak for the organisation, the password is all there is;
    // beside a signature a wrong one is somebody's mistake.
    const bool given = !sender.password.reveal().empty();
    if (given || !is_signed || !arrival.speaks_for_it) {
        const auto known = parts_.clients.authenticate(
            identity::BySecret{.client_id = arrival.sender->client_id, .secret = sender.password}, arrival.received);
        if (known.has_error()) return SoapRefusal{kls_sender, Refusal(sender_unknown)};
    }
    arrival.sender_proven = true;
    if (const auto timely = soap::in_time(date, arrival.received); timely.has_error())
        return SoapRefusal{soap::sce_malformed, timely.error()};
    const auto verdict = parts_.quotas.take(arrival.sender->key, arrival.received);
    if (verdict.admitted) return std::nullopt;
    SoapRefusal refused{kls_over_quota, Refusal(over_quota)};
    refused.wait = verdict.wait;
    return refused;
}

boost::asio::awaitable<std::variant<xml::Document, SoapRefusal>> SoapDoor::check_envelope(
    const soap::Envelope& envelope, const registry::System& signer) const {
    auto check = [this, &envelope] { return parts_.signatures.check(envelope); };
    auto checked = co_await http::elsewhere(parts_.signature_checks, std::move(check));
    if (auto* bad = std::get_if<BadSignature>(&checked)) co_return SoapRefusal{bad->code, std::move(bad->why)};
    auto& proven = std::get<SignedBody>(checked);
    if (proven.organisation != signer.organisation)
        co_return SoapRefusal{soap::sce_transport_signature_wrong, Refusal(sender_of_another_organisation)};
    co_return std::move(proven.body);
}

boost::asio::awaitable<std::optional<SoapRefusal>> SoapDoor::check_data(const soap::BusinessData& data,
                                                                        const registry::System& signer) const {
    auto check = [this, &data, &signer] { return parts_.signatures.check_data(data, signer.organisation); };
    auto bad = co_await http::elsewhere(parts_.signature_checks, std::move(check));
    if (!bad) co_return std::nullopt;
    co_return SoapRefusal{bad->code, std::move(bad->why)};
}

std::optional<crypto::Digest> SoapDoor::digest_of(const Arrival& arrival) {
    const auto canonical = xml::canonical(arrival.body().children().front(), xml::Canonical::exclusive);
    if (!canonical) return std::nullopt;
    const http::Headers& headers = arrival.request.headers;
    return crypto::sha256({crypto::sha256(*canonical), base::as_bytes(headers.first("kdp-token").value_or("")),
                           base::as_bytes("\n"), base::as_bytes(bearer(headers).value_or(""))});
}

std::optional<std::string_view> SoapDoor::bearer(const http::Headers& headers) {
    constexpr std::string_view scheme = "Bearer ";
    const auto authorization = headers.once("Authorization");
    if (!authorization || !authorization->starts_with(scheme)) return std::nullopt;
    return authorization->substr(scheme.size());
}

http::Response SoapDoor::fault(const Arrival& arrival, soap::FaultOf operation, const SoapRefusal& refused) const {
    const soap::FaultStyle style{.version = arrival.version, .form = parts_.fault_form};
    const auto known = soap::text_of_error(refused.code);
    const soap::ErrorInfo info{.code = refused.code,
                               .message = std::string(known ? known->ru : refused.why.first().text.ru),
                               .data = refused.details.empty() ? codes_of(refused.why) : refused.details,
                               .date = parts_.clock.now(),
                               .sub = refused.sub,
                               .session = arrival.session};
    http::Response response = respond(arrival, failed, soap::write_fault(operation, info, style, parts_.zone));
    if (refused.wait) add_retry_after(response, *refused.wait);
    return response;
}

http::Response SoapDoor::turn_away(const Arrival& arrival, soap::FaultOf operation, const SoapRefusal& refused) const {
    if (const auto door = door_of(operation))
        parts_.refusals.count(*door, {arrival.sender, arrival.sender_proven}, refused.why.first(), arrival.received);
    return fault(arrival, operation, refused);
}

http::Response SoapDoor::respond(const Arrival& arrival, int status, std::string_view content) const {
    http::Response response{.status = status, .content_type = "text/xml; charset=utf-8", .headers = {}, .body = {}};
    response.headers.push_back({"Cache-Control", "no-store"});
    if (arrival.protection == Protection::inside) {
        response.body = soap::enveloped(arrival.version, content);
        return response;
    }
    const base::Time now = parts_.clock.now();
    require_key(now);
    const auto bytes = soap::sign({.version = arrival.version, .content = content, .body_id = "id-" + random_uuid()},
                                  **parts_.signing_keys.at(now));
    response.body = base::as_text(bytes.value());
    return response;
}

void SoapDoor::require_key(base::Time now) const {
    if (parts_.signing_keys.at(now).has_error()) throw base::Outage("the gateway has no key to sign with");
}

base::Result<std::string> SoapDoor::signed_message(std::string_view content, base::Time now) const {
    const auto key = parts_.signing_keys.at(now);
    if (key.has_error()) return key.error();
    const auto bytes = soap::sign({.content = content, .body_id = "id-" + random_uuid()}, **key);
    if (bytes.has_error()) return bytes.error();
    return std::string(base::as_text(*bytes));
}

std::string SoapDoor::random_uuid() const {
    return base::RawId::make(parts_.clock.now(), {}, parts_.entropy).to_string();
}

}  // namespace kelisim::gateway
