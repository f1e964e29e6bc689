// SPDX-License-Identifier: Apache-2.0
#include "xml/document.hpp"

namespace kelisim::xml {

using base::Kind;

const base::Reason xml_malformed{
    "xml_malformed",
    Kind::invalid,
    "XML 1.0",
    {"Мәтін дұрыс құрылған XML емес.", "Текст не является корректным XML.", "The text is not well-formed XML."}};
const base::Reason xml_encoding{"xml_encoding",
                                Kind::invalid,
                                "XML 1.0 section 4.3.3",
                                {"XML құжаты UTF-8 кодтауында болуы тиіс.",
                                 "XML-документ должен быть в кодировке UTF-8.", "An XML document must be in UTF-8."}};
const base::Reason xml_document_type{"xml_document_type",
                                     Kind::invalid,
                                     "XML 1.0 section 2.8",
                                     {"XML құжатында DTD болмауы тиіс.", "XML-документ не должен содержать DTD.",
                                      "An XML document must not have a document type declaration."}};
const base::Reason xml_too_large{
    "xml_too_large",
    Kind::too_large,
    "",
    {"XML құжаты тым үлкен.", "XML-документ слишком велик.", "The XML document is too large."}};
const base::Reason xml_too_deep{"xml_too_deep",
                                Kind::too_large,
                                "",
                                {"XML элементтері тым терең қабаттасқан.", "Слишком большая вложенность элементов XML.",
                                 "XML elements are nested too deeply."}};
const base::Reason xml_too_many_nodes{"xml_too_many_nodes",
                                      Kind::too_large,
                                      "",
                                      {"XML құжатында элементтер тым көп.", "В XML-документе слишком много элементов.",
                                       "The XML document has too many elements."}};
const base::Reason xml_too_many_attributes{"xml_too_many_attributes",
                                           Kind::too_large,
                                           "",
                                           {"XML элементінде атрибуттар немесе атау кеңістіктері тым көп.",
                                            "У элемента XML слишком много атрибутов или пространств имён.",
                                            "An XML element has too many attributes or namespaces."}};
const base::Reason xml_id_missing{
    "xml_id_missing",
    Kind::invalid,
    "",
    {"Аталған идентификаторы бар элемент жоқ.", "Нет элемента с указанным идентификатором.",
     "No element has the id that is referred to."}};
const base::Reason xml_id_twice{"xml_id_twice",
                                Kind::invalid,
                                "XML 1.0 section 3.3.1",
                                {"Бір идентификатор XML құжатында бірнеше рет кездеседі.",
                                 "Один идентификатор встречается в XML-документе несколько раз.",
                                 "An id stands in the XML document more than once."}};

}  // namespace kelisim::xml
