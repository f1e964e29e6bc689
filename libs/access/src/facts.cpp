// SPDX-License-Identifier: Apache-2.0
#include "facts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace kelisim::access {

std::string_view kind_of(consent::RequestState state) {
    switch (state) {
        case consent::RequestState::recorded:
            return "request.recorded";
        case consent::RequestState::asked:
            return "request.asked";
        case consent::RequestState::granted:
            return "request.granted";
        case consent::RequestState::refused:
            return "request.refused";
        case consent::RequestState::expired:
            return "request.expired";
        case consent::RequestState::undeliverable:
            return "request.undeliverable";
        case consent::RequestState::cancelled:
            return "request.cancelled";
        case consent::RequestState::stopped:
            return "request.stopped";
    }
    return "request";
}

std::string_view kind_of(consent::UseState state) {
    switch (state) {
        case consent::UseState::reserved:
            return "use.reserved";
        case consent::UseState::delivered:
            return "use.delivered";
        case consent::UseState::not_sent:
            return "use.not_sent";
        case consent::UseState::unknown:
            return "use.unknown";
    }
    return "use";
}

namespace {

template <class State>
std::int64_t number(State state) {
    return static_cast<std::int64_t>(state);
}

boost::json::object consent_numbers(const consent::Consent& consent) {
    return {{"consent", consent.id.to_string()},
            {"consent_state", number(consent.state)},
            {"uses", consent.uses},
            {"counted", consent.counted}};
}

}  // namespace

records::Fact request_fact(const consent::AccessRequest& request, base::Time now) {
    boost::json::object details{{"state", number(request.state)},
                                {"subject", request.subject.to_string()},
                                {"asked_of", request.asked_of.to_string()},
                                {"initiator", request.terms.initiator},
                                {"connection", request.terms.connection},
                                {"ground", request.terms.ground},
                                {"expires", base::to_iso8601(request.expires)}};
    // What the organisation signed can be held against the journal, and so against the ledger.
    if (!request.proof.empty()) {
        details["proof_sha256"] = base::to_base64url(crypto::sha256(base::as_bytes(request.proof)));
    }
    if (!request.stopped_for.empty())
        details["reasons"] = boost::json::array(request.stopped_for.begin(), request.stopped_for.end());
    return {.kind = kind_of(request.state),
            .entity = request.id,
            .at = now,
            .subject = request.subject,
            .details = std::move(details)};
}

records::Fact consent_fact(std::string_view kind, const consent::Consent& consent, base::Time now) {
    boost::json::object details = consent_numbers(consent);
    details["request"] = consent.request.to_string();
    details["version"] = consent.version;
    details["expires"] = base::to_iso8601(consent.expires);
    return {.kind = kind, .entity = consent.id, .at = now, .subject = consent.subject, .details = std::move(details)};
}

records::Fact token_issued_fact(const records::TokenRecord& token, consent::SubjectId subject, base::Time now) {
    return {.kind = "token.issued",
            .entity = token.id,
            .at = now,
            .subject = subject,
            .details = {{"state", 0},
                        {"consent", token.consent.to_string()},
                        {"client", token.client},
                        {"expires", base::to_iso8601(token.expires)}}};
}

records::Fact token_revoked_fact(const records::TokenRecord& token, consent::SubjectId subject, base::Time now) {
    return {.kind = "token.revoked",
            .entity = token.id,
            .at = now,
            .subject = subject,
            .details = {{"state", 1}, {"consent", token.consent.to_string()}}};
}

records::Fact use_fact(const consent::Use& use, const consent::Consent& consent, base::Time now) {
    boost::json::object details = consent_numbers(consent);
    details["state"] = number(use.state);
    return {.kind = kind_of(use.state),
            .entity = use.id,
            .at = now,
            .subject = consent.subject,
            .details = std::move(details)};
}

