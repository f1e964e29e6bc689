// SPDX-License-Identifier: Apache-2.0
#include "access/answers.hpp"

#include "channel/texts.hpp"
#include "consent/steps.hpp"
#include "consent_changes.hpp"
#include "decider.hpp"
#include "facts.hpp"
#include "granting.hpp"
#include "payload.hpp"
#include "telling.hpp"

namespace kelisim::access {

using consent::Answer;
using consent::Means;

const base::Reason answer_request_unknown{
    "answer_request_unknown",
    base::Kind::not_found,
    "94-V art. 8",
    {"Сізден мұндай сұрау бойынша жауап күтілмейді.", "По такому запросу ваш ответ не ожидается.",
     "No such request is waiting for your answer."}};
const base::Reason answer_not_in_cabinet{"answer_not_in_cabinet",
                                         base::Kind::forbidden,
                                         "418-V ст.19(2)",
                                         {"Проактивті қызметке келісім тек мобильді құрылғыдан беріледі.",
                                          "Согласие на проактивную услугу даётся только с мобильного устройства.",
                                          "Consent to a proactive service is given from the mobile device only."}};

std::optional<Answers::Loaded> Answers::load(store::WriteSession& session, consent::RequestId id) const {
    const auto stored = parts_.records.requests.stored(session, id);
    if (!stored) throw records::Damaged("an answer names a request that is gone");
    auto person = parts_.records.subjects.find(session, stored->subject);
    if (!person) return std::nullopt;
    auto request = parts_.records.requests.open(*stored, person->data_key);
    return Loaded{.request = std::move(request), .person = std::move(*person)};
}

void Answers::mark_asked(store::WriteSession& session, consent::RequestId id, base::Time now) const {
    auto loaded = load(session, id);
    // Answered, expired or erased meanwhile.
    if (!loaded || consent::mark_asked(loaded->request, now).has_error()) return;
    save_request(parts_, session, loaded->request, now);
}

void Answers::mark_undeliverable(store::WriteSession& session, consent::RequestId id, base::Time now) const {
    auto loaded = load(session, id);
    if (!loaded || consent::mark_undeliverable(loaded->request, now).has_error()) return;
    save_request(parts_, session, loaded->request, now);
    close_question(parts_, session, id, now);
}

base::Result<Answers::Prepared> Answers::prepare(store::WriteSession& session, const AnswerCommand& command,
                                                 base::Time now) const {
    if (!parts_.records.requests.state(session, command.request)) return base::Refusal(answer_request_unknown);
    return prepare(session, command, load(session, command.request), now);
}

base::Result<Answers::Prepared> Answers::prepare(store::WriteSession& session, const AnswerCommand& command,
                                                 std::optional<Loaded> loaded, base::Time now) const {
    if (!loaded || loaded->request.asked_of != command.by) return base::Refusal(answer_request_unknown);
    auto decider = decider_of(parts_, session, loaded->person);
    if (!decider || decider->id != command.by) return base::Refusal(answer_request_unknown);
    Prepared prepared{.loaded = std::move(*loaded), .decider = std::move(*decider), .agreed = {}};
    consent::AccessRequest& request = prepared.loaded.request;
    const bool yes = command.answer == Answer::yes;
    const bool proactive = request.terms.channel == registry::Channel::proactive;
    if (yes && proactive && command.means != Means::proactive) return base::Refusal(answer_not_in_cabinet);

    prepared.agreed = request;
    if (yes) {
        auto terms = consent::narrow(request.terms, command.services, command.fields, parts_.registry);
        if (terms.has_error()) return terms.error();
        prepared.agreed.terms = std::move(*terms);
        prepared.agreed.consent = consent::ConsentId::make(now, request.id.bucket(), parts_.entropy);
    }
    const auto answered = consent::answer(request, command.answer, prepared.agreed.consent, command.heard);
    if (answered.has_error()) return answered.error();
    return prepared;
}

base::Result<std::optional<consent::ConsentId>> Answers::answer(store::WriteSession& session,
                                                                const AnswerCommand& command, base::Time now) const {
    auto prepared = prepare(session, command, now);
    if (prepared.has_error()) return prepared.error();
    return settle(session, command, *prepared, now);
}

std::optional<consent::ConsentId> Answers::settle(store::WriteSession& session, const AnswerCommand& command,
                                                  Prepared& prepared, base::Time now) const {
    const consent::AccessRequest& request = prepared.loaded.request;
    const bool yes = command.answer == Answer::yes;
    save_request(parts_, session, request, now);
    // A reply by SMS has closed its question on the phone already.
    const bool by_phone = command.means == Means::sms_reply || command.means == Means::sms_code;
    if (!by_phone) close_question(parts_, session, request.id, now);
    const Answered to{prepared.agreed, prepared.loaded.person, prepared.decider, command.until};
    if (yes) {
        grant(parts_, session, to, command.means, now);
    } else {
        refuse(parts_, session, to, now);
    }
    return prepared.agreed.consent;
}

void Answers::answer_from_phone(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const {
    const auto payload = open_payload(parts_, outbox_answer, row.payload);
    auto loaded = load(session, consent::RequestId::parse(payload.at("request").as_string()).value());
    if (!loaded) return;
    if (payload.at("attempts_over").as_bool()) return end_unanswered(session, std::move(*loaded), payload, now);
    const bool by_code = loaded->request.terms.channel == registry::Channel::sms_code;
    const AnswerCommand command{.request = loaded->request.id,
                                .by = loaded->request.asked_of,
                                .answer = payload.at("yes").as_bool() ? Answer::yes : Answer::no,
                                .means = by_code ? Means::sms_code : Means::sms_reply,
                                // In time is what reached us in time, however long it waited in our own queue.
                                .heard = base::from_micros(payload.at("heard").as_int64())};
    auto prepared = prepare(session, command, std::move(loaded), now);
    if (prepared.has_error()) return end_unanswered(session, load(session, command.request).value(), payload, now);
    settle(session, command, *prepared, now);
}

// An answer that could not count: the attempts are over, another way was first, the right to decide has ended.
void Answers::end_unanswered(store::WriteSession& session, Loaded loaded, const boost::json::object& payload,
                             base::Time now) const {
    consent::AccessRequest& request = loaded.request;
    const auto told = parts_.records.subjects.find(session, request.asked_of);
    using enum consent::RequestState;
    const bool elsewhere = request.state == granted || request.state == refused;
    if (consent::open(request) && consent::cancel(request, now).has_value()) {
        save_request(parts_, session, request, now);
        close_question(parts_, session, request.id, now);
    }
    if (!told) return;
    const Telling telling{.reader = *told, .person = loaded.person, .terms = request.terms, .entity = request.id};
    if (elsewhere) return tell(parts_, session, telling, channel::answered_elsewhere_text, now);
    if (payload.at("attempts_over").as_bool()) {
        return tell(parts_, session, telling, channel::code_attempts_over_text, now);
    }
    // What expired was told by its timer, and who may decide no more learns nothing.
}

void Answers::expire_consent(store::WriteSession& session, consent::ConsentId id, base::Time now) const {
    auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
    if (!found) throw records::Damaged("a timer names a consent that is gone");
    if (consent::ended(found->consent)) return;  // before its term
    if (now < found->consent.expires) {
        // The clock was moved back since the timer was found due, and the timer goes with this unit.
        return parts_.timers.schedule(session, {timer_consent_expiry, id.bucket(), id.bytes()}, found->consent.expires);
    }
    consent::take(found->consent, consent::Role::service, consent::Step::expire, now).value();
    record_change(parts_, session, *found, change::expired, {}, now);
    session.after_commit([&index = parts_.tokens, id] { index.end_consent(id); });
}

}  // namespace kelisim::access
