// SPDX-License-Identifier: Apache-2.0
#include "channel/texts.hpp"

#include <fmt/format.h>

#include "wording.hpp"

namespace kelisim::channel {

namespace {

using base::Language;

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

constexpr base::Text question_pattern{
    "{org} (БСН {bin}) {whose} сұрайды: {data}. Мақсаты: {purpose}. Мерзімі {term}, ең көбі {uses}. {how} Жауап {by} "
    "дейін қабылданады. SMS тексеру: {check} жіберіңіз.",
    "{org} (БИН {bin}) просит {whose}: {data}. Цель: {purpose}. Срок {term}, не более {uses}. {how} Ответ принимается "
    "до {by}. Проверить SMS: отправьте {check}.",
    "{org} (BIN {bin}) asks for {whose}: {data}. Purpose: {purpose}. For {term}, at most {uses}. {how} Reply by {by}. "
    "To check this SMS send {check}."};
constexpr base::Text own_data{"сіздің деректеріңізді", "ваши данные", "your data"};
constexpr base::Text data_of_ward{"сіз өкілдік ететін адамның ({ward}) деректерін",
                                  "данные того, кого вы представляете ({ward})",
                                  "the data of {ward}, whom you represent"};
constexpr base::Text reply_by_digit{"Келіссеңіз {yes}, келіспесеңіз {no} деп жауап беріңіз.",
                                    "Согласны - ответьте {yes}, нет - {no}.",
                                    "To agree reply {yes}, to refuse reply {no}."};
constexpr base::Text reply_by_code{"Келіссеңіз {code} кодымен, келіспесеңіз {no} деп жауап беріңіз.",
                                   "Согласны - ответьте кодом {code}, нет - {no}.",
                                   "To agree reply with the code {code}, to refuse reply {no}."};

constexpr base::Text clarifying_pattern{"Жауабыңыз түсініксіз. {list}. Тек осылай жауап беріңіз.",
                                        "Не поняли ваш ответ. {list}. Ответьте только так.",
                                        "We did not understand your reply. {list}. Reply with that alone."};
constexpr base::Text choice_pattern{"{org}: келісу - {yes}, бас тарту - {no}", "{org}: согласие - {yes}, отказ - {no}",
                                    "{org}: agree - {yes}, refuse - {no}"};
constexpr base::Text code_of_sms{"SMS-тегі код", "код из SMS", "the code of the SMS"};
constexpr base::Text attested_pattern{
    "{org} ұйымы сіздің келісіміңізді растады: {purpose}. {until} дейін жарамды. Бұл сіз болмасаңыз, келісімді "
    "кабинетте "
    "қайтарып алыңыз.",
    "Организация {org} подтвердила ваше согласие: {purpose}. Действует до {until}. Если это были не вы, отзовите "
    "согласие в "
    "кабинете.",
    "{org} confirmed your consent: {purpose}. Valid until {until}. If it was not you, withdraw it in the cabinet."};
constexpr base::Text answered_elsewhere_pattern{
    "Бұл сұрауға жауап берілген: {org}, {purpose}. Бірінші жауап сақталады.",
    "На этот запрос уже есть ответ: {org}, {purpose}. Считается первый ответ.",
    "This request was answered already: {org}, {purpose}. The first answer counts."};
constexpr base::Text wrong_code_pattern{"Код қате. Қалған әрекет саны: {left}.",
                                        "Код неверный. Осталось попыток: {left}.",
                                        "The code is wrong. Attempts left: {left}."};
constexpr base::Text attempts_over_pattern{
    "Сұрау жабылды, код тым көп рет қате енгізілді: {org}, {purpose}. {data} берілмейді.",
    "Запрос закрыт, код введён неверно слишком много раз: {org}, {purpose}. {data} не передаются.",
    "The request is closed after too many wrong codes: {org}, {purpose}. {data} are not passed on."};
constexpr base::Text genuine_pattern{"Бұл SMS-ті біз жібердік: {org}, {purpose}.",
                                     "Это SMS отправили мы: {org}, {purpose}.", "We sent this SMS: {org}, {purpose}."};
constexpr base::Text not_genuine_pattern{
    "Мұндай кодпен SMS жібермедік немесе сұрау жабылған. Оған жауап бермеңіз.",
    "SMS с таким кодом мы не отправляли, или запрос уже закрыт. Не отвечайте на него.",
    "We sent no SMS with this code, or its request is closed. Do not answer it."};
constexpr base::Text granted_pattern{"Сіз келісім бердіңіз: {org}, {purpose}. {until} дейін жарамды.",
                                     "Вы дали согласие: {org}, {purpose}. Действует до {until}.",
                                     "You agreed: {org}, {purpose}. Valid until {until}."};
constexpr base::Text disclosed_pattern{
    "{until} күні {org} заң негізінде деректерге қол жеткізді: {purpose}. Заң бұл туралы хабарлауды осы уақытқа дейін "
    "кейінге "
    "қалдырды. Толығырақ кабинетте.",
    "{until} организация {org} получила доступ к данным на основании закона: {purpose}. Закон разрешил сообщить об "
    "этом "
    "только сейчас. Подробно в кабинете.",
    "On {until} {org} got access to data on a ground of the law: {purpose}. A law let the notice wait until now. See "
    "the "
    "cabinet."};
constexpr base::Text refused_pattern{"Сіз бас тарттыңыз: {org}, {purpose}. {data} берілмейді.",
                                     "Вы отказали: {org}, {purpose}. {data} не передаются.",
                                     "You refused: {org}, {purpose}. {data} are not passed on."};
constexpr base::Text expired_pattern{
    "Сұрау жабылды, жауап келмеді: {org}, {purpose}. {data} берілмейді.",
    "Запрос закрыт, ответа не было: {org}, {purpose}. {data} не передаются.",
    "The request is closed without a reply: {org}, {purpose}. {data} are not passed on."};
constexpr base::Text nothing_open_pattern{"Қазір жауап күтіп тұрған сұрау жоқ. Ештеңе өзгерген жоқ.",
                                          "Сейчас нет запроса, который ждёт вашего ответа. Ничего не изменилось.",
                                          "No request is waiting for your reply. Nothing has changed."};

}  // namespace

Choices choices_of_slot(int slot) {
    return {.yes = 2 * slot + 1, .no = 2 * slot + 2};
}

std::string question_text(const Question& question, Style style) {
    const Language language = style.language;
    const std::string whose = fmt::format(fmt::runtime(pick(question.ward.empty() ? own_data : data_of_ward, language)),
                                          fmt::arg("ward", question.ward));
    const std::string how = fmt::format(
        fmt::runtime(pick(question.code.empty() ? reply_by_digit : reply_by_code, language)),
        fmt::arg("yes", question.choices.yes), fmt::arg("no", question.choices.no), fmt::arg("code", question.code));
    return in_script(
        fmt::format(fmt::runtime(pick(question_pattern, language)),
                    fmt::arg("org", name_in(question.organisation, language)), fmt::arg("bin", question.bin),
                    fmt::arg("whose", whose), fmt::arg("data", list_of(question.services, language)),
                    fmt::arg("purpose", name_in(question.purpose, language)),
                    fmt::arg("term", term_in_words(question.term, language)),
                    fmt::arg("uses", uses_in_words(question.uses_max, language)), fmt::arg("how", how),
                    fmt::arg("by", question.answer_by), fmt::arg("check", question.check)),
        style);
}

std::string clarifying_text(const std::vector<OpenQuestion>& open, Style style) {
    std::string list;
    for (const OpenQuestion& question : open) {
        if (!list.empty()) list += "; ";
        const std::string yes =
            question.by_code ? std::string(pick(code_of_sms, style.language)) : std::to_string(question.choices.yes);
        std::string org = name_in(question.organisation, style.language);
        if (!question.ward.empty()) org += " (" + question.ward + ")";
        list += fmt::format(fmt::runtime(pick(choice_pattern, style.language)), fmt::arg("org", org),
                            fmt::arg("yes", yes), fmt::arg("no", question.choices.no));
    }
    return in_script(fmt::format(fmt::runtime(pick(clarifying_pattern, style.language)), fmt::arg("list", list)),
                     style);
}

std::string granted_text(const Subject& about, std::string_view until, Style style) {
    return written(granted_pattern, about, style, {.until = until, .code = {}});
}
std::string attested_text(const Subject& about, std::string_view until, Style style) {
    return written(attested_pattern, about, style, {.until = until, .code = {}});
}
std::string refused_text(const Subject& about, Style style) {
    return written(refused_pattern, about, style);
}
std::string expired_text(const Subject& about, Style style) {
    return written(expired_pattern, about, style);
}

std::string disclosed_text(const Subject& about, std::string_view when, Style style) {
    return written(disclosed_pattern, about, style, {.until = when, .code = {}});
}

std::string answered_elsewhere_text(const Subject& about, Style style) {
    return written(answered_elsewhere_pattern, about, style);
}
std::string code_attempts_over_text(const Subject& about, Style style) {
    return written(attempts_over_pattern, about, style);
}
std::string genuine_text(const Subject& about, Style style) {
    return written(genuine_pattern, about, style);
}
std::string not_genuine_text(Style style) {
    return in_script(std::string(pick(not_genuine_pattern, style.language)), style);
}
std::string wrong_code_text(int left, Style style) {
    return in_script(fmt::format(fmt::runtime(pick(wrong_code_pattern, style.language)), fmt::arg("left", left)),
                     style);
}

std::string nothing_open_text(Style style) {
    return in_script(std::string(pick(nothing_open_pattern, style.language)), style);
}

}  // namespace kelisim::channel
