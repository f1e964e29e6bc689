// SPDX-License-Identifier: Apache-2.0
#include "access/uses.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "consent_changes.hpp"
#include "facts.hpp"
#include "registry/contours.hpp"
#include "token_ends.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using consent::UseState;

const Reason use_token_ended{"use_token_ended",
                             Kind::unauthenticated,
                             "236/НК п.2(8)",
                             {"Қауіпсіздік токені жарамсыз.", "Токен безопасности недействителен.",
                              "The security token is not valid or has ended."}};
const Reason use_key_reused{"use_key_reused",
                            Kind::conflict,
                            "",
                            {"Бұл кілт басқа сұрауға қолданылған.", "Этот ключ уже использован для другого вызова.",
                             "This Idempotency-Key was used for another call."}};
const Reason use_in_progress{
    "use_in_progress",
    Kind::conflict,
    "",
    {"Осы кілтпен сұрау орындалуда.", "Вызов с этим ключом выполняется.", "A call under this key is under way."}};
const Reason use_answered_before{"use_answered_before",
                                 Kind::conflict,
                                 "",
                                 {"Осы кілтпен сұрауға жауап берілген, ол енді сақталмайды.",
                                  "На вызов с этим ключом уже дан ответ; он больше не хранится.",
                                  "The call under this key was answered; the answer is no longer kept."}};
const Reason use_outcome_unknown{
    "use_outcome_unknown",
    Kind::conflict,
    "",
    {"Осы кілтпен жіберілген сұраудың нәтижесі белгісіз.", "Исход вызова с этим ключом неизвестен.",
     "The outcome of the call under this key is not known."}};

namespace {

base::Refusal refusal_of(std::vector<const Reason*> reasons) {
    return base::Refusal(std::move(reasons));
}

// A key is its sender's (design section 2, Idempotency): under the key of another, nobody gets what that one was given.
crypto::Digest key_of(const records::Vault& vault, const UseCommand& command) {
    return vault.blind_index("use by " + command.receiver, command.idempotency_key);
}

// Precondition: the consent has the service, of which it has limits::request_services_max at most.
std::uint8_t place_of(std::string_view service, const std::vector<std::string>& services) {
    return static_cast<std::uint8_t>(std::find(services.begin(), services.end(), service) - services.begin());
}

// What a refused call names can be anything; what is kept of it is bounded.
std::string fit(const std::string& name) {
    return name.size() <= base::limits::name_bytes_max ? name : std::string();
}
std::vector<std::string> fit(const std::vector<std::string>& names, std::size_t max) {
    std::vector<std::string> kept;
    for (const std::string& name : names) {
        if (kept.size() < max && !fit(name).empty()) kept.push_back(name);
    }
    return kept;
}

consent::Call call_of(const UseCommand& command) {
    return {.receiver = command.receiver,
            .service = command.service,
            .purpose = command.purpose,
            .fields = command.fields,
            .acts = command.acts,
            .environment = registry::Environment::production,
            .persons = command.persons};
}

}  // namespace

std::vector<const Reason*> Uses::objections(const records::Consents::Found& found, const UseCommand& command,
                                            base::Time now) const {
    const registry::IntegrationService* service = parts_.registry.service(command.service);
    if (service == nullptr) return {&registry::unknown_service};
    const std::string day = parts_.zone.day(now);
    auto reasons = consent::objections(found.consent, call_of(command),
                                       {.subject = found.subject.person.iin,
                                        .service = *service,
                                        .lost = consent::lost_basis(found.consent.terms, parts_.registry, day),
                                        .today = parts_.zone.day_number(now),
                                        .now = now});
    // The one place by which every call for personal data passes, whichever wire it came on.
    const registry::System& receiver = *parts_.registry.system(command.receiver);
    const auto contours = registry::contour_objections(parts_.registry, {receiver, command.side, day}, *service);
    reasons.insert(reasons.end(), contours.begin(), contours.end());
    return reasons;
}

UseDecision Uses::reserve(store::WriteSession& session, const UseCommand& command, base::Time now) const {
    const records::Records& records = parts_.records;
    const auto token = records.tokens.find(session, command.token);
    // What was answered in time is answered again when the token is over; not when it was ended.
    const bool in_time = token && (now < token->expires || command.takes == Takes::repeat_alone);
    const bool opens = in_time && records::opens_data(token->kind) && !token->revoked;
    if (!opens) return Objected{use_token_ended};
    auto found = records.consents.find(session, token->consent, records.subjects);
    if (!found) throw records::Damaged("a token names a consent that is gone");
    consent::Consent& consent = found->consent;

    const auto id = consent::next_use_id(consent, now, parts_.entropy);
    std::optional<crypto::Digest> key;
    if (!command.idempotency_key.empty()) key = key_of(records.vault, command);
    if (key) {
        if (const auto earlier = records.uses.find(session, consent.id, *key)) {
            const bool again = earlier->use.state == UseState::not_sent && earlier->digest == command.digest;
            if (!again) return repeat(session, *earlier, command, found->subject.data_key);
            if (command.takes == Takes::first_or_repeat) records.uses.release_key(session, earlier->use);
        }
    }
    if (command.takes == Takes::repeat_alone) return Objected{use_answered_before};
    if (auto reasons = objections(*found, command, now); !reasons.empty()) {
        record_refusal(session, *found, command, id, reasons, now);
        return Objected{refusal_of(std::move(reasons))};
    }
    consent::Use use = consent::reserve(consent, id, parts_.zone.day_number(now), now);
    use.shows = consent::Shown{.service = place_of(command.service, consent.terms.services), .token = command.token};
    const auto fields = consent::fields_to_ask(consent, call_of(command), *parts_.registry.service(command.service));
    records.consents.update(session, consent);
    records.uses.add(session, {.use = use, .digest = command.digest}, key,
                     {.subject = found->subject.person.iin,
                      .receiver = command.receiver,
                      .service = command.service,
                      .purpose = consent.terms.purpose,
                      .fields = fields,
                      .acts = command.acts,
                      .employee = consent.employee});
    records.journal.append(session, use_fact(use, consent, now));
    return Reserved{.id = use.id, .subject = found->subject.person.iin, .fields = fields};
}

