// SPDX-License-Identifier: Apache-2.0
#include "gateway/kdp_services.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "api/anywhere.hpp"
#include "base/limits.hpp"
#include "gateway/soap_call.hpp"
#include "http/unit.hpp"
#include "soap/kdp.hpp"

namespace kelisim::gateway {

namespace limits = base::limits;

using base::Refusal;

namespace {

// A property of a message, as we and a sender agreed (wire.md A3), beside `purpose` (soap_call.hpp).
constexpr std::string_view connection_property = "connection";

std::string property(const soap::SendMessage& message, std::string_view key) {
    for (const soap::Property& each : message.properties)
        if (each.key == key) return each.value;
    return {};
}

boost::json::object entry_of(const access::UseView& use, const base::Zone& zone) {
    boost::json::object entry{{"date", soap::to_wire_time(use.id.time(), zone)},
                              {"service", use.record.service},
                              {"purpose", use.record.purpose},
                              {"fields", boost::json::value_from(use.record.fields)},
                              {"employee", use.record.employee},
                              {"state", boost::describe::enum_to_string(use.state, "")}};
    if (use.consent) entry["consent"] = use.consent->to_string();
    if (!use.ground.empty()) entry["ground"] = use.ground;
    return entry;
}

}  // namespace

LocalServices KdpServices::services() {
    const auto serve = [this](auto member) -> LocalService {
        return [this, member](const LocalCall& call) { return (this->*member)(call); };
    };
    LocalServices services;
    services.emplace("KDP_SERVICE", serve(&KdpServices::person_data));
    services.emplace("KDP_PERSONALDATA", serve(&KdpServices::access_journal));
    services.emplace("KDP_LIST_TO_REVOKE", serve(&KdpServices::revocations));
    services.emplace("KDP_SEND_SOLUTION", serve(&KdpServices::solution));
    return services;
}

KdpServices::Awaited KdpServices::person_data(const LocalCall& call) {
    const auto asked = soap::read_person_data_request(call.data, parts_.zone);
    if (asked.has_error()) co_return SoapRefusal(asked.error());
    auto purpose = purpose_in(call.message.properties);
    if (purpose.has_error()) co_return SoapRefusal{soap::sce_malformed, purpose.error()};
    const AccessCall access{.sender = call.sender,
                            .request = *asked,
                            .message_id = call.message.message_id,
                            .chain = call.message.correlation_id,
                            .purpose = std::move(*purpose),
                            .connection = property(call.message, connection_property),
                            .received = call.arrival.received};
    auto answered = co_await parts_.access.ask(access);
    if (auto* refused = std::get_if<SoapRefusal>(&answered)) co_return std::move(*refused);
    auto& answer = std::get<AccessAnswer>(answered);
    // The answer of КДП is not that of ШЭП, in whichever form the request came (wire.md B3).
    co_return LocalAnswer{.content = soap::write(soap::PersonDataResponse{.message_id = parts_.door.random_uuid(),
                                                                          .date = parts_.clock.now(),
                                                                          .session = call.arrival.session,
                                                                          .status = std::move(answer.status),
                                                                          .token = std::move(answer.token),
                                                                          .public_key = std::move(answer.public_key)},
                                                 parts_.zone)};
}

// 94-V art. 8, 418-V ст.36(4): what the sender itself looked at. What others did is the person's to see, in the cabinet.
KdpServices::Awaited KdpServices::access_journal(const LocalCall& call) const {
    const auto asked = soap::read_access_journal_request(call.data, parts_.zone);
    if (asked.has_error()) co_return SoapRefusal(asked.error());
    const auto iin = base::Iin::parse(asked->uin.reveal());
    if (iin.has_error()) co_return SoapRefusal{soap::sce_malformed, iin.error()};
    boost::json::array entries;
    bool complete = true;
    auto read = [&](store::ReadSession& session) {
        entries.clear();
        complete = true;
        const auto subject = parts_.records.subjects.find(session, *iin);
        if (!subject) return;
        access::PageWanted wanted{.before = {}, .max = limits::page_items_max};
        for (std::size_t looked = 0; looked < limits::kdp_journal_entries_max; looked += wanted.max) {
            const auto page = parts_.cabinet.uses(session, *subject, wanted);
            for (const access::UseView& use : page.items) {
                if (use.id.time() < asked->start) return;
                const bool own = use.record.receiver == call.sender.key && !use.by;
                if (own && use.id.time() < asked->end) entries.push_back(entry_of(use, parts_.zone));
            }
            if (!page.next) return;
            wanted.before = page.next;
        }
        complete = false;
    };
    co_await api::read_anywhere(parts_.readers, parts_.elsewhere, std::move(read));
    const boost::json::object journal{{"complete", complete}, {"entries", std::move(entries)}};
    const soap::AccessJournal answer{.uin = asked->uin,
                                     .entries = base::Personal<std::string>(boost::json::serialize(journal))};
    co_return respond(call, soap::write(answer, parts_.zone), false);
}

KdpServices::Awaited KdpServices::revocations(const LocalCall& call) const {
    const auto asked = soap::read_revocations_request(call.data, parts_.zone);
    if (asked.has_error()) co_return SoapRefusal(asked.error());
    const auto max = static_cast<std::size_t>(
        std::clamp<std::int64_t>(asked->amount.value_or(0), 0, static_cast<std::int64_t>(limits::page_items_max)));
    const std::size_t wanted = max == 0 ? limits::page_items_default : max;
    soap::Revocations answer;
    auto read = [&](store::ReadSession& session) {
        answer = {};
        auto notices = parts_.records.party_notices.of(session, call.sender.key, records::PartyNoticeKind::withdrawal,
                                                       asked->after.value_or(0), wanted + 1);
        const bool more = notices.size() > wanted;
        if (more) notices.resize(wanted);
        for (const records::PartyNotice& notice : notices) {
            const auto found =
                parts_.records.consents.find(session, consent::ConsentId{notice.entity}, parts_.records.subjects);
            if (!found) continue;  // the person's data were erased
            std::string services;
            for (const std::string& service : found->consent.terms.services)
                services += (services.empty() ? "" : ";") + service;
            answer.applications.push_back(
                {.number = notice.number,
                 .consent_id = notice.entity.to_string(),
                 .uin = base::Personal<std::string>(std::string(found->subject.person.iin.reveal())),
                 .services = std::move(services),
                 .withdrawn = notice.at,
                 .object_by = notice.due});
        }
        if (more) answer.next = notices.back().number;
    };
    co_await api::read_anywhere(parts_.readers, parts_.elsewhere, std::move(read));
    co_return respond(call, soap::write(answer, parts_.zone), false);
}

// Accepting is what happens anyway; an objection begins a new version of the consent (94-V art. 8).
KdpServices::Awaited KdpServices::solution(const LocalCall& call) const {
    const auto given = soap::read_solution_request(call.data, parts_.zone);
    if (given.has_error()) co_return SoapRefusal(given.error());
    const auto id = consent::ConsentId::parse(given->consent_id);
    if (!id) co_return SoapRefusal{kls_refused, Refusal(access::cabinet_not_found)};
    using State = base::Result<std::string>;
    auto unit = [this, &call, &given = *given, id = *id,
                 now = parts_.clock.now()](store::WriteSession& session) -> State {
        const auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
        if (!found || found->consent.terms.initiator != call.sender.key) return Refusal(access::cabinet_not_found);
        if (given.solution == soap::Solution::object) {
            const auto done = parts_.steering.object(session, call.sender.key, id,
                                                     {.reason = given.reason, .evidence = given.evidence}, now);
            if (done.has_error()) return done.error();
        }
        const auto state = parts_.records.consents.state(session, id);
        return std::string(boost::describe::enum_to_string(state->state, ""));
    };
    const auto state = co_await http::committed(parts_.writer, std::move(unit));
    if (state.has_error()) co_return SoapRefusal{kls_refused, state.error()};
    const soap::SolutionResponse answer{.consent_id = id->to_string(), .state = *state};
    co_return respond(call, soap::write(answer, parts_.zone), true);
}

KdpServices::Answer KdpServices::respond(const LocalCall& call, soap::Data data, bool keep) const {
    const soap::SendMessageResponse response{.message_id = parts_.door.random_uuid(),
                                             .correlation_id = call.message.message_id,
                                             .date = parts_.clock.now(),
                                             .status_code = "SCSS001",
                                             .status_message = "Message has been processed successfully",
                                             .session = call.arrival.session,
                                             .data = std::move(data)};
    return LocalAnswer{.content = soap::write(response, parts_.zone), .keep = keep};
}

}  // namespace kelisim::gateway
