// SPDX-License-Identifier: Apache-2.0
#include "announcing.hpp"

#include <algorithm>
#include <boost/describe.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <map>

#include "access/security_events.hpp"
#include "payload.hpp"
#include "token/jws.hpp"

namespace kelisim::access {

namespace {

// The newest token that each receiver saw.
std::map<std::string, consent::TokenId> receivers_of(const Parts& parts, store::ReadSession& session,
                                                     const consent::Consent& consent) {
    std::map<std::string, consent::TokenId> receivers;
    const auto saw = [&](const std::string& receiver, consent::TokenId token) {
        const auto [at, first] = receivers.try_emplace(receiver, token);
        if (!first) at->second = std::max(at->second, token);
    };
    for (const consent::Shown& shown : consent.shown) {
        if (shown.service >= consent.terms.services.size()) throw records::Damaged("no such service in a consent");
        const registry::IntegrationService* service = parts.registry.service(consent.terms.services[shown.service]);
        if (service != nullptr) saw(service->owner, shown.token);
    }
    if (const auto newest = parts.records.tokens.newest(session, consent.id)) saw(consent.terms.initiator, *newest);
    return receivers;
}

}  // namespace

void announce(const Parts& parts, store::WriteSession& session, const consent::Consent& consent,
              std::string_view change, base::Time now, std::optional<base::Time> due) {
    const base::RawId txn = new_row_id(parts, consent.id, now);
    for (const auto& [receiver, token] : receivers_of(parts, session, consent)) {
        boost::json::object payload{{"receiver", receiver},
                                    {"txn", txn.to_string()},
                                    {"consent", consent.id.to_string()},
                                    {"token", token.to_string()},
                                    {"change", change},
                                    {"state", boost::json::value_from(consent.state)},
                                    {"version", consent.version},
                                    {"at", base::to_micros(now)}};
        if (due) payload["due"] = base::to_micros(*due);
        parts.outbox.put(session, outbox_event, new_row_id(parts, consent.id, now).bytes(), now,
                         seal_payload(parts, outbox_event, payload, now));
    }
}

void take_in_event(const Parts& parts, store::WriteSession& session, const store::OutboxRow& row, base::Time now) {
    const auto payload = open_payload(parts, outbox_event, row.payload);
    records::SecurityEvent event{.id = base::RawId::from_bytes(row.key).value(),
                                 .receiver = std::string(payload.at("receiver").as_string()),
                                 .txn = base::RawId::parse(payload.at("txn").as_string()).value(),
                                 .consent = consent::ConsentId::parse(payload.at("consent").as_string()).value(),
                                 .token = consent::TokenId::parse(payload.at("token").as_string()).value(),
                                 .change = std::string(payload.at("change").as_string()),
                                 .state = boost::json::value_to<consent::ConsentState>(payload.at("state")),
                                 .version = static_cast<int>(payload.at("version").as_int64()),
                                 .at = base::from_micros(payload.at("at").as_int64())};
    if (const auto* due = payload.if_contains("due")) event.due = base::from_micros(due->as_int64());
    parts.records.security_events.add(session, event, now);
}

bool is_event_error(std::string_view code) {
    constexpr std::size_t bytes_max = 64;
    constexpr std::string_view punctuation = "_-.";
    return !code.empty() && code.size() <= bytes_max && std::all_of(code.begin(), code.end(), [&](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || punctuation.find(c) != std::string_view::npos;
    });
}

std::string event_uri(std::string_view change) {
    std::string name(change);
    std::replace(name.begin(), name.end(), '.', ':');
    return "urn:kelisim:event:" + name;
}

std::string sign_event(const records::SecurityEvent& event, std::string_view issuer, const token::SigningKey& key) {
    boost::json::object detail{{"consent", event.consent.to_string()},
                               {"state", boost::json::value_from(event.state)},
                               {"version", event.version},
                               {"at", base::to_iso8601(event.at)}};
    if (event.due) detail["object_by"] = base::to_iso8601(*event.due);
    return token::sign(
        key, security_event_type,
        {{"iss", issuer},
         {"aud", event.receiver},
         {"jti", event.id.to_string()},
         {"iat", base::to_seconds(event.at)},
         // RFC 8417 2.2: `toe` "represents the date and time at which the event occurred", `txn` "is used to ... correlate".
         {"toe", base::to_seconds(event.at)},
         {"txn", event.txn.to_string()},
         // RFC 9493 3.2.7, and no `sub` beside it (RFC 8417 4: a SET must not pass for an ID token or access token).
         {"sub_id", {{"format", "opaque"}, {"id", event.token.to_string()}}},
         {"events", boost::json::object{{event_uri(event.change), std::move(detail)}}}});
}

}  // namespace kelisim::access
