// SPDX-License-Identifier: Apache-2.0
#include "soap/business_data.hpp"
#include "soap/kdp.hpp"
#include "soap/shep.hpp"

namespace kelisim::soap {

using base::Kind;
using base::Reason;

const Reason shep_body_empty{
    "shep_body_empty",
    Kind::invalid,
    "SOAP 1.1 section 4.3",
    {"SOAP хабарламасының денесі бос.", "Тело сообщения SOAP пусто.", "The body of the SOAP message is empty."}};
const Reason shep_body_more{"shep_body_more",
                            Kind::invalid,
                            "SOAP 1.1 section 4.3",
                            {"SOAP денесінде бір ғана хабарлама болуы тиіс.",
                             "В теле SOAP должно быть ровно одно сообщение и ничего рядом с ним.",
                             "A SOAP body holds one message and nothing beside it."}};
const Reason shep_operation_unknown{"shep_operation_unknown",
                                    Kind::invalid,
                                    "",
                                    {"Бұл мекенжайда мұндай операция жоқ.", "По этому адресу нет такой операции.",
                                     "There is no such operation at this address."}};
const Reason shep_namespace{"shep_namespace",
                            Kind::invalid,
                            "Namespaces in XML 1.0",
                            {"Элемент бөгде атау кеңістігінде тұр.", "Элемент стоит в чужом пространстве имён.",
                             "An element is in a foreign namespace."}};
const Reason shep_request_missing{
    "shep_request_missing",
    Kind::invalid,
    "",
    {"Хабарламада request жоқ.", "В сообщении нет request.", "The message has no request."}};
const Reason shep_request_twice{
    "shep_request_twice",
    Kind::invalid,
    "",
    {"Хабарламада бірнеше request бар.", "В сообщении несколько request.", "The message has more than one request."}};
const Reason shep_info_missing{
    "shep_info_missing",
    Kind::invalid,
    "",
    {"Хабарлама туралы мәліметтер жоқ.", "Нет сведений о сообщении.", "The description of the message is missing."}};
const Reason shep_message_id_missing{"shep_message_id_missing",
                                     Kind::invalid,
                                     "",
                                     {"messageId көрсетілмеген.", "Не указан messageId.", "The messageId is missing."}};
const Reason shep_correlation_id_missing{"shep_correlation_id_missing",
                                         Kind::invalid,
                                         "",
                                         {"correlationId көрсетілмеген: ол REQUEST-тен басқа әр түрде міндетті.",
                                          "Не указан correlationId: он обязателен для всех типов, кроме REQUEST.",
                                          "The correlationId is missing: every type but REQUEST has to have it."}};
const Reason shep_service_id_missing{"shep_service_id_missing",
                                     Kind::invalid,
                                     "",
                                     {"serviceId көрсетілмеген.", "Не указан serviceId.", "The serviceId is missing."}};
const Reason shep_sender_missing{"shep_sender_missing",
                                 Kind::invalid,
                                 "",
                                 {"Жіберуші көрсетілмеген.", "Не указан отправитель.", "The sender is missing."}};
const Reason shep_message_date_missing{
    "shep_message_date_missing",
    Kind::invalid,
    "",
    {"Хабарламаның күні көрсетілмеген.", "Не указана дата сообщения.", "The date of the message is missing."}};
const Reason shep_date_malformed{"shep_date_malformed",
                                 Kind::invalid,
                                 "XML Schema part 2 section 3.2.7",
                                 {"Күн қате жазылған.", "Дата записана неверно.", "A date is malformed."}};
const Reason shep_session_id_malformed{
    "shep_session_id_malformed",
    Kind::invalid,
    "",
    {"sessionId қате жазылған.", "sessionId записан неверно.", "The sessionId is malformed."}};
const Reason shep_data_missing{
    "shep_data_missing",
    Kind::invalid,
    "",
    {"Хабарламаның деректер бөлігі жоқ.", "В сообщении нет части с данными.", "The message has no part for its data."}};
const Reason shep_data_twice{"shep_data_twice",
                             Kind::invalid,
                             "",
                             {"Хабарламаның деректері бірнеше рет берілген.", "Данные сообщения указаны несколько раз.",
                              "The data of the message are given more than once."}};
const Reason shep_field_missing{
    "shep_field_missing",
    Kind::invalid,
    "",
    {"Міндетті өріс жоқ.", "Нет обязательного поля.", "A field that has to be there is missing."}};
const Reason shep_field_twice{
    "shep_field_twice",
    Kind::invalid,
    "",
    {"Өріс бірнеше рет берілген.", "Поле указано несколько раз.", "A field is given more than once."}};
const Reason shep_field_too_long{
    "shep_field_too_long", Kind::too_large, "", {"Өріс тым ұзын.", "Слишком длинное поле.", "A field is too long."}};
const Reason shep_field_not_text{"shep_field_not_text",
                                 Kind::invalid,
                                 "",
                                 {"Мәтін өрісінің ішінде элементтер бар.", "В текстовом поле стоят элементы.",
                                  "A field that is a text has elements in it."}};
const Reason shep_value_unknown{
    "shep_value_unknown",
    Kind::invalid,
    "",
    {"Өрістің мұндай мәні болмайды.", "Такого значения у поля не бывает.", "A field cannot have this value."}};
const Reason shep_too_many{
    "shep_too_many",
    Kind::too_large,
    "",
    {"Қайталанатын элемент тым көп.", "Слишком много повторений элемента.", "An element is repeated too often."}};
const Reason business_data_mixed{
    "business_data_mixed",
    Kind::invalid,
    "",
    {"Деректерде элементтер мен мәтін аралас.", "В данных элементы и текст стоят вперемешку.",
     "The data are elements and text mixed."}};
const Reason business_data_no_root{"business_data_no_root",
                                   Kind::invalid,
                                   "",
                                   {"Деректер құжатының түбірі data емес.", "Корень документа данных не data.",
                                    "The root of the business document is not data."}};

const Reason business_data_not_xml{
    "business_data_not_xml",
    Kind::invalid,
    "",
    {"Деректер XML ретінде оқылмайды.", "Данные не читаются как XML.", "The data cannot be read as XML."}};
const Reason kdp_ovt_missing{"kdp_ovt_missing",
                             Kind::invalid,
                             "",
                             {"SMS сұралмайды, бірақ ovt да берілмеген.", "Запрос без SMS, но ovt не указан.",
                              "Nobody is asked by SMS, and there is no ovt."}};
const Reason kdp_too_many_services{
    "kdp_too_many_services",
    Kind::too_large,
    "",
    {"access_name тым көп сервисті атайды.", "В access_name указано слишком много сервисов.",
     "access_name names too many services."}};

}  // namespace kelisim::soap
