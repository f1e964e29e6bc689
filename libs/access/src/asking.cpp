// SPDX-License-Identifier: Apache-2.0
#include "access/asking.hpp"

#include <algorithm>
#include <boost/json/value_from.hpp>

#include "access/signing_in.hpp"
#include "base/limits.hpp"
#include "channel/texts.hpp"
#include "consent/question_limits.hpp"
#include "decider.hpp"
#include "facts.hpp"
#include "granting.hpp"
#include "payload.hpp"
#include "registry/channel_rules.hpp"
#include "registry/contours.hpp"
#include "telling.hpp"

namespace kelisim::access {

using base::Reason;
using base::Result;
using registry::Channel;

const Reason client_request_reused{
    "request_client_id_reused",
    base::Kind::conflict,
    "",
    {"Бұл идентификатор басқа сұрауға қолданылған.", "Этот идентификатор уже использован для другого запроса.",
     "This client_request_id was used for another request."}};

namespace {

// What an initiator may ask for, and under which connection; none where its system is exempt from one.
struct Allowed {
    consent::Terms terms;
    const registry::Connection* connection = nullptr;
};

// Nobody is asked for what the gateway would not let through. Requests come by the external side, where everybody may call.
std::optional<base::Refusal> out_of_contour(const Parts& parts, const registry::System& initiator,
                                            const consent::Terms& terms, base::Time now) {
    const std::string day = parts.zone.day(now);
    for (const std::string& key : terms.services) {
        auto reasons = registry::contour_objections(parts.registry, {initiator, registry::Side::external, day},
                                                    *parts.registry.service(key));
        if (!reasons.empty()) return base::Refusal(std::move(reasons));
    }
    return std::nullopt;
}

Result<Allowed> allow(const Parts& parts, const AskCommand& command, base::Time now) {
    const registry::System* initiator = parts.registry.system(command.initiator);
    // 236/НК п.3: on the grounds of art. 9(1), 9(2), 9(9), 9(9-2) no integration is required, and so no connection.
    if (initiator != nullptr && !command.ask.ground.empty() && command.ask.ground == initiator->exempt_ground) {
        auto terms = consent::settle_exempt(command.ask, *initiator, parts.registry);
        if (terms.has_error()) return terms.error();
        if (auto refused = out_of_contour(parts, *initiator, *terms, now)) return std::move(*refused);
        return Allowed{std::move(*terms), nullptr};
    }
    const auto match = parts.registry.match({.initiator = command.initiator,
                                             .environment = registry::Environment::production,
                                             .purpose = command.ask.purpose,
                                             .services = command.ask.services,
                                             .channel = command.ask.channel,
                                             .connection = command.ask.connection,
                                             .local_day = parts.zone.day(now)});
    if (match.has_error()) return match.error();
    if (auto reasons = registry::channel_objections(*match->connection, parts.registry); !reasons.empty()) {
        return base::Refusal(std::move(reasons));
    }
    auto terms = consent::settle(command.ask, *match, parts.registry);
    if (terms.has_error()) return terms.error();
    if (auto refused = out_of_contour(parts, *initiator, *terms, now)) return std::move(*refused);
    return Allowed{std::move(*terms), match->connection};
}

// A ground stands in for the answer of whoever the person is; else there must be somebody who can answer.
Result<Decision> whose(const Parts& parts, store::ReadSession& session, const base::Iin& iin,
                       const consent::Terms& terms) {
    if (terms.channel != Channel::logging) return decision_about(parts, session, iin);
    auto person = parts.records.subjects.find(session, iin);
    if (!person) return base::Refusal(people::not_askable);
    return Decision{.person = std::move(*person), .representative = {}};
}

// What speaks against the request whoever the person is: said before anybody is looked up, so that it tells nothing of
// who exists.
std::optional<base::Refusal> unfit(const AskCommand& command, Channel channel) {
    if (const auto life = consent::request_life(command.life_seconds); life.has_error()) return life.error();
    const bool proved = channel == Channel::own_means || channel == Channel::proactive;
    if (proved && !command.proof) return base::Refusal(consent::proof_missing);
    if (!proved && command.proof) return base::Refusal(consent::proof_unexpected);
    if (proved && command.proof->subject != command.subject) return base::Refusal(consent::proof_other_person);
    return std::nullopt;
}

// One request on its way into the books. Lives within one unit.
class Recording {
public:
    Recording(const Parts& parts, store::WriteSession& session, const AskCommand& command, const Allowed& allowed,
              const Decision& decision, base::Time now)
        : parts_(parts), session_(session), command_(command), allowed_(allowed), decision_(decision), now_(now) {}

