// SPDX-License-Identifier: Apache-2.0
#include "soap/envelope.hpp"
#include "soap/message_date.hpp"
#include "soap/security.hpp"

namespace kelisim::soap {

using base::Kind;
using base::Reason;

const Reason soap_not_an_envelope{
    "soap_not_an_envelope",
    Kind::invalid,
    "SOAP 1.1 section 4.1",
    {"Хабарлама SOAP конверті емес.", "Сообщение не является конвертом SOAP.", "The message is not a SOAP envelope."}};
const Reason soap_body{"soap_body",
                       Kind::invalid,
                       "SOAP 1.1 section 4.3",
                       {"SOAP хабарламасында дәл бір Body болуы тиіс.", "В сообщении SOAP должен быть ровно один Body.",
                        "A SOAP message has exactly one Body."}};
const Reason soap_header{"soap_header",
                         Kind::invalid,
                         "SOAP 1.1 section 4.2",
                         {"SOAP хабарламасының Header бөлігі дұрыс емес.", "Header сообщения SOAP неверен.",
                          "The Header of the SOAP message is wrong."}};
const Reason soap_header_not_understood{"soap_header_not_understood",
                                        Kind::invalid,
                                        "SOAP 1.1 section 4.2.3",
                                        {"SOAP хабарламасында біз білмейтін міндетті тақырып бар.",
                                         "В сообщении SOAP есть обязательный заголовок, который здесь неизвестен.",
                                         "The SOAP message has a mandatory header that is not known here."}};
const Reason soap_not_signed{
    "soap_not_signed",
    Kind::invalid,
    "SOAP Message Security 1.0 section 8",
    {"SOAP хабарламасына қол қойылмаған.", "Сообщение SOAP не подписано.", "The SOAP message is not signed."}};
const Reason soap_security_twice{
    "soap_security_twice",
    Kind::invalid,
    "SOAP Message Security 1.0 section 5",
    {"SOAP хабарламасында бірнеше Security тақырыбы бар.", "В сообщении SOAP несколько заголовков Security.",
     "The SOAP message has more than one Security header."}};
const Reason soap_security_unknown{"soap_security_unknown",
                                   Kind::invalid,
                                   "SOAP Message Security 1.0 section 5",
                                   {"Security тақырыбында біз өңдемейтін бөлік бар.",
                                    "В заголовке Security есть часть, которая здесь не обрабатывается.",
                                    "The Security header has a part that is not processed here."}};
const Reason soap_signature_beside{
    "soap_signature_beside",
    Kind::invalid,
    "SOAP Message Security 1.0 section 8",
    {"SOAP тақырыбында Security-ден тыс қолтаңба бар.", "В заголовке SOAP есть подпись вне Security.",
     "The SOAP header has a signature outside Security."}};
const Reason soap_key_reference{
    "soap_key_reference",
    Kind::invalid,
    "SOAP Message Security 1.0 section 7",
    {"Қолтаңба сертификатты біз қабылдайтын түрде атамайды.", "Подпись не называет сертификат в принимаемой форме.",
     "The signature names no certificate in a form that is accepted."}};
const Reason soap_key_unknown{
    "soap_key_unknown",
    Kind::invalid,
    "SOAP Message Security 1.0 section 7",
    {"Қолтаңбада аталған сертификат бізге белгісіз.", "Сертификат, названный в подписи, неизвестен.",
     "The certificate that the signature names is not known here."}};
const Reason soap_message_stale{"soap_message_stale",
                                Kind::invalid,
                                "",
                                {"Хабарлама тым ескі.", "Сообщение слишком старое.", "The message is too old."}};
const Reason soap_message_from_future{
    "soap_message_from_future",
    Kind::invalid,
    "",
    {"Хабарлама күні болашақта.", "Дата сообщения в будущем.", "The date of the message lies in the future."}};

}  // namespace kelisim::soap
