// SPDX-License-Identifier: Apache-2.0
#include "channel/texts.hpp"

#include <fmt/format.h>

namespace kelisim::channel {

namespace {

using base::Language;

std::string in_script(std::string text, Style style) {
    return style.script == Script::latin ? transliterate(text) : text;
}

// Names are registered in Kazakh and Russian only; a reader of English is shown the Russian one.
const std::string& name_in(const registry::Name& name, Language language) {
    return language == Language::kk ? name.kk : name.ru;
}

struct Forms {
    std::string_view one, few, many;
};

// Russian: 1 день, 2 дня, 5 дней, 11 дней, 21 день.
std::string_view russian_form(std::int64_t n, const Forms& forms) {
    const auto last_two = n % 100;
    const auto last = n % 10;
    if (last_two >= 11 && last_two <= 14) return forms.many;
    if (last == 1) return forms.one;
    if (last >= 2 && last <= 4) return forms.few;
    return forms.many;
}

std::string counted(std::int64_t n, std::string_view kk, const Forms& ru, const Forms& en, Language language) {
    switch (language) {
        case Language::kk:
            return fmt::format("{} {}", n, kk);
        case Language::ru:
            return fmt::format("{} {}", n, russian_form(n, ru));
        case Language::en:
            return fmt::format("{} {}", n, n == 1 ? en.one : en.many);
    }
    return {};
}

std::string term_in_words(const base::Period& term, Language language) {
    std::string out;
    const auto add = [&](std::int64_t n, std::string_view kk, const Forms& ru, const Forms& en) {
        if (n == 0) return;
        if (!out.empty()) out += ' ';
        out += counted(n, kk, ru, en, language);
    };
    add(term.months / 12, "жыл", {"год", "года", "лет"}, {"year", "", "years"});
    add(term.months % 12, "ай", {"месяц", "месяца", "месяцев"}, {"month", "", "months"});
    add(term.days, "күн", {"день", "дня", "дней"}, {"day", "", "days"});
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(term.time).count();
    add(minutes / 60, "сағат", {"час", "часа", "часов"}, {"hour", "", "hours"});
    add(minutes % 60, "минут", {"минута", "минуты", "минут"}, {"minute", "", "minutes"});
    return out;
}

std::string uses_in_words(std::int64_t uses, Language language) {
    // "не более" takes the genitive: 1 раза, 2 раз, 5 раз, 21 раза.
    return counted(uses, "рет", {"раза", "раз", "раз"}, {"time", "", "times"}, language);
}

std::string list_of(const std::vector<registry::Name>& names, Language language) {
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ", ") + name_in(name, language);
    return out;
}

std::string_view pick(const base::Text& text, Language language) {
    switch (language) {
        case Language::kk:
            return text.kk;
        case Language::ru:
            return text.ru;
        case Language::en:
            return text.en;
    }
    return text.kk;
}

constexpr base::Text question_pattern{
    "{org} (БСН {bin}) сіздің деректеріңізді сұрайды: {data}. Мақсаты: {purpose}. Мерзімі {term}, ең көбі {uses}. "
    "Келіссеңіз {yes}, келіспесеңіз {no} деп жауап беріңіз. Жауап {by} дейін қабылданады.",
    "{org} (БИН {bin}) просит ваши данные: {data}. Цель: {purpose}. Срок {term}, не более {uses}. Согласны - ответьте "
    "{yes}, нет - {no}. Ответ принимается до {by}.",
    "{org} (BIN {bin}) asks for your data: {data}. Purpose: {purpose}. For {term}, at most {uses}. To agree reply "
    "{yes}, "
    "to refuse reply {no}. Reply by {by}."};

constexpr base::Text clarifying_pattern{"Жауабыңыз түсініксіз. {list}. Тек цифрмен жауап беріңіз.",
                                        "Не поняли ваш ответ. {list}. Ответьте только цифрой.",
                                        "We did not understand your reply. {list}. Reply with the digit only."};
constexpr base::Text choice_pattern{"{org}: келісу - {yes}, бас тарту - {no}", "{org}: согласие - {yes}, отказ - {no}",
                                    "{org}: agree - {yes}, refuse - {no}"};
constexpr base::Text granted_pattern{"Сіз келісім бердіңіз: {org}, {purpose}. {until} дейін жарамды.",
                                     "Вы дали согласие: {org}, {purpose}. Действует до {until}.",
                                     "You agreed: {org}, {purpose}. Valid until {until}."};
constexpr base::Text refused_pattern{"Сіз бас тарттыңыз: {org}, {purpose}. Деректеріңіз берілмейді.",
                                     "Вы отказали: {org}, {purpose}. Ваши данные не передаются.",
                                     "You refused: {org}, {purpose}. Your data are not passed on."};
constexpr base::Text expired_pattern{
    "Сұрау жабылды, жауап келмеді: {org}, {purpose}. Деректеріңіз берілмейді.",
    "Запрос закрыт, ответа не было: {org}, {purpose}. Ваши данные не передаются.",
    "The request is closed without a reply: {org}, {purpose}. Your data are not passed on."};
constexpr base::Text nothing_open_pattern{"Қазір жауап күтіп тұрған сұрау жоқ. Ештеңе өзгерген жоқ.",
                                          "Сейчас нет запроса, который ждёт вашего ответа. Ничего не изменилось.",
                                          "No request is waiting for your reply. Nothing has changed."};

std::string about_text(const base::Text& pattern, const Subject& about, Style style) {
    return in_script(fmt::format(fmt::runtime(pick(pattern, style.language)),
                                 fmt::arg("org", name_in(about.organisation, style.language)),
                                 fmt::arg("purpose", name_in(about.purpose, style.language))),
                     style);
}

}  // namespace

