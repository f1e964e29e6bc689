// SPDX-License-Identifier: Apache-2.0
#include "access/inquiries.hpp"

#include "access/party.hpp"
#include "base/limits.hpp"
#include "channel/cabinet_texts.hpp"
#include "deadline.hpp"
#include "facts.hpp"
#include "party_notice.hpp"
#include "payload.hpp"
#include "telling.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using records::UseQuestion;

const Reason question_empty{
    "question_empty", Kind::invalid, "", {"Мәтін жазылмаған.", "Текст не написан.", "There is no text."}};
const Reason question_asked_before{
    "question_asked_before",
    Kind::conflict,
    "",
    {"Бұл қолдану туралы сұрақ қойылған.", "Вопрос об этом обращении уже задан.", "This use was asked about before."}};
const Reason question_answered_before{
    "question_answered_before",
    Kind::conflict,
    "",
    {"Бұл сұраққа жауап берілген.", "На этот вопрос уже дан ответ.", "The question was answered before."}};

Result<UseQuestion> Inquiries::ask(store::WriteSession& session, const Acting& acting, consent::UseId use,
                                   std::string_view text, base::Time now) const {
    const records::Records& records = parts_.records;
    const auto actors = may_look(parts_, session, acting);
    if (!actors) return Refusal(cabinet_not_found);
    const auto stored = records.uses.find(session, use);
    const auto consent = stored ? records.consents.state(session, stored->use.consent) : std::nullopt;
    if (!consent || consent->subject != acting.whose) return Refusal(cabinet_not_found);
    if (text.empty()) return Refusal(question_empty);
    if (records.use_questions.about(session, use)) return Refusal(question_asked_before);
    const UseQuestion question{.id = records::QuestionId{new_row_id(parts_, use, now)},
                               .subject = acting.whose,
                               .use = use,
                               .initiator = records.uses.record(session, use)->receiver,
                               .asked = now,
                               .due = after_working_days(parts_.zone, now, base::limits::use_question_working_days),
                               .answered = {},
                               .question = std::string(text),
                               .answer = {}};
    records.use_questions.add(session, question, actors->whose.data_key);
    records.journal.append(session, question_fact(question_asked, question, now));
    notify_party(parts_, session,
                 {.id = new_row_id(parts_, use, now),
                  .initiator = question.initiator,
                  .kind = records::PartyNoticeKind::question,
                  .entity = question.id,
                  .at = now,
                  .due = question.due});
    if (question.due) schedule(session, question);
    return question;
}

void Inquiries::schedule(store::WriteSession& session, const UseQuestion& question) const {
    parts_.timers.schedule(session, {timer_question_due, question.id.bucket(), question.id.bytes()}, *question.due);
}

void Inquiries::fall_due(store::WriteSession& session, records::QuestionId id, base::Time now) const {
    const records::Records& records = parts_.records;
    const auto whose = records.use_questions.whose(session, id);
    if (!whose) throw records::Damaged("a timer names a question that is gone");
    const auto asked = find(session, whose->initiator, id);
    if (!asked || asked->question.answered) return;  // the person's data were erased, or it was answered in time
    const UseQuestion& question = asked->question;
    // The clock was moved back since the timer was found due.
    if (now < *question.due) return schedule(session, question);
    records.journal.append(session, question_fact(question_overdue, question, now));
    notify_party(parts_, session,
                 {.id = new_row_id(parts_, question.use, now),
                  .initiator = question.initiator,
                  .kind = records::PartyNoticeKind::question_overdue,
                  .entity = question.id,
                  .at = now,
                  .due = question.due});
    const auto consent = records.consents.find(session, asked->consent, records.subjects).value();
    tell_decider(parts_, session, consent, channel::question_overdue_text, Hour::waking, now);
}

std::optional<Inquiries::Asked> Inquiries::find(store::ReadSession& session, std::string_view initiator,
                                                records::QuestionId id) const {
    const records::Records& records = parts_.records;
    const auto whose = records.use_questions.whose(session, id);
    if (!whose || whose->initiator != initiator) return std::nullopt;
    const auto subject = records.subjects.find(session, whose->subject);
    if (!subject) return std::nullopt;
    auto question = records.use_questions.find(session, id, subject->data_key).value();
    const auto use = records.uses.find(session, question.use);
    if (!use) throw records::Damaged("a question about a use that is gone");
    return Asked{.question = std::move(question), .consent = use->use.consent};
}

Result<void> Inquiries::answer(store::WriteSession& session, std::string_view initiator, records::QuestionId id,
                               std::string_view text, base::Time now) const {
    const records::Records& records = parts_.records;
    auto asked = find(session, initiator, id);
    if (!asked) return Refusal(cabinet_not_found);
    if (text.empty()) return Refusal(question_empty);
    UseQuestion& question = asked->question;
    if (question.answered) return Refusal(question_answered_before);
    const auto consent = records.consents.find(session, asked->consent, records.subjects).value();
    question.answered = now;
    question.answer = text;
    records.use_questions.answer(session, question, consent.subject.data_key);
    records.journal.append(session, question_fact("use_question.answered", question, now));
    // A ward may ask; what comes of it concerns the one who decides (418-V ст.36(2)).
    tell_decider(parts_, session, consent, channel::question_answered_text, Hour::waking, now);
    return {};
}

}  // namespace kelisim::access
