// SPDX-License-Identifier: Apache-2.0
#include "json/json.hpp"

namespace kelisim::json {

using base::Kind;
using base::Reason;

const Reason json_malformed{
    "json_malformed",
    Kind::invalid,
    "RFC 8259",
    {"Сұрау денесі дұрыс JSON емес.", "Тело запроса не является правильным JSON.", "The body is not valid JSON."}};
const Reason json_duplicate_key{"json_duplicate_key",
                                Kind::invalid,
                                "RFC 8259 section 4",
                                {"JSON объектісінде бір кілт екі рет берілген.", "В объекте JSON один ключ дан дважды.",
                                 "A JSON object gives one key twice."}};
const Reason json_too_deep{
    "json_too_deep",
    Kind::invalid,
    "RFC 8259 section 9",
    {"JSON тым терең кірістірілген.", "Слишком глубокая вложенность JSON.", "The JSON is nested too deeply."}};
const Reason json_too_large{"json_too_large",
                            Kind::too_large,
                            "RFC 8259 section 9",
                            {"JSON тым үлкен.", "Слишком большой JSON.", "The JSON is too large."}};
const Reason json_number_out_of_range{"json_number_out_of_range",
                                      Kind::invalid,
                                      "RFC 8259 section 6",
                                      {"JSON ішіндегі сан ауқымнан тыс.", "Число в JSON вне допустимого диапазона.",
                                       "A number of the JSON is out of range."}};
const Reason json_not_an_object{"json_not_an_object",
                                Kind::invalid,
                                "",
                                {"JSON объектісі күтілген.", "Ожидался объект JSON.", "A JSON object was expected."}};
const Reason json_member_missing{
    "json_member_missing",
    Kind::invalid,
    "",
    {"Міндетті өріс берілмеген.", "Не указано обязательное поле.", "A required member is missing."}};
const Reason json_member_type{
    "json_member_type",
    Kind::invalid,
    "",
    {"Өріс мәнінің түрі дұрыс емес.", "Значение поля не того типа.", "A member has a value of the wrong type."}};
const Reason json_member_range{"json_member_range",
                               Kind::invalid,
                               "",
                               {"Өріс мәні рұқсат етілген шектен тыс.", "Значение поля вне допустимых границ.",
                                "The value of a member is outside its bounds."}};
const Reason json_member_unknown{
    "json_member_unknown",
    Kind::invalid,
    "",
    {"Белгісіз өріс берілген.", "Указано неизвестное поле.", "An unknown member is given."}};

}  // namespace kelisim::json
