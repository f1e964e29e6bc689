// SPDX-License-Identifier: Apache-2.0
#include "access/confirming.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "channel/cabinet_texts.hpp"
#include "facts.hpp"
#include "payload.hpp"
#include "telling.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using records::CodeAsker;
using records::CodeKind;
namespace limits = base::limits;

const Reason code_wrong{"code_wrong",
                        Kind::invalid,
                        "418-V ст.1(39)",
                        {"Код қате, мерзімі өткен немесе бұрын қолданылған. Жаңасын сұраңыз.",
                         "Код неверен, истёк или уже использован. Запросите новый.",
                         "The code is wrong, expired or was used. Ask for a new one."}};
const Reason code_too_soon{"code_too_soon",
                           Kind::too_many,
                           "418-V ст.1(39)",
                           {"Жаңа код сәл кейінірек жіберіледі.", "Новый код можно будет запросить немного позже.",
                            "Another code can be asked for a little later."}};
const Reason code_no_number{"code_no_number",
                            Kind::forbidden,
                            "418-V ст.36(3)",
                            {"Сізде тіркелген телефон нөмірі жоқ. Жауапқа ЭЦҚ-мен қол қойыңыз.",
                             "У вас нет зарегистрированного номера телефона. Подпишите ответ с ЭЦП.",
                             "There is no registered phone number of yours. Sign the answer with your EDS."}};

namespace {

std::string digits(base::Entropy& entropy) {
    constexpr std::uint64_t codes = 1'000'000;
    std::array<std::uint8_t, 8> bytes{};
    entropy.fill(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes)
        number = number << 8 | byte;
    std::string text = std::to_string(number % codes);
    return std::string(static_cast<std::size_t>(limits::code_digits) - text.size(), '0') + text;
}

base::Duration pause_after(std::int64_t sent) {
    base::Duration pause = limits::code_pause_first;
    for (std::int64_t i = 1; i < sent && pause < limits::code_pause_max; ++i)
        pause *= 2;
    return std::min<base::Duration>(pause, limits::code_pause_max);
}

Wording wording_of(CodeKind kind, const std::string& code) {
    return [text = kind == CodeKind::extension ? channel::extension_code_text : channel::answer_code_text, code](
               const channel::Subject& about, channel::Style style) { return text(code, about, style); };
}

}  // namespace

Confirming::Turn Confirming::take_turn(store::WriteSession& session, const base::Iin& iin, CodeAsker asker,
                                       base::Time now) const {
    const records::Codes& codes = parts_.records.codes;
    auto pace = codes.pace(session, iin, asker);
    const std::int64_t today = parts_.zone.day_number(now);
    if (pace.day != today) pace = {.day = today, .sent = 0, .next = pace.next};
    if (now < pace.next) return {.granted = false, .next = pace.next};
    ++pace.sent;
    // For a sign-in the pauses grow, and no number of them locks a person out for a day.
    const bool last = asker == CodeAsker::signed_in && pace.sent >= limits::codes_per_day_max;
    pace.next = last ? parts_.zone.end_of_day(parts_.zone.day(now)) : now + pause_after(pace.sent);
    codes.set_pace(session, iin, asker, pace);
    return {.granted = true, .next = pace.next};
}

std::string Confirming::make(store::WriteSession& session, const base::RawId& about, CodeKind kind,
                             consent::SubjectId subject, base::Time now) const {
    const std::string code = digits(parts_.entropy);
    parts_.records.codes.put(session, {.about = about,
                                       .kind = kind,
                                       .subject = subject,
                                       .hash = parts_.records.codes.hash(about, kind, code),
                                       .expires = now + limits::code_life,
                                       .attempts = 0});
    return code;
}

Result<base::Time> Confirming::send(store::WriteSession& session, const Actors& actors, const base::RawId& about,
                                    CodeKind kind, const consent::Terms& terms, base::Time now) const {
    const records::Subject& to = actors.by;
    if (!to.person.phone) return Refusal(code_no_number);
    const Turn turn = take_turn(session, to.person.iin, CodeAsker::signed_in, now);
    if (!turn.granted) return Refusal(code_too_soon);
    const std::string code = make(session, about, kind, to.id, now);
    // Whoever asks for a code waits for it: at any hour.
    tell(parts_, session, {.reader = to, .person = actors.whose, .terms = terms, .entity = about},
         wording_of(kind, code), now);
    return turn.next;
}

Result<base::Time> Confirming::send_for_answer(store::WriteSession& session, const Acting& acting,
                                               consent::RequestId id, base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    const auto state = parts_.records.requests.state(session, id);
    if (!state || state->subject != acting.whose) return Refusal(cabinet_not_found);
    const auto request = parts_.records.requests.find(session, id, actors->whose.data_key).value();
    if (!consent::open(request)) return Refusal(consent::request_closed);
    if (now >= request.expires) return Refusal(consent::request_expired);
    return send(session, *actors, id, CodeKind::answer, request.terms, now);
}

Result<base::Time> Confirming::send_for_extension(store::WriteSession& session, const Acting& acting,
                                                  consent::ConsentId id, base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    const auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
    if (!found || found->consent.subject != acting.whose) return Refusal(cabinet_not_found);
    if (consent::ended(found->consent) || now >= found->consent.expires) return Refusal(consent::consent_ended);
    return send(session, *actors, id, CodeKind::extension, found->consent.terms, now);
}

std::optional<consent::SubjectId> Confirming::check(store::WriteSession& session, const base::RawId& about,
                                                    CodeKind kind, std::string_view code, base::Time now) const {
    const records::Codes& codes = parts_.records.codes;
    // Hashed in any case, so that the time tells nothing of what is there.
    const crypto::Digest hash = codes.hash(about, kind, code);
    const auto stored = codes.find(session, about, kind);
    if (!stored || now >= stored->expires || stored->attempts >= limits::code_attempts_max) return std::nullopt;
    if (!stored->hash || !stored->subject || !crypto::equal_constant_time(*stored->hash, hash)) {
        codes.count_attempt(session, *stored);
        return std::nullopt;
    }
    return stored->subject;
}

void Confirming::spend(store::WriteSession& session, const base::RawId& about, CodeKind kind) const {
    parts_.records.codes.remove(session, about, kind);
}

std::optional<consent::SubjectId> Confirming::use(store::WriteSession& session, const base::RawId& about, CodeKind kind,
                                                  std::string_view code, base::Time now) const {
    const auto whose = check(session, about, kind, code, now);
    if (whose) spend(session, about, kind);
    return whose;
}

}  // namespace kelisim::access
