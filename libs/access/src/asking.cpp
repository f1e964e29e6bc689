// SPDX-License-Identifier: Apache-2.0
#include "access/asking.hpp"

#include <boost/json/value_from.hpp>

#include "channel/texts.hpp"
#include "facts.hpp"
#include "payload.hpp"

namespace kelisim::access {

using base::Result;

const base::Reason client_request_reused{
    "request_client_id_reused",
    base::Kind::conflict,
    "",
    {"Бұл идентификатор басқа сұрауға қолданылған.", "Этот идентификатор уже использован для другого запроса.",
     "This client_request_id was used for another request."}};

consent::RequestId Asking::new_id(const base::Iin& subject, base::Time now) const {
    return consent::RequestId::make(now, parts_.records.vault.bucket_of(subject), parts_.entropy);
}

Result<consent::RequestId> Asking::claim(store::WriteSession& session, const AskCommand& command,
                                         std::string_view client_request_id, const crypto::Digest& digest,
                                         consent::RequestId fresh, base::Time now) const {
    const auto claim = parts_.records.requests.claim(session, command.initiator, client_request_id, digest, fresh, now);
    if (!claim.same_bytes) return base::Refusal(client_request_reused);
    return claim.request;
}

Result<consent::Terms> Asking::settle(const AskCommand& command, base::Time now) const {
    const auto match = parts_.registry.match({.initiator = command.initiator,
                                              .environment = registry::Environment::production,
                                              .purpose = command.ask.purpose,
                                              .services = command.ask.services,
                                              .channel = command.ask.channel,
                                              .connection = command.ask.connection,
                                              .local_day = parts_.zone.day(now)});
    if (match.has_error()) return match.error();
    // The other channels of 236/НК п.7 are refused until they are served, rather than asked through this one.
    if (match->connection->channel != registry::Channel::contact_centre) {
        return base::Refusal(registry::channel_not_served);
    }
    return consent::settle(command.ask, *match, parts_.registry);
}

Result<RecordedRequest> Asking::record(store::WriteSession& session, const AskCommand& command, consent::RequestId id,
                                       base::Time now) const {
    const records::Records& records = parts_.records;
    if (const auto stored = records.requests.state(session, id)) return RecordedRequest{id, stored->expires};
    const auto terms = settle(command, now);
    if (terms.has_error()) return terms.error();
    const auto life = consent::request_life(command.life_seconds);
    if (life.has_error()) return life.error();
    // Only one who may ask at all learns anything about a person, and then as little as this.
    const auto subject = records.subjects.find(session, command.subject);
    if (!subject) return base::Refusal(people::not_askable);
    if (const auto askable = people::askable(subject->person); askable.has_error()) return askable.error();

    consent::AccessRequest request{.id = id,
                                   .subject = subject->id,
                                   .state = consent::RequestState::recorded,
                                   .created = now,
                                   .expires = now + *life,
                                   .terms = *terms,
                                   .employee = command.ask.employee,
                                   .consent = {}};
    records.journal.append(session, request_fact(request, now));
    if (subject->person.phone) {
        parts_.timers.schedule(session, {timer_request_expiry, id.bucket(), id.bytes()}, request.expires);
        ask_by_sms(session, request, subject->person, now);
    } else {
        consent::mark_undeliverable(request, now).value();
        records.journal.append(session, request_fact(request, now));
    }
    records.requests.add(session, request, subject->data_key);
    return RecordedRequest{id, request.expires};
}

void Asking::ask_by_sms(store::WriteSession& session, const consent::AccessRequest& request,
                        const people::Person& person, base::Time now) const {
    std::vector<registry::Name> services;
    for (const std::string& key : request.terms.services)
        services.push_back(parts_.registry.service(key)->name);
    const boost::json::object payload{{"phone", person.phone->reveal()},
                                      {"language", base::to_string(person.language)},
                                      {"organisation", boost::json::value_from(request.terms.organisation_name)},
                                      {"bin", request.terms.organisation},
                                      {"services", boost::json::value_from(services)},
                                      {"purpose", boost::json::value_from(request.terms.purpose_name)},
                                      {"term", request.terms.term},
                                      {"uses_max", request.terms.uses_max},
                                      {"expires", base::to_micros(request.expires)}};
    parts_.outbox.put(session, outbox_question, request.id.bytes(), now,
                      seal_payload(parts_, outbox_question, payload, now));
}

void Asking::expire(store::WriteSession& session, consent::RequestId id, base::Time now) const {
    const records::Records& records = parts_.records;
    const auto state = records.requests.state(session, id);
    if (!state) throw records::Damaged("a timer names a request that is gone");
    const records::Subject subject = records.subjects.load(session, state->subject);
    auto request = records.requests.find(session, id, subject.data_key).value();
    const bool was_asked = request.state == consent::RequestState::asked;
    if (consent::open(request) && now < request.expires) {
        // The clock was moved back since the timer was found due, and the timer goes with this unit.
        return parts_.timers.schedule(session, {timer_request_expiry, id.bucket(), id.bytes()}, request.expires);
    }
    if (consent::expire(request, now).has_error()) return;  // answered in the meantime
    records.requests.update(session, request);
    records.journal.append(session, request_fact(request, now));
    close_question(parts_, session, id, now);
    if (!was_asked || !subject.person.phone) return;
    notify(parts_, session, *subject.person.phone,
           channel::expired_text({request.terms.organisation_name, request.terms.purpose_name},
                                 {subject.person.language, parts_.script}),
           id, now);
}

}  // namespace kelisim::access