Choices choices_of_slot(int slot) {
    return {.yes = 2 * slot + 1, .no = 2 * slot + 2};
}

std::string question_text(const Question& question, Style style) {
    const Language language = style.language;
    return in_script(
        fmt::format(fmt::runtime(pick(question_pattern, language)),
                    fmt::arg("org", name_in(question.organisation, language)), fmt::arg("bin", question.bin),
                    fmt::arg("data", list_of(question.services, language)),
                    fmt::arg("purpose", name_in(question.purpose, language)),
                    fmt::arg("term", term_in_words(question.term, language)),
                    fmt::arg("uses", uses_in_words(question.uses_max, language)), fmt::arg("yes", question.choices.yes),
                    fmt::arg("no", question.choices.no), fmt::arg("by", question.answer_by)),
        style);
}

std::string clarifying_text(const std::vector<OpenQuestion>& open, Style style) {
    std::string list;
    for (const OpenQuestion& question : open) {
        if (!list.empty()) list += "; ";
        list += fmt::format(fmt::runtime(pick(choice_pattern, style.language)),
                            fmt::arg("org", name_in(question.organisation, style.language)),
                            fmt::arg("yes", question.choices.yes), fmt::arg("no", question.choices.no));
    }
    return in_script(fmt::format(fmt::runtime(pick(clarifying_pattern, style.language)), fmt::arg("list", list)),
                     style);
}

std::string granted_text(const Subject& about, std::string_view until, Style style) {
    return in_script(fmt::format(fmt::runtime(pick(granted_pattern, style.language)),
                                 fmt::arg("org", name_in(about.organisation, style.language)),
                                 fmt::arg("purpose", name_in(about.purpose, style.language)), fmt::arg("until", until)),
                     style);
}

std::string refused_text(const Subject& about, Style style) {
    return about_text(refused_pattern, about, style);
}
std::string expired_text(const Subject& about, Style style) {
    return about_text(expired_pattern, about, style);
}

std::string nothing_open_text(Style style) {
    return in_script(std::string(pick(nothing_open_pattern, style.language)), style);
}

}  // namespace kelisim::channel