    Result<AskDecision> record(consent::RequestId id) {
        const std::chrono::seconds life = consent::request_life(command_.life_seconds).value();
        request_ = {.id = id,
                    .subject = decision_.person.id,
                    .state = consent::RequestState::recorded,
                    .created = now_,
                    .expires = now_ + life,
                    .terms = allowed_.terms,
                    .employee = command_.ask.employee,
                    .consent = {},
                    .asked_of = decision_.decider().id,
                    .proof = command_.proof ? command_.proof->signed_text : std::string()};
        switch (request_.terms.channel) {
            case Channel::contact_centre:
            case Channel::sms_code:
                return ask(life);
            case Channel::own_means:
            case Channel::proactive:
                return attested();
            case Channel::logging:
                return answered(consent::Answer::yes, consent::Means::ground);
        }
        throw std::logic_error("a channel that nobody serves");
    }

private:
    Result<AskDecision> ask(std::chrono::seconds life) {
        const consent::SubjectId person = request_.subject;
        const auto past = parts_.records.requests.of_subject(session_, person, now_ - consent::question_memory(),
                                                             base::limits::question_history_max);
        const bool blocked = parts_.records.asker_blocks.blocked(session_, person, request_.terms.organisation);
        auto reasons =
            consent::question_objections(past, request_.terms.initiator, blocked, parts_.question_limits, now_);
        if (!reasons.empty()) return stop(std::move(reasons));

        // 236/НК п.7 sets no hours; people sleep. One who waits at the counter is asked at once.
        const bool waiting = life <= base::limits::request_life_waiting;
        const base::Time begins = waiting ? now_ : parts_.quiet_hours.may_write(now_, parts_.zone);
        request_.expires = begins + life;
        journal();
        const bool by_phone = decision_.decider().person.phone.has_value();
        if (by_phone || in_the_cabinet()) {
            parts_.timers.schedule(session_, {timer_request_expiry, request_.id.bucket(), request_.id.bytes()},
                                   request_.expires);
        } else {
            consent::mark_undeliverable(request_, now_).value();
            journal();
        }
        if (by_phone) put_question(begins);
        return store();
    }

    // Whoever has no number can answer where they are signed in with their EDS.
    bool in_the_cabinet() {
        const auto sessions = parts_.records.sessions.of(session_, decision_.decider().id);
        return std::any_of(sessions.begin(), sessions.end(),
                           [this](const records::PersonSession& each) { return SigningIn::lives(each, now_); });
    }

    Result<AskDecision> stop(std::vector<const Reason*> reasons) {
        const auto stopped = parts_.records.requests.stopped(session_, request_.subject, request_.terms.initiator,
                                                             now_ - std::chrono::hours{24});
        base::Refusal refusal(reasons);
        // Who knocks without end must not fill the books with it.
        if (stopped >= base::limits::stopped_questions_kept_a_day) return refusal;
        consent::stop(request_).value();
        for (const Reason* reason : reasons)
            request_.stopped_for.emplace_back(reason->code);
        journal();
        parts_.records.requests.add(session_, request_, decision_.person.data_key);
        return AskDecision{Stopped{std::move(refusal)}};
    }

    Result<AskDecision> attested() {
        const consent::Proof& proof = *command_.proof;
        // Refused like a person who is not there, and alone: else it would tell who lives, and who has a representative.
        if (proof.confirmed_by != decision_.decider().person.iin) return base::Refusal(people::not_askable);
        const registry::Organisation& organisation = *parts_.registry.organisation(request_.terms.organisation);
        auto reasons = consent::proof_objections(
            proof, {.connection = *allowed_.connection,
                    .organisation = organisation,
                    .campaign = proof.offer ? parts_.registry.campaign(proof.offer->campaign) : nullptr,
                    .methods = parts_.own_means_methods,
                    .details = command_.details,
                    .local_day = parts_.zone.day(now_),
                    .now = now_});
        if (!reasons.empty()) return base::Refusal(std::move(reasons));
        if (!proof.bound) return answered(proof.answer, consent::Means::own_means_unbound);
        const std::string owner = "proof of " + proof.organisation;
        const bool first =
            parts_.records.tokens.use_assertion(session_, owner, parts_.records.vault.blind_index(owner, proof.id),
                                                proof.expires + base::limits::clock_skew);
        if (!first) return base::Refusal(consent::proof_reused);
        const bool proactive = request_.terms.channel == Channel::proactive;
        return answered(proof.answer, proactive ? consent::Means::proactive : consent::Means::own_means);
    }

    // Nobody needs to be asked any more: recorded -> granted | refused.
    Result<AskDecision> answered(consent::Answer answer, consent::Means means) {
        const bool yes = answer == consent::Answer::yes;
        const auto consent_id = consent::ConsentId::make(now_, request_.id.bucket(), parts_.entropy);
        journal();
        consent::answer(request_, answer, yes ? std::optional(consent_id) : std::nullopt, now_).value();
        journal();
        const Answered to{request_, decision_.person, decision_.decider()};
        if (yes) {
            grant(parts_, session_, to, means, now_);
        } else {
            refuse(parts_, session_, to, now_);
        }
        return store();
    }

