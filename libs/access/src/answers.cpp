// SPDX-License-Identifier: Apache-2.0
#include "access/answers.hpp"

#include "channel/texts.hpp"
#include "facts.hpp"
#include "payload.hpp"

namespace kelisim::access {

using consent::RequestState;

std::optional<Answers::Loaded> Answers::load(store::WriteSession& session, consent::RequestId id) const {
    const auto state = parts_.records.requests.state(session, id);
    if (!state) throw records::Damaged("an answer names a request that is gone");
    auto subject = parts_.records.subjects.find(session, state->subject);
    if (!subject) return std::nullopt;
    auto request = parts_.records.requests.find(session, id, subject->data_key).value();
    return Loaded{.request = std::move(request), .subject = std::move(*subject)};
}

void Answers::save(store::WriteSession& session, const consent::AccessRequest& request, base::Time now) const {
    parts_.records.requests.update(session, request);
    parts_.records.journal.append(session, request_fact(request, now));
    if (!consent::open(request)) {
        parts_.timers.cancel(session, {timer_request_expiry, request.id.bucket(), request.id.bytes()});
    }
}

void Answers::mark_asked(store::WriteSession& session, consent::RequestId id, base::Time now) const {
    auto loaded = load(session, id);
    // Answered, expired or erased meanwhile.
    if (!loaded || consent::mark_asked(loaded->request, now).has_error()) return;
    save(session, loaded->request, now);
}

void Answers::mark_undeliverable(store::WriteSession& session, consent::RequestId id, base::Time now) const {
    auto loaded = load(session, id);
    if (!loaded || consent::mark_undeliverable(loaded->request, now).has_error()) return;
    save(session, loaded->request, now);
    close_question(parts_, session, id, now);
}

void Answers::answer_from_phone(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const {
    const auto payload = open_payload(parts_, outbox_answer, row.payload);
    auto loaded = load(session, consent::RequestId::parse(payload.at("request").as_string()).value());
    if (!loaded) return;
    // In time is what reached us in time, however long it waited in our own queue.
    const base::Time heard = base::from_micros(payload.at("heard").as_int64());
    const bool yes = payload.at("yes").as_bool();
    const auto consent_id = consent::ConsentId::make(now, loaded->request.id.bucket(), parts_.entropy);
    const auto answered = consent::answer(loaded->request, yes ? consent::Answer::yes : consent::Answer::no,
                                          yes ? std::optional(consent_id) : std::nullopt, heard);
    if (answered.has_error()) return;
    yes ? grant(session, *loaded, now) : refuse(session, *loaded, now);
}

void Answers::grant(store::WriteSession& session, Loaded& loaded, base::Time now) const {
    const registry::Connection* connection = parts_.registry.connection(loaded.request.terms.connection);
    // A connection that is gone ends its consents at once: the person's yes is recorded, and opens nothing.
    const base::Time connection_ends = connection == nullptr ? now : parts_.zone.end_of_day(connection->valid_to);
    const consent::Consent consent =
        consent::begin(loaded.request, *loaded.request.consent, consent::Means::sms_reply, now, connection_ends);
    save(session, loaded.request, now);
    parts_.records.consents.add(session, consent, loaded.subject.data_key);
    parts_.records.journal.append(session, consent_fact("consent.granted", consent, now));
    parts_.timers.schedule(session, {timer_consent_expiry, consent.id.bucket(), consent.id.bytes()}, consent.expires);
    tell(session, loaded,
         channel::granted_text({consent.terms.organisation_name, consent.terms.purpose_name},
                               parts_.zone.date(consent.expires), {loaded.subject.person.language, parts_.script}),
         now);
}

void Answers::refuse(store::WriteSession& session, Loaded& loaded, base::Time now) const {
    save(session, loaded.request, now);
    tell(session, loaded,
         channel::refused_text({loaded.request.terms.organisation_name, loaded.request.terms.purpose_name},
                               {loaded.subject.person.language, parts_.script}),
         now);
}

void Answers::tell(store::WriteSession& session, const Loaded& loaded, std::string_view text, base::Time now) const {
    if (loaded.subject.person.phone)
        notify(parts_, session, *loaded.subject.person.phone, text, loaded.request.id, now);
}

void Answers::expire_consent(store::WriteSession& session, consent::ConsentId id, base::Time now) const {
    auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
    if (!found) throw records::Damaged("a timer names a consent that is gone");
    if (consent::ended(found->consent)) return;  // before its term
    if (now < found->consent.expires) {
        // The clock was moved back since the timer was found due, and the timer goes with this unit.
        return parts_.timers.schedule(session, {timer_consent_expiry, id.bucket(), id.bytes()}, found->consent.expires);
    }
    if (consent::move(found->consent, consent::ConsentState::expired).has_error()) return;
    parts_.records.consents.update(session, found->consent);
    parts_.records.journal.append(session, consent_fact("consent.expired", found->consent, now));
    session.after_commit([&index = parts_.tokens, id] { index.end_consent(id); });
}

}  // namespace kelisim::access