records::Fact use_refused_fact(const consent::Consent& consent, consent::UseId use, std::string_view service,
                               const std::vector<const base::Reason*>& reasons, base::Time now) {
    boost::json::array codes;
    for (const base::Reason* reason : reasons)
        codes.emplace_back(reason->code);
    return {.kind = "use.refused",
            .entity = consent.id,
            .at = now,
            .subject = consent.subject,
            .details = {{"use", use.to_string()}, {"service", service}, {"reasons", std::move(codes)}}};
}

records::Fact session_fact(std::string_view kind, const records::SessionId& id, consent::SubjectId subject,
                           base::Time now) {
    return {.kind = kind, .entity = id, .at = now, .subject = subject, .details = {{"subject", subject.to_string()}}};
}

records::Fact session_begun_fact(const records::PersonSession& begun,
                                 const std::optional<crypto::Digest>& certificate) {
    records::Fact fact = session_fact("session.begun", begun.id, begun.subject, begun.begun);
    fact.details["means"] = boost::describe::enum_to_string(begun.means, "");
    if (certificate) fact.details["certificate"] = base::to_hex(*certificate);
    return fact;
}

records::Fact document_fact(const records::ElectronicDocument& document, consent::SubjectId by,
                            const crypto::Digest& certificate) {
    return {.kind = "document.signed",
            .entity = document.about,
            .at = document.at,
            .subject = document.subject,
            .details = {{"subject", document.subject.to_string()},
                        {"document", document.id.to_string()},
                        {"sha256", base::to_hex(crypto::sha256(document.bytes))},
                        {"by", by.to_string()},
                        {"certificate", base::to_hex(certificate)}}};
}

records::Fact exchange_fact(const records::Exchange& exchange, std::optional<base::Time> kept_until, base::Time now) {
    records::Fact fact{.kind = "exchange.concluded",
                       .entity = exchange.id,
                       .at = now,
                       .subject = {},
                       .details = {{"sender", exchange.sender},
                                   {"service", exchange.service},
                                   {"outcome", boost::describe::enum_to_string(exchange.state, "")},
                                   {"received", base::to_iso8601(exchange.received)},
                                   {"request_sha256", base::to_hex(exchange.request)},
                                   {"request_bytes", exchange.request_bytes}}};
    if (exchange.came_over != records::ExchangeWire::soap)
        fact.details["wire"] = boost::describe::enum_to_string(exchange.came_over, "");
    if (exchange.forwarded) fact.details["forwarded"] = base::to_iso8601(*exchange.forwarded);
    if (exchange.replied) fact.details["replied"] = base::to_iso8601(*exchange.replied);
    if (exchange.response) {
        fact.details["response_sha256"] = base::to_hex(*exchange.response);
        fact.details["response_bytes"] = exchange.response_bytes;
    }
    const auto& [came, forwarded, replied, sent] = exchange.wire;
    if (came) fact.details["received_sha256"] = base::to_hex(*came);
    if (forwarded) fact.details["forwarded_sha256"] = base::to_hex(*forwarded);
    if (replied) fact.details["replied_sha256"] = base::to_hex(*replied);
    if (sent) fact.details["sent_sha256"] = base::to_hex(*sent);
    if (kept_until) fact.details["kept_until"] = base::to_iso8601(*kept_until);
    return fact;
}

records::Fact exchange_bodies_deleted_fact(const records::ExchangeId& exchange, base::Time now) {
    return {.kind = "exchange.bodies_deleted", .entity = exchange, .at = now, .subject = {}, .details = {}};
}

records::Fact temp_file_kept_fact(const records::TempFile& file) {
    return {.kind = "temp_file.kept",
            .entity = file.id,
            .at = file.uploaded,
            .subject = {},
            .details = {{"uploader", file.uploader},
                        {"bytes", file.size},
                        {"expires", base::to_iso8601(file.expires)},
                        {"needs_confirmation", file.needs_confirmation}}};
}

