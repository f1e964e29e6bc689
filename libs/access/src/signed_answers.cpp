// SPDX-License-Identifier: Apache-2.0
#include "access/signed_answers.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "consent_changes.hpp"
#include "facts.hpp"
#include "granting.hpp"
#include "receipts/document.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using receipts::Says;
using records::CodeKind;

const Reason document_not_offered{
    "document_not_offered",
    Kind::invalid,
    "418-V ст.36(3)",
    {"Басқа мәтінге қол қойылған, немесе оның мерзімі өткен, не ол бұрын қолданылған. Құжатты қайта сұраңыз.",
     "Подписано не то, что предлагалось, либо срок истёк или это уже использовано. Запросите документ заново.",
     "What was signed is not what was offered, or it expired or was used. Ask for the document anew."}};
const Reason document_of_another{
    "document_of_another",
    Kind::forbidden,
    "418-V ст.36(3)",
    {"Құжатқа басқа адам қол қойған.", "Документ подписал другой человек.", "Somebody else signed the document."}};

const Reason document_of_an_organisation{"document_of_an_organisation",
                                         Kind::forbidden,
                                         "418-V ст.36(3)",
                                         {"Жеке келісімге өз ЭЦҚ-ңызбен қол қойыңыз, ұйымдікімен емес.",
                                          "Личное согласие подпишите своей ЭЦП, а не выданной организации.",
                                          "Sign for yourself with your own EDS, not with an organisation's."}};

namespace {

constexpr std::size_t nonce_bytes = 32;

}  // namespace

struct SignedAnswers::Offer {
    const Actors& actors;
    CodeKind kind{};
    base::RawId about;
    receipts::Statement statement;
    boost::json::object receipt;
};

OfferedDocument SignedAnswers::offer(store::WriteSession& session, const Offer& offer, base::Time now) const {
    base::Bytes nonce(nonce_bytes);
    parts_.entropy.fill(nonce);
    OfferedDocument offered{.text = {}, .expires = now + base::limits::code_life};
    offered.text = receipts::to_sign(offer.statement, offer.receipt,
                                     {.host = issuer_, .expires = offered.expires, .nonce = base::to_base64url(nonce)});
    parts_.records.codes.put(session, {.about = offer.about,
                                       .kind = offer.kind,
                                       .subject = offer.actors.by.id,
                                       .hash = crypto::sha256(base::as_bytes(offered.text)),
                                       .expires = offered.expires,
                                       .attempts = 0});
    return offered;
}

namespace {

receipts::Of words_for(const Actors& actors, const Parts& parts, const std::string& issuer) {
    return {.issuer = issuer,
            .subject = actors.whose.person.iin,
            .language = actors.by.person.language,
            .registry = parts.registry,
            .zone = parts.zone,
            .entry = {}};
}

AnswerCommand command_of(const Acting& acting, const CabinetAnswer& choice, base::Time now) {
    return {.request = choice.request,
            .by = acting.by,
            .answer = choice.answer,
            .services = choice.services,
            .fields = choice.fields,
            .means = consent::Means::cabinet_eds,
            .heard = now};
}

}  // namespace

Result<OfferedDocument> SignedAnswers::offer_answer(store::WriteSession& session, const Acting& acting,
                                                    const CabinetAnswer& choice, base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    const auto state = parts_.records.requests.state(session, choice.request);
    if (!state || state->subject != acting.whose) return Refusal(cabinet_not_found);
    const auto prepared = answers_.prepare(session, command_of(acting, choice, now), now);
    if (prepared.has_error()) return prepared.error();
    const bool yes = choice.answer == consent::Answer::yes;
    receipts::Statement statement{
        .says = yes ? Says::yes : Says::no, .about = choice.request.to_string(), .services = {}, .fields = {}};
    const receipts::Of of = words_for(*actors, parts_, issuer_);
    if (!yes) {
        const auto receipt = receipts::of_request(of, prepared->loaded.request);
        return offer(session, {*actors, CodeKind::eds_answer, choice.request, std::move(statement), receipt.value()},
                     now);
    }
    const consent::Consent consent = consent_of(parts_, prepared->agreed, consent::Means::cabinet_eds, {}, now);
    statement.services = consent.terms.services;
    statement.fields = consent.terms.fields;
    statement.until = consent.expires;
    const auto receipt = receipts::of_consent(of, consent, {}, 0);
    return offer(session, {*actors, CodeKind::eds_answer, choice.request, std::move(statement), receipt.value()}, now);
}

