// SPDX-License-Identifier: Apache-2.0
#include "trust/xml_findings.hpp"

namespace kelisim::trust {

using base::Kind;
using base::Reason;

const Reason xml_signature_missing{"xml_signature_missing",
                                   Kind::invalid,
                                   "XMLDSig section 4.2",
                                   {"Құжатқа қол қойылмаған.", "Документ не подписан.", "The document is not signed."}};
const Reason xml_signature_extra{
    "xml_signature_extra",
    Kind::invalid,
    "XMLDSig section 8.1",
    {"Құжатта күтілгеннен көп қолтаңба бар.", "В документе больше подписей, чем ожидалось.",
     "The document has more signatures than expected."}};
const Reason xml_signature_place{
    "xml_signature_place",
    Kind::invalid,
    "XMLDSig section 8.1",
    {"Қолтаңба құжаттың күтілген жерінде тұрған жоқ.", "Подпись стоит не там, где она должна быть.",
     "The signature is not where it has to be."}};
const Reason xml_signature_structure{"xml_signature_structure",
                                     Kind::invalid,
                                     "XMLDSig section 4.2",
                                     {"XML қолтаңбасының құрылымы дұрыс емес.", "Структура подписи XML неверна.",
                                      "The XML signature has a wrong structure."}};
const Reason xml_signature_object{
    "xml_signature_object",
    Kind::invalid,
    "XMLDSig section 4.6",
    {"XML қолтаңбасының ішінде басқа мазмұн болмауы тиіс.", "Внутри подписи XML не должно быть другого содержимого.",
     "An XML signature must not hold other content."}};
const Reason xml_signature_algorithm{
    "xml_signature_algorithm",
    Kind::invalid,
    "XMLDSig section 4.4.2",
    {"XML қолтаңбасының алгоритмі рұқсат етілмеген.", "Алгоритм подписи XML не разрешён.",
     "The algorithm of the XML signature is not allowed."}};
const Reason xml_signature_algorithm_legacy{
    "xml_signature_algorithm_legacy",
    Kind::invalid,
    "307/НК п.60",
    {"Құжатқа ескірген алгоритммен қол қойылған.", "Документ подписан устаревшим алгоритмом.",
     "The document is signed with an algorithm that is no longer trusted."}};
const Reason xml_signature_canonical_form{
    "xml_signature_canonical_form",
    Kind::invalid,
    "XMLDSig section 4.4.1",
    {"XML қолтаңбасының канондық түрі рұқсат етілмеген.", "Канонический вид подписи XML не разрешён.",
     "The canonical form of the XML signature is not allowed."}};
const Reason xml_signature_transform{
    "xml_signature_transform",
    Kind::invalid,
    "XMLDSig section 8.1",
    {"XML қолтаңбасының түрлендіруі рұқсат етілмеген.", "Преобразование в подписи XML не разрешено.",
     "A transform of the XML signature is not allowed."}};
const Reason xml_signature_base64{
    "xml_signature_base64",
    Kind::invalid,
    "XMLDSig section 4.4.3.6",
    {"XML қолтаңбасындағы base64 мәні бүлінген.", "Значение base64 в подписи XML повреждено.",
     "A base64 value of the XML signature is damaged."}};
const Reason xml_signature_references{
    "xml_signature_references",
    Kind::invalid,
    "XMLDSig section 4.4.3",
    {"XML қолтаңбасы дәл бір бөлікке сілтеуі тиіс.", "Подпись XML должна ссылаться ровно на одну часть.",
     "An XML signature must refer to exactly one part."}};
const Reason xml_signature_uri{
    "xml_signature_uri",
    Kind::invalid,
    "XMLDSig section 4.4.3.1",
    {"XML қолтаңбасы құжаттан тыс немесе рұқсат етілмеген түрде сілтейді.",
     "Подпись XML ссылается за пределы документа или недопустимым образом.",
     "The XML signature refers to something outside the document, or in a way that is not allowed."}};
const Reason xml_signature_element{"xml_signature_element",
                                   Kind::invalid,
                                   "XMLDSig section 8.1",
                                   {"Оқылатын элементке қол қойылмаған.", "Подписан не тот элемент, который читается.",
                                    "Another element is signed than the one that is read."}};
const Reason xml_signature_comment{
    "xml_signature_comment",
    Kind::invalid,
    "XMLDSig section 4.4.3.3",
    {"Қол қойылған мәтіннің ішінде түсініктеме бар.", "Внутри подписанного текста стоит комментарий.",
     "A comment stands inside a signed text."}};
const Reason xml_signature_key_missing{
    "xml_signature_key_missing",
    Kind::invalid,
    "XMLDSig section 4.5",
    {"XML қолтаңбасында сертификат жоқ.", "В подписи XML нет сертификата.", "The XML signature has no certificate."}};
const Reason xml_signature_key_unknown{
    "xml_signature_key_unknown",
    Kind::invalid,
    "XMLDSig section 4.5.4",
    {"Қолтаңбада аталған сертификат бізге белгісіз.", "Сертификат, названный в подписи, неизвестен.",
     "The certificate that the signature names is not known here."}};
const Reason xml_signature_key_differs{
    "xml_signature_key_differs",
    Kind::invalid,
    "XMLDSig section 4.4.2",
    {"Қолтаңба алгоритмі сертификаттың кілтіне сәйкес келмейді.", "Алгоритм подписи не подходит к ключу сертификата.",
     "The algorithm of the signature does not fit the key of the certificate."}};
const Reason xml_signature_digest{"xml_signature_digest",
                                  Kind::invalid,
                                  "XMLDSig section 3.2.1",
                                  {"Құжат қол қойылғаннан кейін өзгертілген.", "Документ изменён после подписания.",
                                   "The document was changed after it was signed."}};
const Reason xml_signature_value{"xml_signature_value",
                                 Kind::invalid,
                                 "XMLDSig section 3.2.2",
                                 {"Қолтаңба сертификаттың кілтімен жасалмаған немесе бүлінген.",
                                  "Подпись сделана не ключом сертификата или повреждена.",
                                  "The signature was not made with the key of the certificate, or is damaged."}};
const Reason xml_signature_not_computable{"xml_signature_not_computable",
                                          Kind::invalid,
                                          "Canonical XML 1.0 section 1.3",
                                          {"XML қолтаңбасын есептеу мүмкін емес.", "Подпись XML невозможно вычислить.",
                                           "The XML signature cannot be computed."}};

}  // namespace kelisim::trust