records::Fact temp_file_fact(std::string_view kind, const records::TempFile& file, std::string_view by,
                             base::Time now) {
    records::Fact fact{
        .kind = kind, .entity = file.id, .at = now, .subject = {}, .details = {{"uploader", file.uploader}}};
    if (!by.empty()) fact.details["by"] = by;
    return fact;
}

records::Fact message_accepted_fact(const records::AsyncMessage& message) {
    return {.kind = "message.accepted",
            .entity = message.id,
            .at = message.accepted,
            .subject = {},
            .details = {{"sender", message.sender},
                        {"receiver", message.receiver},
                        {"service", message.service},
                        {"conversation", message.conversation.to_string()},
                        {"type", boost::describe::enum_to_string(message.kind, "")},
                        {"request_sha256", base::to_hex(message.digest)},
                        {"request_bytes", message.bytes}}};
}

records::Fact message_ended_fact(const records::AsyncMessage& message, base::Time now) {
    const std::string_view kind = message.state == records::AsyncState::delivered ? "message.delivered"
                                  : message.state == records::AsyncState::stopped ? "message.stopped"
                                                                                  : "message.given_up";
    records::Fact fact{.kind = kind,
                       .entity = message.id,
                       .at = now,
                       .subject = {},
                       .details = {{"receiver", message.receiver}, {"attempts", message.attempts}}};
    if (!message.error.empty()) fact.details["why"] = message.error;
    if (!message.evidence) return fact;
    const auto& [session, named, received, wire] = *message.evidence;
    fact.details["sender"] = message.sender;
    fact.details["service"] = message.service;
    fact.details["received"] = base::to_iso8601(message.accepted);
    fact.details["received_sha256"] = base::to_hex(received);
    fact.details["request_bytes"] = message.bytes;
    if (wire.forwarded) fact.details["forwarded"] = base::to_iso8601(*wire.forwarded);
    if (wire.forwarded_sha256) fact.details["forwarded_sha256"] = base::to_hex(*wire.forwarded_sha256);
    if (wire.replied) fact.details["replied"] = base::to_iso8601(*wire.replied);
    if (wire.replied_sha256) fact.details["replied_sha256"] = base::to_hex(*wire.replied_sha256);
    return fact;
}

records::Fact message_order_fact(std::string_view kind, const records::AsyncMessage& message,
                                 const RegistryChanges::Order& order, base::Time now) {
    return {.kind = kind,
            .entity = message.id,
            .at = now,
            .subject = {},
            .details = {
                {"by", order.official.to_string()}, {"organisation", order.organisation}, {"reason", order.reason}}};
}

records::Fact message_look_fact(std::string_view kind, const base::RawId& id, const RegistryChanges::Order& by,
                                base::Time now) {
    return {.kind = kind,
            .entity = id,
            .at = now,
            .subject = {},
            .details = {{"by", by.official.to_string()}, {"organisation", by.organisation}}};
}

records::Fact question_fact(std::string_view kind, const records::UseQuestion& question, base::Time now) {
    return {.kind = kind,
            .entity = question.id,
            .at = now,
            .subject = question.subject,
            .details = {{"subject", question.subject.to_string()},
                        {"use", question.use.to_string()},
                        {"initiator", question.initiator}}};
}

records::Fact own_look_fact(const records::OwnLook& look, base::Time now) {
    return {.kind = "own_look.reserved",
            .entity = look.id,
            .at = now,
            .subject = look.subject,
            .details = {{"subject", look.subject.to_string()},
                        {"by", look.record.by.value_or(look.subject).to_string()},
                        {"service", look.record.service}}};
}

records::Fact official_look_fact(const records::OfficialLook& look, std::string_view official, base::Time now) {
    // A look at nobody, whose IIN is unknown here, is recorded too.
    std::optional<consent::SubjectId> subject;
    if (look.subject != consent::SubjectId{}) subject = look.subject;
    return {.kind = "official_look.begun",
            .entity = look.id,
            .at = now,
            .subject = subject,
            .details = {
                {"subject", look.subject.to_string()}, {"official", official}, {"organisation", look.organisation}}};
}

