// SPDX-License-Identifier: Apache-2.0
#include "access/contact.hpp"

#include <algorithm>
#include <boost/json/value_to.hpp>

#include "base/limits.hpp"
#include "channel/codes.hpp"
#include "channel/reply.hpp"
#include "channel/texts.hpp"
#include "payload.hpp"

namespace kelisim::access {

namespace {

using records::PhoneQuestion;

std::string text_of(const boost::json::object& payload, std::string_view name) {
    return std::string(payload.at(name).as_string());
}

people::Phone phone_of(const boost::json::object& payload) {
    return people::Phone::parse(text_of(payload, "phone")).value();
}

base::Language language_of(const boost::json::object& payload) {
    return base::parse_language(text_of(payload, "language")).value();
}

registry::Name name_of(const boost::json::object& payload, std::string_view member) {
    return boost::json::value_to<registry::Name>(payload.at(member));
}

struct Chosen {
    consent::RequestId request;
    consent::Answer answer;
};

// 236/НК п.7(5): to a question with a code only the code says yes.
std::optional<Chosen> chosen(const PhoneQuestion& question, consent::Answer answer) {
    if (answer == consent::Answer::yes && !question.code.empty()) return std::nullopt;
    return Chosen{question.request, answer};
}

// The question and the answer that the reply names, or nothing when that is not plain.
std::optional<Chosen> choose(std::string_view text, const std::vector<PhoneQuestion>& open) {
    if (const auto code = channel::read_code(text)) {
        const auto at = std::find_if(open.begin(), open.end(), [&](const PhoneQuestion& question) {
            return channel::same_code(*code, question.code);
        });
        if (at != open.end()) return Chosen{at->request, consent::Answer::yes};
    }
    const channel::Reply reply = channel::read_reply(text);
    if (const auto* word = std::get_if<channel::Word>(&reply)) {
        if (open.size() != 1) return std::nullopt;
        return chosen(open.front(), *word == channel::Word::yes ? consent::Answer::yes : consent::Answer::no);
    }
    const auto* number = std::get_if<channel::Number>(&reply);
    if (number == nullptr) return std::nullopt;
    for (const PhoneQuestion& question : open) {
        const channel::Choices choices = channel::choices_of_slot(question.slot);
        if (number->value == choices.yes) return chosen(question, consent::Answer::yes);
        if (number->value == choices.no) return chosen(question, consent::Answer::no);
    }
    return std::nullopt;
}

// What a secret is derived for; the names keep the two codes of a request apart.
base::Bytes named(std::string_view use, consent::RequestId request) {
    base::Bytes name(use.begin(), use.end());
    name.insert(name.end(), request.bytes().begin(), request.bytes().end());
    return name;
}

}  // namespace

bool Contact::is_open(store::ReadSession& session, const people::Phone& phone, consent::RequestId request) const {
    const auto open = parts_.records.phone_questions.all(session, phone);
    return std::any_of(open.begin(), open.end(), [&](const PhoneQuestion& q) { return q.request == request; });
}

std::variant<Sms, Contact::NoFreeSlot, Contact::TooLate> Contact::prepare_question(store::WriteSession& session,
                                                                                   const store::OutboxRow& row,
                                                                                   base::Time now) const {
    const auto payload = open_payload(parts_, outbox_question, row.payload);
    const auto request = consent::RequestId::from_bytes(row.key).value();
    const base::Time expires = base::from_micros(payload.at("expires").as_int64());
    if (now >= expires) return TooLate{};
    const people::Phone phone = phone_of(payload);
    if (row.attempt > base::limits::sms_sends_max && is_open(session, phone, request)) return TooLate{};
    const std::string check = check_code(request);
    std::string code;
    if (payload.at("by_code").as_bool()) {
        code = channel::one_time_code(boost::json::value_to<registry::CodeKind>(payload.at("code")),
                                      parts_.records.vault.derived_secret(named("code", request)));
    }
    const auto slot = parts_.records.phone_questions.open(session, phone,
                                                          {.slot = 0,
                                                           .request = request,
                                                           .clarified = 0,
                                                           .organisation = name_of(payload, "organisation"),
                                                           .purpose = name_of(payload, "purpose"),
                                                           .language = text_of(payload, "language"),
                                                           .code = code,
                                                           .check = check,
                                                           .attempts = 0,
                                                           .ward = text_of(payload, "ward")});
    if (!slot) return NoFreeSlot{};
    const channel::Question question{
        .organisation = name_of(payload, "organisation"),
        .bin = text_of(payload, "bin"),
        .services = boost::json::value_to<std::vector<registry::Name>>(payload.at("services")),
        .purpose = name_of(payload, "purpose"),
        .term = base::parse_period(text_of(payload, "term")).value(),
        .uses_max = payload.at("uses_max").as_int64(),
        .answer_by = parts_.zone.date_and_time(expires),
        .choices = channel::choices_of_slot(*slot),
        .ward = text_of(payload, "ward"),
        .code = code,
        .check = check};
    return Sms{request.to_string(), phone, channel::question_text(question, {language_of(payload), parts_.script})};
}

std::string Contact::check_code(consent::RequestId request) const {
    return channel::check_code(parts_.records.vault.derived_secret(named("check", request)));
}

Sms Contact::notice(const store::OutboxRow& row) const {
    const auto payload = open_payload(parts_, outbox_notice, row.payload);
    return {base::RawId::from_bytes(row.key).value().to_string(), phone_of(payload), text_of(payload, "text")};
}

void Contact::close(store::WriteSession& session, const store::OutboxRow& row) const {
    const auto payload = open_payload(parts_, outbox_close, row.payload);
    parts_.records.phone_questions.close(session, consent::RequestId::parse(text_of(payload, "request")).value());
}

void Contact::hear(store::WriteSession& session, const people::Phone& phone, std::string_view text,
                   std::string_view message_id, base::Time now) const {
    const records::PhoneQuestions& questions = parts_.records.phone_questions;
    if (!questions.hear_once(session, phone, message_id, now)) return;
    const std::vector<PhoneQuestion> open = questions.all(session, phone);
    const auto chosen = choose(text, open);
    if (chosen) return end_question(session, chosen->request, chosen->answer, now);
    const auto code = channel::read_code(text);
    if (code && channel::looks_like_check(*code)) return confirm_genuine(session, phone, *code, open, now);
    if (code && count_wrong_code(session, phone, open, now)) return;
    clarify(session, phone, open, now);
}

// `answer`: nothing when the attempts to give the code are over.
void Contact::end_question(store::WriteSession& session, consent::RequestId request,
                           std::optional<consent::Answer> answer, base::Time now) const {
    parts_.records.phone_questions.close(session, request);
    // Whoever answers has been asked: while the outcome of its SMS is not known, the question must not go out again.
    store::Outbox::done(session, request.bytes());
    const boost::json::object payload{{"request", request.to_string()},
                                      {"yes", answer == consent::Answer::yes},
                                      {"attempts_over", !answer},
                                      {"heard", base::to_micros(now)}};
    parts_.outbox.put(session, outbox_answer, new_row_id(parts_, request, now).bytes(), now,
                      seal_payload(parts_, outbox_answer, payload, now));
}

// A wrong code may be meant for any question with one, so each counts it. False when no question has a code.
bool Contact::count_wrong_code(store::WriteSession& session, const people::Phone& phone,
                               const std::vector<PhoneQuestion>& open, base::Time now) const {
    int left = 0;
    const PhoneQuestion* asked = nullptr;
    for (const PhoneQuestion& question : open) {
        if (question.code.empty()) continue;
        asked = &question;
        const int remain = base::limits::sms_code_attempts_max - (question.attempts + 1);
        left = std::max(left, remain);
        if (remain <= 0) {
            end_question(session, question.request, std::nullopt, now);
        } else {
            parts_.records.phone_questions.count_attempt(session, question.request);
        }
    }
    if (asked == nullptr) return false;
    const base::Language language = base::parse_language(asked->language).value();
    if (left > 0) {
        notify(parts_, session, phone, channel::wrong_code_text(left, {language, parts_.script}), asked->request, now);
    }
    return true;
}

void Contact::confirm_genuine(store::WriteSession& session, const people::Phone& phone, std::string_view code,
                              const std::vector<PhoneQuestion>& open, base::Time now) const {
    const auto at = std::find_if(open.begin(), open.end(), [&](const PhoneQuestion& question) {
        return channel::same_code(code, question.check);
    });
    if (at != open.end()) {
        const base::Language language = base::parse_language(at->language).value();
        return notify(parts_, session, phone,
                      channel::genuine_text({at->organisation, at->purpose, at->ward}, {language, parts_.script}),
                      at->request, now);
    }
    // Answered as rarely as one that nothing is open to: a guesser learns nothing, and pays for it.
    if (!parts_.records.phone_questions.tell_nothing_open(session, phone, now)) return;
    const std::string text = channel::not_genuine_text({base::Language::kk, parts_.script}) + " / " +
                             channel::not_genuine_text({base::Language::ru, parts_.script});
    notify(parts_, session, phone, text, base::RawId::make(now, {}, parts_.entropy), now);
}

void Contact::clarify(store::WriteSession& session, const people::Phone& phone, const std::vector<PhoneQuestion>& open,
                      base::Time now) const {
    const base::RawId about = base::RawId::make(now, {}, parts_.entropy);
    if (open.empty()) {
        if (!parts_.records.phone_questions.tell_nothing_open(session, phone, now)) return;
        // Nothing tells the language of a phone without a question: both of the state.
        const std::string text = channel::nothing_open_text({base::Language::kk, parts_.script}) + " / " +
                                 channel::nothing_open_text({base::Language::ru, parts_.script});
        return notify(parts_, session, phone, text, about, now);
    }
    const bool clarified = std::all_of(open.begin(), open.end(), [](const PhoneQuestion& question) {
        return question.clarified >= base::limits::sms_clarifications_max;
    });
    if (clarified) return;
    std::vector<channel::OpenQuestion> list;
    for (const PhoneQuestion& question : open) {
        list.push_back({.organisation = question.organisation,
                        .choices = channel::choices_of_slot(question.slot),
                        .by_code = !question.code.empty(),
                        .ward = question.ward});
    }
    const base::Language language = base::parse_language(open.front().language).value();
    parts_.records.phone_questions.mark_clarified(session, phone);
    notify(parts_, session, phone, channel::clarifying_text(list, {language, parts_.script}), about, now);
}

}  // namespace kelisim::access
