// SPDX-License-Identifier: Apache-2.0
#include "channel/cabinet_texts.hpp"

#include "wording.hpp"

namespace kelisim::channel {

namespace {

constexpr base::Text sign_in_code{
    "Кабинетке кіру коды: {code}. 5 минут жарамды. Оны ешкімге айтпаңыз. Сұрамаған болсаңыз, ештеңе істемеңіз.",
    "Код входа в кабинет: {code}. Действует 5 минут. Никому его не называйте. Если вы его не просили, ничего не "
    "делайте.",
    "Sign-in code: {code}. Valid for 5 minutes. Tell it to nobody. If you did not ask for it, do nothing."};
constexpr base::Text answer_code{
    "{code} - келісім беру коды: {org}, {purpose}. 5 минут жарамды. Оны ешкімге айтпаңыз.",
    "{code} - код согласия: {org}, {purpose}. Действует 5 минут. Никому его не называйте.",
    "{code} is the code to agree: {org}, {purpose}. Valid for 5 minutes. Tell it to nobody."};
constexpr base::Text extension_code{
    "{code} - келісімді ұзарту коды: {org}, {purpose}. 5 минут жарамды. Оны ешкімге айтпаңыз.",
    "{code} - код продления согласия: {org}, {purpose}. Действует 5 минут. Никому его не называйте.",
    "{code} is the code to extend the consent: {org}, {purpose}. Valid for 5 minutes. Tell it to nobody."};
constexpr base::Text paused{"Келісім тоқтатыла тұрды: {org}, {purpose}. {data} берілмейді.",
                            "Согласие приостановлено: {org}, {purpose}. {data} не передаются.",
                            "The consent is paused: {org}, {purpose}. {data} are not passed on."};
constexpr base::Text resumed{"Келісім қайта қолданыста: {org}, {purpose}.",
                             "Согласие снова действует: {org}, {purpose}.",
                             "The consent holds again: {org}, {purpose}."};
constexpr base::Text withdrawn{"Сіз келісімді қайтарып алдыңыз: {org}, {purpose}. {data} бұдан былай берілмейді.",
                               "Вы отозвали согласие: {org}, {purpose}. {data} больше не передаются.",
                               "You withdrew your consent: {org}, {purpose}. {data} are no longer passed on."};
constexpr base::Text extended{"Келісім ұзартылды: {org}, {purpose}. {until} дейін жарамды.",
                              "Согласие продлено: {org}, {purpose}. Действует до {until}.",
                              "The consent was extended: {org}, {purpose}. Valid until {until}."};
constexpr base::Text restored{
    "{org} келісімді қайтарып алуға қарсылық білдірді, келісім қайта қолданыста: {purpose}. Себебі кабинетте. Дербес "
    "деректерді қорғау жөніндегі уәкілетті органға шағымдана аласыз.",
    "{org} возражает против отзыва, согласие снова действует: {purpose}. Причина в кабинете. Вы можете пожаловаться в "
    "уполномоченный орган по защите персональных данных.",
    "{org} objected to the withdrawal, the consent holds again: {purpose}. The reason is in your cabinet. You can "
    "complain to the authorized body for personal data protection."};
constexpr base::Text question_answered{
    "{org} деректердің қолданылуы туралы сұраққа жауап берді: {purpose}. Жауап кабинетте.",
    "{org} отвечает на вопрос об использовании данных: {purpose}. Ответ в кабинете.",
    "{org} answered the question about a use of data: {purpose}. The answer is in the cabinet."};
constexpr base::Text question_overdue{
    "{org} деректердің қолданылуы туралы сұраққа мерзімінде жауап бермеді: {purpose}. Дербес деректерді қорғау "
    "жөніндегі уәкілетті орган мұны көреді, оған шағымдана аласыз.",
    "Срок ответа на вопрос об использовании данных вышел, ответа нет: {org}, {purpose}. Уполномоченный орган по защите "
    "персональных данных это видит, вы можете ему пожаловаться.",
    "{org} did not answer the question about a use of data in time: {purpose}. The authorized body for personal data "
    "protection sees it, and you can complain to it."};

}  // namespace

std::string sign_in_code_text(std::string_view code, Style style) {
    return written(sign_in_code, {}, style, {.until = {}, .code = code});
}
std::string answer_code_text(std::string_view code, const Subject& about, Style style) {
    return written(answer_code, about, style, {.until = {}, .code = code});
}
std::string extension_code_text(std::string_view code, const Subject& about, Style style) {
    return written(extension_code, about, style, {.until = {}, .code = code});
}
std::string paused_text(const Subject& about, Style style) {
    return written(paused, about, style);
}
std::string resumed_text(const Subject& about, Style style) {
    return written(resumed, about, style);
}
std::string withdrawn_text(const Subject& about, Style style) {
    return written(withdrawn, about, style);
}
std::string extended_text(const Subject& about, std::string_view until, Style style) {
    return written(extended, about, style, {.until = until, .code = {}});
}
std::string restored_text(const Subject& about, Style style) {
    return written(restored, about, style);
}
std::string question_answered_text(const Subject& about, Style style) {
    return written(question_answered, about, style);
}
std::string question_overdue_text(const Subject& about, Style style) {
    return written(question_overdue, about, style);
}

}  // namespace kelisim::channel
