// SPDX-License-Identifier: Apache-2.0
#include "gateway/soap_decisions.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "base/text.hpp"
#include "gateway/rest.hpp"
#include "http/unit.hpp"
#include "registry/contours.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;

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

namespace {

std::optional<SoapRefusal> refusal_for(std::vector<const Reason*> reasons) {
    if (reasons.empty()) return std::nullopt;
    return SoapRefusal{kls_refused, Refusal(std::move(reasons))};
}

}  // namespace

std::vector<base::Iin> persons_in(const soap::BusinessData& data) {
    if (data.content() == soap::BusinessData::Content::document) return persons_in(data.root());
    std::vector<base::Iin> persons;
    collect_persons(data.text(), persons);
    return persons;
}

std::optional<SoapRefusal> SoapDecisions::check_connection(const Arrival& arrival,
                                                           const registry::IntegrationService& service) const {
    const std::string day = parts_.zone.day(arrival.received);
    auto reasons = registry::contour_objections(parts_.registry, {*arrival.sender, arrival.side, day}, service);
    const bool payment = service.kind == registry::ServiceKind::payment;
    if (!payment && !registry::is_connected(parts_.registry, arrival.sender->key, service.key, day))
        reasons.push_back(&service_without_connection);
    return refusal_for(std::move(reasons));
}

std::optional<SoapRefusal> SoapDecisions::check_contours(const Arrival& arrival) const {
    const std::string day = parts_.zone.day(arrival.received);
    return refusal_for(registry::contour_objections(parts_.registry, {*arrival.sender, arrival.side, day}));
}

std::optional<SoapRefusal> SoapDecisions::check_contours(const Arrival& arrival,
                                                         const registry::IntegrationService& service,
                                                         const registry::System& other) const {
    const std::string day = parts_.zone.day(arrival.received);
    return refusal_for(
        registry::contour_objections(parts_.registry, {*arrival.sender, arrival.side, day}, service, other));
}

std::optional<SoapRefusal> SoapDecisions::open_elsewhere(std::string_view service) const {
    const registry::OpenService* open = parts_.registry.open_service(service);
    if (open == nullptr || !open->ended.empty()) return std::nullopt;
    SoapRefusal refused{kls_refused, Refusal(registry::contour_open_data)};
    refused.details = fmt::format("{} {}", registry::contour_open_data.code, open->address);
    return refused;
}

// The token that the message brings, in the data or beside them.
std::variant<std::string, SoapRefusal> SoapDecisions::token_of(const Arrival& arrival, const SoapCall& read) const {
    std::vector<std::string> tokens = read.tokens;
    for (const auto& beside : {arrival.request.headers.once("kdp-token"), SoapDoor::bearer(arrival.request.headers)}) {
        if (beside && std::find(tokens.begin(), tokens.end(), *beside) == tokens.end()) tokens.emplace_back(*beside);
    }
    if (tokens.empty()) return SoapRefusal{kls_refused, Refusal(token_missing)};
    if (tokens.size() > 1) return SoapRefusal{kls_refused, Refusal(tokens_many)};
    for (const std::string& key : read.public_keys) {
        // A key beside the token is only a hint: whoever believed any would believe any token.
        if (!knows_key(key)) return SoapRefusal{kls_refused, Refusal(public_key_foreign)};
    }
    return std::move(tokens.front());
}

// 307/НК п.45-7: a service with personal data is called under a valid security token, and not otherwise.
boost::asio::awaitable<SoapDecisions::Decision> SoapDecisions::decide(const AskedUse& asked) const {
    const auto read = read_soap_call(asked.data, asked.subject);
    if (read.has_error()) co_return SoapRefusal{soap::sce_malformed, read.error()};
    auto brought = token_of(asked.arrival, *read);
    if (auto* refused = std::get_if<SoapRefusal>(&brought)) co_return std::move(*refused);
    auto& token = std::get<std::string>(brought);
    std::vector<base::Iin> persons = read->persons;
    for (const std::string& text : asked.beside)
        collect_persons(text, persons);
    const auto active = co_await live(asked, token);
    if (active.has_error()) co_return SoapRefusal{kls_refused, active.error()};
    auto decision = co_await reserve(asked, active->id, std::move(persons));
    if (auto* objected = std::get_if<access::Objected>(&decision)) {
        const bool conflict = objected->refusal.first().kind == Kind::conflict;
        co_return SoapRefusal{conflict ? kls_conflict : kls_refused, std::move(objected->refusal)};
    }
    if (auto* repeated = std::get_if<access::Repeated>(&decision)) co_return std::move(*repeated);
    co_return Permitted{.token = std::move(token), .use = std::move(std::get<access::Reserved>(decision))};
}

boost::asio::awaitable<base::Result<access::Introspection::Active>> SoapDecisions::live(
    const AskedUse& asked, const std::string& token) const {
    auto active = parts_.introspection.genuine(token, asked.at);
    if (!active) co_return Refusal(access::use_token_ended);
    const auto held = co_await parts_.possession.shown(asked.arrival.request, token, active->claims.bound_to,
                                                       api::TokenScheme::beside);
    if (held.has_error()) co_return held.error();
    co_return std::move(*active);
}

boost::asio::awaitable<access::UseDecision> SoapDecisions::reserve(const AskedUse& asked, consent::TokenId token,
                                                                   std::vector<base::Iin> persons) const {
    auto purpose = purpose_in(asked.properties);
    if (purpose.has_error()) {
        access::Objected objected{purpose.error()};
        co_return objected;
    }
    auto unit = [&uses = parts_.uses,
                 command = access::UseCommand{.token = token,
                                              .receiver = asked.arrival.sender->key,
                                              .service = asked.service.key,
                                              .purpose = std::move(*purpose),
                                              .side = asked.arrival.side,
                                              // An answer of this wire has one shape and is never cut, so all of it
                                              // has to be consented to.
                                              .fields = asked.service.fields,
                                              .acts = {},
                                              .persons = std::move(persons),
                                              .idempotency_key = asked.key,
                                              .digest = asked.digest,
                                              .takes = asked.takes},
                 now = asked.arrival.received](store::WriteSession& session) {
        return uses.reserve(session, command, now);
    };
    co_return co_await http::committed(parts_.writer, std::move(unit));
}

bool SoapDecisions::knows_key(const std::string& public_key) const {
    const auto given = base::from_base64(public_key);
    const auto& keys = parts_.keys.keys();
    return given && std::any_of(keys.begin(), keys.end(),
                                [&](const token::VerificationKey& each) { return each.key.to_spki() == *given; });
}

}  // namespace kelisim::gateway