void Uses::record_refusal(store::WriteSession& session, const records::Consents::Found& found,
                          const UseCommand& command, consent::UseId id, const std::vector<const Reason*>& reasons,
                          base::Time now) const {
    const consent::Consent& consent = found.consent;
    const records::Records& records = parts_.records;
    records.journal.append(session, use_refused_fact(consent, id, command.service, reasons, now));
    // Who knocks without end must not fill the books with it: the person sees the first ones of a day, for each consent.
    const std::size_t most = base::limits::refused_uses_kept_a_day_of_person;
    const auto kept =
        records.use_refusals.kept_since(session, consent.subject, consent.id, now - std::chrono::hours{24}, most);
    const bool full = kept.of_person >= most || kept.of_consent >= base::limits::refused_uses_kept_a_day;
    if (full) return;
    std::vector<std::string> codes;
    for (const Reason* reason : reasons)
        codes.emplace_back(reason->code);
    records.use_refusals.add(session, {.id = id,
                                       .subject = consent.subject,
                                       .consent = consent.id,
                                       .record = {.subject = found.subject.person.iin,
                                                  .receiver = command.receiver,
                                                  .service = fit(command.service),
                                                  .purpose = consent.terms.purpose,
                                                  .fields = fit(command.fields, base::limits::request_fields_max),
                                                  .acts = fit(command.acts, base::limits::request_acts_max),
                                                  .employee = consent.employee,
                                                  .by = {},
                                                  .refused_for = std::move(codes)}});
}

UseDecision Uses::repeat(store::WriteSession& session, const records::StoredUse& earlier, const UseCommand& command,
                         const crypto::SealKey& data_key) const {
    if (earlier.digest != command.digest) return Objected{use_key_reused};
    switch (earlier.use.state) {
        case UseState::reserved:
            return Objected{use_in_progress};
        case UseState::unknown:
            return Objected{use_outcome_unknown};
        default:
            break;
    }
    if (auto answer = parts_.records.uses.answer(session, earlier.use.id, data_key)) return Repeated{*answer};
    return Objected{use_answered_before};
}

void Uses::conclude(store::WriteSession& session, consent::UseId id, UseState outcome,
                    const std::optional<records::StoredAnswer>& answer, base::Time now) const {
    const records::Records& records = parts_.records;
    auto stored = records.uses.find(session, id);
    if (!stored) throw records::Damaged("a use whose outcome came is gone");
    auto consent = records.consents.find_closed(session, stored->use.consent, records.subjects);
    if (!consent) throw records::Damaged("a use names a consent that is gone");
    const bool lived = !consent::ended(*consent);
    const std::int32_t used_on = parts_.zone.day_number(stored->use.at);
    if (consent::conclude(stored->use, *consent, outcome, used_on).has_error()) return;
    records.uses.update(session, stored->use);
    records.consents.update(session, *consent);
    records.journal.append(session, use_fact(stored->use, *consent, now));
    if (answer) {
        const records::Subject subject = records.subjects.load(session, consent->subject);
        records.uses.keep_answer(session, id, *answer, subject.data_key);
        parts_.timers.schedule(session, {timer_answer_forget, id.bucket(), id.bytes()},
                               now + base::limits::idempotency_window);
    }
    if (lived && consent::ended(*consent)) {
        invalidate_statuses(parts_, session, consent->id, now);
        session.after_commit([&index = parts_.tokens, id = consent->id] { index.end_consent(id); });
        const auto opened = records.consents.find(session, consent->id, records.subjects).value();
        records.consent_events.add(session, opened.consent.id, change::exhausted, {{"by", "service"}},
                                   opened.subject.data_key, now);
        records.journal.append(session, consent_fact(change::exhausted, opened.consent, now));
        tell_parties(parts_, session, opened.consent, change::exhausted, now);
    }
}

void Uses::forget_answer(store::WriteSession& session, consent::UseId id) const {
    parts_.records.uses.forget_answer(session, id);
}

bool Uses::stands(store::ReadSession& session, consent::UseId id) const {
    const auto stored = parts_.records.uses.find(session, id);
    if (!stored || !stored->use.shows) throw records::Damaged("a use that is awaited is gone");
    const auto token = parts_.records.tokens.find(session, stored->use.shows->token);
    return token && !token->revoked;
}

}  // namespace kelisim::access