    void put_question(base::Time due) {
        std::vector<registry::Name> services;
        for (const std::string& key : request_.terms.services)
            services.push_back(parts_.registry.service(key)->name);
        const people::Person& decider = decision_.decider().person;
        const bool by_code = request_.terms.channel == Channel::sms_code;
        const boost::json::object payload{
            {"phone", decider.phone->reveal()},
            {"language", base::to_string(decider.language)},
            {"organisation", boost::json::value_from(request_.terms.organisation_name)},
            {"bin", request_.terms.organisation},
            {"services", boost::json::value_from(services)},
            {"purpose", boost::json::value_from(request_.terms.purpose_name)},
            {"term", request_.terms.term},
            {"uses_max", request_.terms.uses_max},
            {"ward", decision_.representative ? decision_.person.person.name : std::string()},
            {"by_code", by_code},
            {"code", boost::json::value_from(by_code ? allowed_.connection->code : registry::CodeKind{})},
            {"expires", base::to_micros(request_.expires)}};
        parts_.outbox.put(session_, outbox_question, request_.id.bytes(), due,
                          seal_payload(parts_, outbox_question, payload, now_));
    }

    void journal() { parts_.records.journal.append(session_, request_fact(request_, now_)); }

    AskDecision store() {
        parts_.records.requests.add(session_, request_, decision_.person.data_key);
        return RecordedRequest{request_.id, request_.expires};
    }

    const Parts& parts_;
    store::WriteSession& session_;
    const AskCommand& command_;
    const Allowed& allowed_;
    const Decision& decision_;
    const base::Time now_;
    consent::AccessRequest request_;
};

}  // namespace

consent::RequestId Asking::new_id(const base::Iin& subject, base::Time now) const {
    return consent::RequestId::make(now, parts_.records.vault.bucket_of(subject), parts_.entropy);
}

Result<consent::RequestId> Asking::claim(store::WriteSession& session, const AskCommand& command,
                                         std::string_view client_request_id, const crypto::Digest& digest,
                                         consent::RequestId fresh, base::Time now) const {
    const auto claim = parts_.records.requests.claim(session, command.initiator, client_request_id, digest, fresh, now);
    if (!claim.same_bytes) return base::Refusal(client_request_reused);
    return consent::RequestId{claim.id};
}

Result<AskDecision> Asking::record(store::WriteSession& session, const AskCommand& command, consent::RequestId id,
                                   base::Time now) const {
    const records::Records& records = parts_.records;
    if (const auto stored = records.requests.state(session, id)) {
        if (stored->state != consent::RequestState::stopped) return AskDecision{RecordedRequest{id, stored->expires}};
        const auto subject = records.subjects.load(session, stored->subject);
        const auto request = records.requests.find(session, id, subject.data_key).value();
        return AskDecision{Stopped{base::Refusal(consent::question_reasons(request.stopped_for))}};
    }
    const auto allowed = allow(parts_, command, now);
    if (allowed.has_error()) return allowed.error();
    if (auto refused = unfit(command, allowed->terms.channel)) return *refused;
    if (command.deferral) {
        auto reasons =
            consent::deferral_objections(*command.deferral, parts_.registry.deferral_law(command.deferral->law),
                                         allowed->terms.ground, allowed->terms.organisation, now, now);
        if (!reasons.empty()) return base::Refusal(std::move(reasons));
    }
    // Only one who may ask at all learns anything about a person, and then as little as this.
    auto decision = whose(parts_, session, command.subject, allowed->terms);
    if (decision.has_error()) return decision.error();
    if (command.deferral) {
        decision->person =
            Deferring(parts_).begin(session, decision->person, id, allowed->terms, *command.deferral, now);
    }
    return Recording(parts_, session, command, *allowed, *decision, now).record(id);
}

void Asking::expire(store::WriteSession& session, consent::RequestId id, base::Time now) const {
    const records::Records& records = parts_.records;
    const auto stored = records.requests.stored(session, id);
    if (!stored) throw records::Damaged("a timer names a request that is gone");
    const records::Subject subject = records.subjects.load(session, stored->subject);
    auto request = records.requests.open(*stored, subject.data_key);
    const bool was_asked = request.state == consent::RequestState::asked;
    if (consent::open(request) && now < request.expires) {
        // The clock was moved back since the timer was found due, and the timer goes with this unit.
        return parts_.timers.schedule(session, {timer_request_expiry, id.bucket(), id.bytes()}, request.expires);
    }
    if (consent::expire(request, now).has_error()) return;  // answered in the meantime
    records.requests.update(session, request);
    records.journal.append(session, request_fact(request, now));
    close_question(parts_, session, id, now);
    if (!was_asked) return;
    const auto told = records.subjects.find(session, request.asked_of);
    if (!told) return;
    tell(parts_, session,
         {.reader = *told, .person = subject, .terms = request.terms, .entity = id, .hour = Hour::waking},
         channel::expired_text, now);
}

}  // namespace kelisim::access
