// SPDX-License-Identifier: Apache-2.0
#include "access/signing_in.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "channel/cabinet_texts.hpp"
#include "facts.hpp"
#include "payload.hpp"

namespace kelisim::access {

using records::CodeAsker;
using records::CodeKind;
using records::PersonSession;
using records::SessionId;
namespace limits = base::limits;

const base::Reason eds_challenge_unknown{
    "eds_challenge_unknown",
    base::Kind::invalid,
    "418-V ст.27(3)",
    {"Басқа мәтінге қол қойылған, немесе мерзімі өткен, не бұрын қолданылған. Кіруді қайтадан бастаңыз.",
     "Подписано не то, что предлагалось, либо срок истёк или это уже использовано. Начните вход заново.",
     "What was signed is not what was offered, or it expired or was used. Begin the sign-in anew."}};
const base::Reason eds_person_unknown{
    "eds_person_unknown",
    base::Kind::not_found,
    "418-V ст.27(3)",
    {"Сіз туралы мұнда әлі ештеңе жоқ.", "Здесь о вас пока ничего нет.", "There is nothing about you here yet."}};

namespace {

std::int64_t seconds_of(base::Time now) {
    return base::to_micros(now) / 1'000'000;
}

}  // namespace

// What a device is known by opens nothing, it only has turns of its own; so it need not be stored. Bound to the person,
// whom it does not name.
std::string SigningIn::device_token(const base::Iin& iin, std::string_view seconds) const {
    const std::string about = std::string(iin.reveal()) + " " + std::string(seconds);
    return std::string(seconds) + "." + base::to_base64url(parts_.records.vault.blind_index("known device", about));
}

bool SigningIn::knows_device(const base::Iin& iin, std::string_view token, base::Time now) const {
    const std::string_view seconds = token.substr(0, token.find('.'));
    const auto since = base::parse_integer(seconds);
    const std::int64_t today = seconds_of(now);
    if (!since || *since > today || *since <= today - limits::known_device_life.count()) return false;
    return crypto::equal_constant_time(base::as_bytes(token), base::as_bytes(device_token(iin, seconds)));
}

SigningIn::Begun SigningIn::begin(store::WriteSession& session, const base::Iin& iin, std::string_view device,
                                  base::Time now) const {
    const auto id = SignInId::make(now, parts_.records.vault.bucket_of(iin), parts_.entropy);
    parts_.records.codes.put(session, {.about = id,
                                       .kind = CodeKind::sign_in,
                                       .subject = {},
                                       .hash = {},
                                       .expires = now + limits::code_life,
                                       .attempts = 0});
    const Confirming::Turn turn = confirming_.take_turn(
        session, iin, knows_device(iin, device, now) ? CodeAsker::known_device : CodeAsker::anybody, now);
    if (turn.granted) {
        parts_.outbox.put(session, outbox_sign_in, id.bytes(), now,
                          seal_payload(parts_, outbox_sign_in, {{"iin", iin.reveal()}}, now));
    }
    return {.id = id, .code_sent = turn.granted, .next_code = turn.next};
}

void SigningIn::send_code(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const {
    const auto payload = open_payload(parts_, outbox_sign_in, row.payload);
    const auto iin = base::Iin::parse(payload.at("iin").as_string()).value();
    const auto id = SignInId::from_bytes(row.key).value();
    const auto waiting = parts_.records.codes.find(session, id, CodeKind::sign_in);
    if (!waiting || now >= waiting->expires) return;  // came too late to be of use
    const auto subject = parts_.records.subjects.find(session, iin);
    if (!subject || !subject->person.phone || subject->person.life_status != people::LifeStatus::alive) return;
    const std::string code = confirming_.make(session, id, CodeKind::sign_in, subject->id, now);
    notify(parts_, session, *subject->person.phone,
           channel::sign_in_code_text(code, {subject->person.language, parts_.script}), id, now);
}

std::variant<SigningIn::Opened, base::Refusal> SigningIn::finish(store::WriteSession& session, SignInId id,
                                                                 std::string_view code, std::string_view beside,
                                                                 base::Time now) const {
    const auto subject = confirming_.use(session, id, CodeKind::sign_in, code, now);
    const auto person = subject ? parts_.records.subjects.find(session, *subject) : std::nullopt;
    if (!person || person->person.life_status != people::LifeStatus::alive) return base::Refusal(code_wrong);
    return open(session, *person, {}, {.beside = beside}, now);
}

SignInId SigningIn::await_eds(store::WriteSession& session, const crypto::Digest& challenge, base::Time expires,
                              base::Time now) const {
    // Whose it will be is not known yet; a bucket of its own keeps it apart from everybody's.
    std::array<std::uint8_t, 2> drawn{};
    parts_.entropy.fill(drawn);
    const base::Bucket bucket{static_cast<std::uint16_t>((drawn[0] << 8U | drawn[1]) % base::buckets)};
    const auto id = SignInId::make(now, bucket, parts_.entropy);
    parts_.records.codes.put(session, {.about = id,
                                       .kind = CodeKind::eds_sign_in,
                                       .subject = {},
                                       .hash = challenge,
                                       .expires = expires,
                                       .attempts = 0});
    return id;
}

std::variant<SigningIn::Opened, base::Refusal> SigningIn::finish_eds(store::WriteSession& session, SignInId id,
                                                                     const Signed& by, std::string_view beside,
                                                                     base::Time now) const {
    const auto offered = parts_.records.codes.find(session, id, CodeKind::eds_sign_in);
    if (!offered || now >= offered->expires || !offered->hash || *offered->hash != by.content)
        return base::Refusal(eds_challenge_unknown);
    parts_.records.codes.remove(session, id, CodeKind::eds_sign_in);
    const auto person = parts_.records.subjects.find(session, by.iin);
    if (!person || person->person.life_status != people::LifeStatus::alive) return base::Refusal(eds_person_unknown);
    PersonSession made;
    made.means = records::SignInMeans::eds;
    made.organisation = by.organisation;
    return open(session, *person, std::move(made), {.beside = beside, .certificate = by.certificate}, now);
}

SigningIn::Opened SigningIn::open(store::WriteSession& session, const records::Subject& person, PersonSession made,
                                  const Shown& shown, base::Time now) const {
    const records::Sessions& sessions = parts_.records.sessions;
    made.ends = now + limits::session_life;
    const auto elder = find(session, shown.beside, now);
    if (elder && elder->subject == person.id && elder->means != made.means) {
        // Both means together are good for as long as the elder is; its session goes over into the new one.
        made.ends = std::min(made.ends, elder->ends);
        made.means = records::SignInMeans::eds_and_code;
        if (made.organisation.empty()) made.organisation = elder->organisation;
        end(session, person.id, elder->id, now);
    }
    const auto others = sessions.of(session, person.id);
    for (std::size_t i = 0; i + limits::sessions_max <= others.size(); ++i)
        end(session, person.id, others[i].id, now);
    std::array<std::uint8_t, 32> secret{};
    parts_.entropy.fill(secret);
    made.id = SessionId::make(now, person.id.bucket(), parts_.entropy);
    made.subject = person.id;
    made.hash = crypto::sha256(secret);
    made.begun = made.seen = now;
    sessions.add(session, made);
    parts_.records.journal.append(session, session_begun_fact(made, shown.certificate));
    return Opened{.session = made,
                  .token = made.id.to_string() + "." + base::to_base64url(secret),
                  .device = device_token(person.person.iin, std::to_string(seconds_of(now)))};
}

bool SigningIn::lives(const PersonSession& session, base::Time now) {
    return now < session.ends && now < session.seen + limits::session_idle_max;
}

std::optional<PersonSession> SigningIn::find(store::ReadSession& session, std::string_view token,
                                             base::Time now) const {
    const auto dot = token.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto id = SessionId::parse(token.substr(0, dot));
    const auto secret = base::from_base64url(token.substr(dot + 1));
    if (!id || !secret) return std::nullopt;
    auto found = parts_.records.sessions.find(session, *id);
    if (!found || !lives(*found, now)) return std::nullopt;
    if (!crypto::equal_constant_time(found->hash, crypto::sha256(*secret))) return std::nullopt;
    // It ends with the person: nobody acts in the name of the dead, nor of one whose data were erased.
    const auto subject = parts_.records.subjects.find(session, found->subject);
    if (!subject || subject->person.life_status != people::LifeStatus::alive) return std::nullopt;
    return found;
}

void SigningIn::touch(store::WriteSession& session, SessionId id, base::Time now) const {
    parts_.records.sessions.touch(session, id, now);
}

bool SigningIn::end(store::WriteSession& session, consent::SubjectId subject, SessionId id, base::Time now) const {
    const auto found = parts_.records.sessions.find(session, id);
    if (!found || found->subject != subject) return false;
    parts_.records.sessions.remove(session, id);
    parts_.records.journal.append(session, session_fact("session.ended", id, subject, now));
    return true;
}

std::string SigningIn::csrf_token(SessionId id) const {
    return base::to_base64url(parts_.records.vault.blind_index("csrf", id.to_string()));
}

}  // namespace kelisim::access
