// SPDX-License-Identifier: Apache-2.0
#include "channel/texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace kelisim::channel {
namespace {

using base::Language;
using testing::HasSubstr;

Question question() {
    return {.organisation = {"Оқу банкі", "Учебный банк"},
            .bin = "000140000353",
            .services = {{"Жеке тұлға туралы мәліметтер", "Сведения о физическом лице"},
                         {"Отбасы туралы мәліметтер", "Сведения о семье"}},
            .purpose = {"Несие өтінімін қарау", "Рассмотрение заявки на кредит"},
            .term = base::parse_period("P30D").value(),
            .uses_max = 3,
            .answer_by = "22.11 15:40",
            .choices = choices_of_slot(0),
            .check = "KACE23"};
}

// Law 94-V art. 8, LAW-38.2: who asks, for what, how long and how to answer, in the person's language.
TEST(QuestionText, SaysItAllInRussian) {
    EXPECT_EQ(question_text(question(), {Language::ru, Script::cyrillic}),
              "Учебный банк (БИН 000140000353) просит ваши данные: Сведения о физическом лице, Сведения о семье. Цель: "
              "Рассмотрение заявки на кредит. Срок 30 дней, не более 3 раз. Согласны - ответьте 1, нет - 2. Ответ "
              "принимается до 22.11 15:40. Проверить SMS: отправьте KACE23.");
}

TEST(QuestionText, SaysItAllInKazakh) {
    EXPECT_EQ(question_text(question(), {Language::kk, Script::cyrillic}),
              "Оқу банкі (БСН 000140000353) сіздің деректеріңізді сұрайды: Жеке тұлға туралы мәліметтер, Отбасы туралы "
              "мәліметтер. Мақсаты: Несие өтінімін қарау. Мерзімі 30 күн, ең көбі 3 рет. Келіссеңіз 1, келіспесеңіз 2 "
              "деп жауап беріңіз. Жауап 22.11 15:40 дейін қабылданады. SMS тексеру: KACE23 жіберіңіз.");
}

TEST(QuestionText, FitsTheLimitInEveryStyle) {
    for (const Language language : {Language::kk, Language::ru, Language::en}) {
        for (const Script script : {Script::cyrillic, Script::latin}) {
            EXPECT_LE(size_of(question_text(question(), {language, script})).segments, base::limits::sms_segments_max);
        }
    }
}

TEST(QuestionText, IsHalfAsLongInLatin) {
    for (const Language language : {Language::kk, Language::ru}) {
        const Size latin = size_of(question_text(question(), {language, Script::latin}));
        EXPECT_EQ(latin.encoding, Encoding::gsm7);
        EXPECT_LT(latin.segments, size_of(question_text(question(), {language, Script::cyrillic})).segments);
    }
}

TEST(QuestionText, CountsInRussianAsPeopleDo) {
    const auto term = [](std::string_view period, std::int64_t uses) {
        Question q = question();
        q.term = base::parse_period(period).value();
        q.uses_max = uses;
        return question_text(q, {Language::ru, Script::cyrillic});
    };
    EXPECT_THAT(term("P1D", 1), HasSubstr("Срок 1 день, не более 1 раза."));
    EXPECT_THAT(term("P2D", 2), HasSubstr("Срок 2 дня, не более 2 раз."));
    EXPECT_THAT(term("P11D", 11), HasSubstr("Срок 11 дней, не более 11 раз."));
    EXPECT_THAT(term("P21D", 21), HasSubstr("Срок 21 день, не более 21 раза."));
    EXPECT_THAT(term("P1Y6M", 5), HasSubstr("Срок 1 год 6 месяцев, не более 5 раз."));
    EXPECT_THAT(term("PT90M", 5), HasSubstr("Срок 1 час 30 минут"));
}

TEST(ClarifyingText, NamesEveryOpenQuestionWithItsDigits) {
    const std::string text = clarifying_text(
        {{{"Оқу банкі", "Учебный банк"}, choices_of_slot(0)}, {{"Сақтандыру", "Страховая"}, choices_of_slot(1)}},
        {Language::ru, Script::cyrillic});
    EXPECT_EQ(
        text,
        "Не поняли ваш ответ. Учебный банк: согласие - 1, отказ - 2; Страховая: согласие - 3, отказ - 4. Ответьте "
        "только так.");
}

// KDP-7.5
TEST(QuestionText, AsksForTheCode) {
    Question by_code = question();
    by_code.code = "ACE234";
    EXPECT_THAT(question_text(by_code, {Language::ru, Script::cyrillic}),
                HasSubstr("Согласны - ответьте кодом ACE234, нет - 2."));
    EXPECT_THAT(question_text(by_code, {Language::kk, Script::cyrillic}),
                HasSubstr("Келіссеңіз ACE234 кодымен, келіспесеңіз 2 деп жауап беріңіз."));
    EXPECT_THAT(
        clarifying_text({{{"Оқу банкі", "Учебный банк"}, choices_of_slot(0), true}}, {Language::ru, Script::cyrillic}),
        HasSubstr("Учебный банк: согласие - код из SMS, отказ - 2"));
}

// LAW-36.2
TEST(QuestionText, TellsARepresentativeWhoseDataTheyAre) {
    Question of_child = question();
    of_child.ward = "Дочь";
    EXPECT_THAT(question_text(of_child, {Language::ru, Script::cyrillic}),
                HasSubstr("просит данные того, кого вы представляете (Дочь): Сведения"));
    EXPECT_THAT(question_text(of_child, {Language::kk, Script::cyrillic}),
                HasSubstr("сіз өкілдік ететін адамның (Дочь) деректерін сұрайды: Жеке"));
}

TEST(ClarifyingText, NamesTheWard) {
    EXPECT_THAT(clarifying_text({{.organisation = {"Оқу банкі", "Учебный банк"},
                                  .choices = choices_of_slot(0),
                                  .by_code = false,
                                  .ward = "Дочь"}},
                                {Language::ru, Script::cyrillic}),
                HasSubstr("Учебный банк (Дочь): согласие - 1, отказ - 2"));
}

// LAW-36.2
TEST(Receipts, TellARepresentativeWhomTheyConcern) {
    const Subject own{{"Оқу банкі", "Учебный банк"}, {"Несие", "Кредит"}};
    const Subject of_ward{own.organisation, own.purpose, "Дочь"};
    const auto texts = [](const Subject& about, Style style) {
        return std::vector{granted_text(about, "21.12.2026", style),
                           refused_text(about, style),
                           expired_text(about, style),
                           attested_text(about, "21.12.2026", style),
                           disclosed_text(about, "21.12.2026", style),
                           answered_elsewhere_text(about, style),
                           code_attempts_over_text(about, style),
                           genuine_text(about, style)};
    };
    for (const std::string& text : texts(of_ward, {Language::kk, Script::cyrillic})) {
        EXPECT_THAT(text, testing::StartsWith("Сіз өкілдік ететін адам туралы (Дочь): "));
        EXPECT_THAT(text, testing::Not(HasSubstr("Деректеріңіз")));
    }
    for (const std::string& text : texts(of_ward, {Language::ru, Script::cyrillic})) {
        EXPECT_THAT(text, testing::StartsWith("О том, кого вы представляете (Дочь): "));
        EXPECT_THAT(text, testing::Not(HasSubstr("Ваши данные")));
        EXPECT_LE(size_of(text).segments, base::limits::sms_segments_max);
    }
    for (const std::string& text : texts(of_ward, {Language::en, Script::latin})) {
        EXPECT_THAT(text, testing::StartsWith("About Doch, whom you represent: "));
        EXPECT_THAT(text, testing::Not(HasSubstr("Your data")));
    }
    for (const std::string& text : texts(own, {Language::en, Script::cyrillic}))
        EXPECT_THAT(text, testing::Not(HasSubstr("represent")));
}

TEST(Receipts, SayWhatHappened) {
    const Subject about{{"Оқу банкі", "Учебный банк"}, {"Несие", "Кредит"}};
    const Style ru{Language::ru, Script::cyrillic};
    EXPECT_EQ(granted_text(about, "21.12.2026", ru),
              "Вы дали согласие: Учебный банк, Кредит. Действует до 21.12.2026.");
    EXPECT_EQ(refused_text(about, ru), "Вы отказали: Учебный банк, Кредит. Ваши данные не передаются.");
    EXPECT_EQ(expired_text(about, ru),
              "Запрос закрыт, ответа не было: Учебный банк, Кредит. Ваши данные не передаются.");
    EXPECT_EQ(granted_text(about, "21.12.2026", {Language::kk, Script::latin}),
              "Siz kelisim berdiniz: Oqu banki, Nesie. 21.12.2026 deiin zharamdy.");
}

}  // namespace
}  // namespace kelisim::channel
