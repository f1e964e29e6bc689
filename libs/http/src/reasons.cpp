// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

namespace kelisim::http {

using base::Kind;
using base::Reason;

const Reason request_malformed{
    "request_malformed",
    Kind::invalid,
    "RFC 9112",
    {"HTTP сұрауы дұрыс емес.", "Неправильный запрос HTTP.", "The HTTP request is malformed."}};
const Reason route_not_found{"route_not_found",
                             Kind::not_found,
                             "RFC 9110 section 15.5.5",
                             {"Мұндай мекенжай жоқ.", "Нет такого адреса.", "There is no such address."}};
const Reason method_not_allowed{"method_not_allowed",
                                Kind::invalid,
                                "RFC 9110 section 15.5.6",
                                {"Бұл мекенжай мұндай әдісті қабылдамайды.", "Адрес не принимает такой метод.",
                                 "The address does not take this method."}};
const Reason request_timeout{
    "request_timeout",
    Kind::invalid,
    "RFC 9110 section 15.5.9",
    {"Сұрау уақытында толық келмеді.", "Запрос не пришёл целиком вовремя.", "The request did not arrive in time."}};
const Reason body_too_large{
    "body_too_large",
    Kind::too_large,
    "RFC 9110 section 15.5.14",
    {"Сұрау денесі тым үлкен.", "Слишком большое тело запроса.", "The body of the request is too large."}};
const Reason target_too_long{
    "target_too_long",
    Kind::too_large,
    "RFC 9110 section 15.5.15",
    {"Сұрау мекенжайы тым ұзын.", "Слишком длинный адрес запроса.", "The address of the request is too long."}};
const Reason expectation_failed{
    "expectation_failed",
    Kind::invalid,
    "RFC 9110 section 15.5.18",
    {"Expect тақырыбындағы талап қолдау таппайды.", "Требование заголовка Expect не поддерживается.",
     "What the Expect header asks for is not supported."}};
const Reason header_too_large{"header_too_large",
                              Kind::too_large,
                              "RFC 6585 section 5",
                              {"Сұрау тақырыптары тым үлкен.", "Слишком большие заголовки запроса.",
                               "The header fields of the request are too large."}};
const Reason internal_error{"internal_error",
                            Kind::invalid,
                            "RFC 9110 section 15.6.1",
                            {"Ішкі қате. Сұрау орындалмады.", "Внутренняя ошибка. Запрос не выполнен.",
                             "Internal error. The request was not carried out."}};
const Reason service_unavailable{
    "service_unavailable",
    Kind::too_many,
    "RFC 9110 section 15.6.4",
    {"Қызмет уақытша қолжетімсіз. Кейінірек қайталаңыз.", "Сервис временно недоступен. Повторите позже.",
     "The service is unavailable for now. Try again later."}};
const Reason deadline_exceeded{
    "deadline_exceeded",
    Kind::too_many,
    "RFC 9110 section 15.6.4",
    {"Жауап уақытында дайын болмады. Нәтижесі белгісіз.", "Ответ не был готов вовремя. Исход неизвестен.",
     "The answer was not ready in time. The outcome is unknown."}};

Response plain_error_page(int status, const Reason& reason, const Request&) {
    return text_response(status, std::string(reason.code) + ": " + std::string(reason.text.en) + "\n");
}

}  // namespace kelisim::http