Result<OfferedDocument> SignedAnswers::offer_extension(store::WriteSession& session, const Acting& acting,
                                                       consent::ConsentId id, base::Time until, base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    const auto extended = steering_.extended(session, acting, id, until, now);
    if (extended.has_error()) return extended.error();
    const auto receipt = receipts::of_consent(words_for(*actors, parts_, issuer_), *extended,
                                              {{.kind = std::string(change::extended), .at = now}}, 1);
    return offer(session,
                 {*actors,
                  CodeKind::eds_extension,
                  id,
                  {.says = Says::extend, .about = id.to_string(), .services = {}, .fields = {}, .until = until},
                  receipt.value()},
                 now);
}

Result<Actors> SignedAnswers::accept(store::WriteSession& session, const Acting& acting, const base::RawId& about,
                                     CodeKind kind, const SignedDocument& document, base::Time now) const {
    auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    if (actors->by.person.iin != document.signer) return Refusal(document_of_another);
    // Such keys are ordered and revoked by the organisation, which may be the one that asks.
    if (!document.organisation.empty()) return Refusal(document_of_an_organisation);
    const auto offered = parts_.records.codes.find(session, about, kind);
    const bool is_offered = offered && now < offered->expires && offered->subject == acting.by && offered->hash &&
                            *offered->hash == crypto::sha256(document.content);
    if (!is_offered) return Refusal(document_not_offered);
    parts_.records.codes.remove(session, about, kind);
    return std::move(*actors);
}

void SignedAnswers::keep(store::WriteSession& session, const Actors& actors, const base::RawId& about,
                         const SignedDocument& document, base::Time now) const {
    const records::ElectronicDocument kept{.id = records::DocumentId::make(now, about.bucket(), parts_.entropy),
                                           .about = about,
                                           .subject = actors.whose.id,
                                           .at = now,
                                           .form = document.form,
                                           .bytes = document.bytes};
    parts_.records.documents.add(session, kept, actors.whose.data_key);
    parts_.records.journal.append(session, document_fact(kept, actors.by.id, document.certificate));
}

Result<void> SignedAnswers::answer(store::WriteSession& session, const Acting& acting, consent::RequestId id,
                                   const SignedDocument& document, base::Time now) const {
    const auto state = parts_.records.requests.state(session, id);
    if (!state || state->subject != acting.whose) return Refusal(cabinet_not_found);
    const auto actors = accept(session, acting, id, CodeKind::eds_answer, document, now);
    if (actors.has_error()) return actors.error();
    // It is what was offered, byte for byte, so it reads.
    const receipts::Statement statement = receipts::read_statement(document.content).value();
    AnswerCommand command =
        command_of(acting,
                   {.request = id,
                    .answer = statement.says == Says::yes ? consent::Answer::yes : consent::Answer::no,
                    .services = statement.services,
                    .fields = statement.fields,
                    .code = {}},
                   now);
    command.until = statement.until;
    keep(session, *actors, id, document, now);
    const auto answered = answers_.answer(session, command, now);
    if (answered.has_error()) return answered.error();
    return {};
}

Result<void> SignedAnswers::extend(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                   const SignedDocument& document, base::Time now) const {
    const auto actors = accept(session, acting, id, CodeKind::eds_extension, document, now);
    if (actors.has_error()) return actors.error();
    const receipts::Statement statement = receipts::read_statement(document.content).value();
    keep(session, *actors, id, document, now);
    return steering_.extend_signed(session, acting, id, statement.until.value(), now);
}

Page<records::ElectronicDocument> SignedAnswers::list(store::ReadSession& session, const records::Subject& whose,
                                                      const PageWanted& wanted) const {
    return cut(parts_.records.documents.of(session, whose.id, wanted.before, wanted.max + 1), wanted.max,
               [](const records::ElectronicDocument& each) { return each.id; });
}

std::optional<records::ElectronicDocument> SignedAnswers::find(store::ReadSession& session,
                                                               const records::Subject& whose,
                                                               records::DocumentId id) const {
    return parts_.records.documents.find(session, whose.id, id, whose.data_key);
}

}  // namespace kelisim::access
