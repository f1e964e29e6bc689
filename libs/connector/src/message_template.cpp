// SPDX-License-Identifier: Apache-2.0
#include "connector/message_template.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "xml/document.hpp"
#include "xml/element.hpp"

namespace kelisim::connector {

using base::Kind;

const base::Reason template_place{
    "connector_template_place",
    Kind::invalid,
    "",
    {"Үлгіде {орын} мән тұра алмайтын жерде: тек элемент мәтіні немесе атрибут мәні бола алады.",
     "В шаблоне {место} стоит там, где значения быть не может: оно бывает только текстом элемента или значением "
     "атрибута.",
     "A {place} of the template stands where no value can: it is the text of an element or the value of an "
     "attribute."}};
const base::Reason template_person{"connector_template_person",
                                   Kind::invalid,
                                   "94-V art. 8",
                                   {"Үлгіде {iin} жоқ, сондықтан кімнің деректері сұралатыны белгісіз.",
                                    "В шаблоне нет {iin}, и неизвестно, чьи данные запрашиваются.",
                                    "The template has no {iin}, so it does not say whose data are asked for."}};

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Each text between places, then the place after it; the last text has none.
void read(std::string_view text, const std::function<void(std::string_view)>& between,
          const std::function<void(std::string_view)>& place) {
    std::size_t begin = 0;
    for (std::size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
        std::size_t end = open + 1;
        while (end < text.size() && is_name_character(text[end]))
            ++end;
        if (end == open + 1 || end == text.size() || text[end] != '}') continue;
        between(text.substr(begin, open - begin));
        place(text.substr(open + 1, end - open - 1));
        begin = end + 1;
        open = end;
    }
    between(text.substr(begin));
}

std::size_t count_places(std::string_view text) {
    std::size_t count = 0;
    read(
        text, [](std::string_view) {}, [&](std::string_view) { ++count; });
    return count;
}

// Also for an attribute in single quotes.
std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : xml::escaped(value))
        out += c == '\'' ? std::string("&#39;") : std::string(1, c);
    return out;
}

// Those where a value is escaped as it has to be.
std::size_t count_usable(const xml::Element& root) {
    std::size_t count = 0;
    root.walk([&](const xml::Element& element) {
        for (const xml::Attribute& attribute : element.attributes())
            count += count_places(attribute.value);
        if (!element.has_cdata() && !element.has_comment_in_text()) count += count_places(element.text().value_or(""));
    });
    return count;
}

}  // namespace

base::Result<MessageTemplate> MessageTemplate::parse(std::string xml) {
    const auto document = xml::Document::parse(base::as_bytes(xml));
    if (document.has_error()) return document.error();
    std::set<std::string, std::less<>> places;
    read(
        xml, [](std::string_view) {}, [&](std::string_view place) { places.emplace(place); });
    if (count_places(xml) != count_usable(document->root())) return base::Refusal(template_place);
    if (!places.contains("iin")) return base::Refusal(template_person);
    return MessageTemplate(std::move(xml), std::move(places));
}

std::string MessageTemplate::filled(const Values& values) const {
    std::string out;
    read(
        xml_, [&](std::string_view text) { out += text; },
        [&](std::string_view place) { out += escaped(values.find(place)->second); });
    return out;
}

}  // namespace kelisim::connector
