// SPDX-License-Identifier: Apache-2.0
#include "trust/cms_findings.hpp"

namespace kelisim::trust {

using base::Kind;
using base::Reason;

const Reason cms_malformed{"cms_malformed",
                           Kind::invalid,
                           "RFC 5652 section 5.1",
                           {"Қойылған қол оқылмайды.", "Подпись не читается.", "The signature cannot be read."}};
const Reason cms_too_large{"cms_too_large",
                           Kind::too_large,
                           "RFC 5652 section 5.1",
                           {"Қол қойылған құжат тым үлкен немесе онда қол тым көп.",
                            "Подписанный документ слишком велик, или подписей в нём слишком много.",
                            "The signed document is too large, or has too many signatures."}};
const Reason cms_not_signed{
    "cms_not_signed",
    Kind::invalid,
    "RFC 5652 section 5.1",
    {"Бұл қол қойылған құжат емес.", "Это не подписанный документ.", "This is no signed document."}};
const Reason cms_no_signer{
    "cms_no_signer",
    Kind::invalid,
    "RFC 5652 section 5.1",
    {"Құжатта бірде-бір қол жоқ.", "В документе нет ни одной подписи.", "The document bears no signature."}};
const Reason cms_no_such_signer{
    "cms_no_such_signer",
    Kind::invalid,
    "RFC 5652 section 5.3",
    {"Құжатта мұндай қол қоюшы жоқ.", "Такого подписавшего в документе нет.", "The document has no such signer."}};
const Reason cms_content_missing{
    "cms_content_missing",
    Kind::invalid,
    "RFC 5652 section 5.2",
    {"Қол қойылған мазмұн жоқ.", "Нет содержимого, которое подписано.", "The content that was signed is missing."}};
const Reason cms_content_differs{"cms_content_differs",
                                 Kind::invalid,
                                 "RFC 5652 section 5.2",
                                 {"Қол басқа мазмұнға қойылған.", "Подпись поставлена под другим содержимым.",
                                  "The signature holds other content than was given."}};
const Reason cms_signer_certificate_missing{
    "cms_signer_certificate_missing",
    Kind::invalid,
    "RFC 5652 section 5.3",
    {"Қол қоюшының сертификаты жоқ.", "Нет сертификата подписавшего.", "The certificate of the signer is missing."}};
const Reason cms_algorithm_unknown{
    "cms_algorithm_unknown",
    Kind::invalid,
    "RFC 5652 section 5.3",
    {"Қолдың алгоритмі белгісіз.", "Неизвестный алгоритм подписи.", "The algorithm of the signature is not known."}};
const Reason cms_algorithm_legacy{"cms_algorithm_legacy",
                                  Kind::invalid,
                                  "307/НК п.60",
                                  {"Қол ескірген алгоритммен қойылған.", "Подпись поставлена устаревшим алгоритмом.",
                                   "The signature was made with an algorithm that is no longer trusted."}};
const Reason cms_signed_attributes_absent{"cms_signed_attributes_absent",
                                          Kind::invalid,
                                          "RFC 5652 section 5.3",
                                          {"Қолда қорғалған мәліметтер жоқ.", "В подписи нет подписанных атрибутов.",
                                           "The signature has no signed attributes."}};
const Reason cms_attribute_repeated{
    "cms_attribute_repeated",
    Kind::invalid,
    "RFC 5652 section 11",
    {"Қолдың мәліметі қайталанған.", "Атрибут подписи повторяется.", "An attribute of the signature is repeated."}};
const Reason cms_attribute_malformed{
    "cms_attribute_malformed",
    Kind::invalid,
    "RFC 5652 section 11",
    {"Қолдың мәліметі оқылмайды.", "Атрибут подписи не читается.", "An attribute of the signature cannot be read."}};
const Reason cms_attribute_missing{"cms_attribute_missing",
                                   Kind::invalid,
                                   "RFC 5652 section 5.3",
                                   {"Қолда міндетті мәлімет жоқ.", "В подписи нет обязательного атрибута.",
                                    "The signature lacks an attribute that it must have."}};
const Reason cms_content_type_differs{
    "cms_content_type_differs",
    Kind::invalid,
    "RFC 5652 section 11.1",
    {"Қол мазмұнның басқа түріне қойылған.", "Подпись относится к другому виду содержимого.",
     "The signature is for another type of content."}};
const Reason cms_digest_differs{"cms_digest_differs",
                                Kind::invalid,
                                "RFC 5652 section 5.6",
                                {"Мазмұн қол қойылғаннан кейін өзгерген.", "Содержимое изменено после подписания.",
                                 "The content was changed after it was signed."}};
const Reason cms_signing_certificate_differs{
    "cms_signing_certificate_differs",
    Kind::invalid,
    "RFC 5035 section 3",
    {"Қолда басқа сертификат көрсетілген.", "В подписи назван другой сертификат.",
     "The signature names another certificate."}};
const Reason cms_signing_certificate_absent{"cms_signing_certificate_absent",
                                            Kind::invalid,
                                            "RFC 5126 section 5.7.3",
                                            {"Қолда сертификат көрсетілмеген.", "В подписи не назван сертификат.",
                                             "The signature does not name its certificate."}};
const Reason cms_signature_wrong{"cms_signature_wrong",
                                 Kind::invalid,
                                 "RFC 5652 section 5.6",
                                 {"Қол дұрыс емес.", "Подпись неверна.", "The signature is wrong."}};
const Reason cms_time_stamp_absent{
    "cms_time_stamp_absent",
    Kind::invalid,
    "RFC 5126 section 6.1.1",
    {"Қолда уақыт белгісі жоқ.", "В подписи нет метки времени.", "The signature has no time stamp."}};
const Reason time_stamp_malformed{
    "time_stamp_malformed",
    Kind::invalid,
    "RFC 3161 section 2.4.2",
    {"Уақыт белгісі оқылмайды.", "Метка времени не читается.", "The time stamp cannot be read."}};
const Reason time_stamp_refused{
    "time_stamp_refused",
    Kind::invalid,
    "RFC 3161 section 2.4.2",
    {"Уақыт белгісі қызметі бас тартты.", "Служба меток времени отказала.", "The time-stamping authority refused."}};
const Reason time_stamp_nonce{"time_stamp_nonce",
                              Kind::invalid,
                              "RFC 3161 section 2.4.2",
                              {"Уақыт белгісі біздің сұрауға берілмеген.", "Метка времени дана не на наш запрос.",
                               "The time stamp does not belong to our request."}};
const Reason time_stamp_policy{"time_stamp_policy",
                               Kind::invalid,
                               "RFC 3161 section 2.4.2",
                               {"Уақыт белгісі басқа тәртіппен берілген.", "Метка времени выдана по другой политике.",
                                "The time stamp was given under another policy."}};
const Reason time_stamp_imprint_differs{
    "time_stamp_imprint_differs",
    Kind::invalid,
    "RFC 3161 section 2.4.2",
    {"Уақыт белгісі басқа деректерге берілген.", "Метка времени относится к другим данным.",
     "The time stamp is for other data."}};
const Reason time_stamp_imprint_weak{
    "time_stamp_imprint_weak",
    Kind::invalid,
    "307/НК п.60",
    {"Уақыт белгісі ескірген хэш алгоритмімен берілген.", "Метка времени дана по устаревшему алгоритму хэширования.",
     "The time stamp rests on a hash algorithm that is no longer trusted."}};
const Reason time_stamp_not_one_signer{
    "time_stamp_not_one_signer",
    Kind::invalid,
    "RFC 3161 section 2.4.2",
    {"Уақыт белгісінде дәл бір қол болуы керек.", "В метке времени должна быть ровно одна подпись.",
     "A time stamp must bear exactly one signature."}};
const Reason time_stamp_from_future{"time_stamp_from_future",
                                    Kind::invalid,
                                    "RFC 3161 section 2.4.2",
                                    {"Уақыт белгісі болашақ күнімен берілген.", "Метка времени датирована будущим.",
                                     "The time stamp is dated in the future."}};
const Reason time_stamp_outside_validity{
    "time_stamp_outside_validity",
    Kind::invalid,
    "RFC 3161 section 4",
    {"Уақыт белгісі қызмет сертификатының мерзімінен тыс берілген.", "Метка времени дана вне срока сертификата службы.",
     "The time stamp was given outside the validity of its certificate."}};

}  // namespace kelisim::trust