records::Fact registry_fact(std::string_view kind, const base::RawId& id, const RegistryEnd& end, base::Time now) {
    boost::json::object details{{"by", end.by.to_string()}, {"organisation", end.organisation}, {"reason", end.reason}};
    if (!end.connection.empty()) details["connection"] = end.connection;
    if (!end.purpose.empty()) details["purpose"] = end.purpose;
    if (!end.service.empty()) details["service"] = end.service;
    return {.kind = kind, .entity = id, .at = now, .subject = {}, .details = std::move(details)};
}

records::Fact registration_fact(std::string_view kind, const base::RawId& id, const OfficialAct& act,
                                boost::json::object details, base::Time now) {
    details["by"] = act.by.to_string();
    details["organisation"] = act.organisation;
    details["reason"] = act.reason;
    return {.kind = kind, .entity = id, .at = now, .subject = {}, .details = std::move(details)};
}

boost::json::object details_of(const registry::System& system) {
    return {{"system", system.key},
            {"owner", system.organisation},
            {"contour", boost::json::value_from(system.contour)},
            {"ownership", boost::json::value_from(system.ownership)},
            {"exclusions", boost::json::value_from(system.exclusions)}};
}

boost::json::object details_of(const registry::IntegrationService& service) {
    return {{"service", service.key},
            {"owner", service.owner},
            {"kind", boost::json::value_from(service.kind)},
            {"personal_data", service.personal_data}};
}

boost::json::object described_details_of(const registry::IntegrationService& service) {
    boost::json::object details = details_of(service);
    details["description"] = boost::json::value_from(service.description);
    return details;
}

boost::json::object details_of(const registry::SecurityAgreement& agreement) {
    return {{"agreement", agreement.number},
            {"signed_on", agreement.signed_on},
            {"valid_to", agreement.valid_to},
            {"parties", boost::json::value_from(agreement.parties)}};
}

boost::json::object details_of(const registry::OpenService& service) {
    return {{"service", service.key}, {"owner", service.publisher}, {"address", service.address}};
}

records::Fact keys_registered_fact(const records::KeptKeyRegistration& registration, base::Time now) {
    const registry::KeyRegistration& content = registration.content;
    boost::json::object details{{"organisation", content.organisation},
                                {"purpose", boost::json::value_from(content.purpose)},
                                {"made", base::to_iso8601(content.made)},
                                {"role", registration.role},
                                {"certificate_sha256", base::to_base64url(registration.certificate)},
                                {"document_sha256", base::to_base64url(crypto::sha256(registration.document))}};
    if (!content.client_id.empty()) details["client"] = content.client_id;
    return {.kind = "registry.keys_registered",
            .entity = registration.id,
            .at = now,
            .subject = {},
            .details = std::move(details)};
}

records::Fact deferral_begun_fact(const records::Deferral& deferral, const base::Iin& person, base::Time now) {
    const std::string id = deferral.id.to_string();
    const auto whose = crypto::sha256(base::as_bytes("kelisim deferral " + id + " " + std::string(person.reveal())));
    return {.kind = "deferral.begun",
            .entity = deferral.id,
            .at = now,
            .subject = deferral.id,
            .details = {{"subject", id},
                        {"person", base::to_base64url(whose)},
                        {"request", deferral.request.to_string()},
                        {"initiator", deferral.asker},
                        {"organisation", deferral.organisation},
                        {"ground", deferral.ground},
                        {"law", deferral.law},
                        {"article", deferral.article},
                        {"decision", deferral.decision},
                        {"due", base::to_iso8601(deferral.due)}}};
}

records::Fact deferral_prolonged_fact(const records::Deferral& deferral, base::Time now) {
    return {.kind = "deferral.prolonged",
            .entity = deferral.id,
            .at = now,
            .subject = deferral.id,
            .details = {{"subject", deferral.id.to_string()},
                        {"decision", deferral.decision},
                        {"due", base::to_iso8601(deferral.due)}}};
}

records::Fact deferral_disclosed_fact(const records::Deferral& deferral, base::Time now) {
    return {.kind = "deferral.disclosed",
            .entity = deferral.id,
            .at = now,
            .subject = deferral.subject,
            .details = {{"subject", deferral.subject.to_string()},
                        {"request", deferral.request.to_string()},
                        {"begun", base::to_iso8601(deferral.begun)},
                        {"law", deferral.law},
                        {"article", deferral.article},
                        {"how", boost::describe::enum_to_string(deferral.how, "")}}};
}

records::Fact deferral_order_fact(const base::RawId& id, const OfficialAct& act, base::Time now) {
    return {.kind = "deferral.ordered",
            .entity = id,
            .at = now,
            .subject = {},
            .details = {{"by", act.by.to_string()}, {"organisation", act.organisation}, {"reason", act.reason}}};
}

records::Fact deferral_look_fact(const base::RawId& id, const OfficialAct& act, base::Time now) {
    return {.kind = "deferral.looked",
            .entity = id,
            .at = now,
            .subject = {},
            .details = {{"by", act.by.to_string()}, {"organisation", act.organisation}, {"what", act.reason}}};
}

namespace {

boost::json::object search_details(const OfficialAct& act, base::Time from, base::Time to) {
    return {{"by", act.by.to_string()},
            {"organisation", act.organisation},
            {"reason", act.reason},
            {"from", base::to_iso8601(from)},
            {"to", base::to_iso8601(to)}};
}

}  // namespace

records::Fact exchange_search_fact(const base::RawId& id, const OfficialAct& act, const records::ExchangeFilter& filter,
                                   base::Time now) {
    boost::json::object details = search_details(act, filter.from, filter.to);
    if (filter.message) details["message"] = base::to_hex(*filter.message);
    if (filter.session) details["session"] = filter.session->to_string();
    if (!filter.service.empty()) details["service"] = filter.service;
    if (!filter.party.empty()) details["party"] = filter.party;
    return {.kind = "exchange.searched", .entity = id, .at = now, .subject = {}, .details = std::move(details)};
}

records::Fact refused_search_fact(const base::RawId& id, const OfficialAct& act, const records::RefusedFilter& filter,
                                  base::Time now) {
    boost::json::object details = search_details(act, filter.from, filter.to);
    if (filter.door) details["door"] = boost::describe::enum_to_string(*filter.door, "");
    if (!filter.sender.empty()) details["sender"] = filter.sender;
    if (!filter.code.empty()) details["code"] = filter.code;
    return {
        .kind = "exchange.refusals_searched", .entity = id, .at = now, .subject = {}, .details = std::move(details)};
}

records::Fact exchange_export_fact(const records::ExchangeId& exchange, const OfficialAct& act, std::string_view bodies,
                                   base::Time now) {
    return {.kind = "exchange.exported",
            .entity = exchange,
            .at = now,
            .subject = {},
            .details = {{"by", act.by.to_string()},
                        {"organisation", act.organisation},
                        {"reason", act.reason},
                        {"bodies", bodies}}};
}

records::Fact data_change_fact(const records::DataChange& change, std::optional<consent::SubjectId> subject,
                               base::Time now) {
    return {.kind = "data_change.reported",
            .entity = change.id,
            .at = now,
            .subject = subject,
            .details = {{"owner", change.owner}, {"service", change.service}}};
}

records::Fact person_fact(std::string_view kind, const consent::SubjectId& subject, consent::SubjectId by,
                          base::Time now) {
    return {.kind = kind, .entity = subject, .at = now, .subject = subject, .details = {{"by", by.to_string()}}};
}

}  // namespace kelisim::access
