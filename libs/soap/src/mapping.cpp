// SPDX-License-Identifier: Apache-2.0
#include "mapping.hpp"

namespace kelisim::soap {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

// Of the character that begins there; 0 where none of UTF-8 does.
std::size_t character_at(std::string_view text, std::size_t at) {
    std::size_t size = 1;
    while (at + size < text.size() && size < 4 && continues(text[at + size]))
        ++size;
    return base::valid_utf8(text.substr(at, size)) ? size : 0;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size() && count > 0; --count) {
        ++at;
        while (at < text.size() && continues(text[at]))
            ++at;
    }
    return text.substr(0, at);
}

// XML 1.0 section 2.2; of what is UTF-8 only these are no characters of it.
bool outside_xml(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (first < 0x20) return first != '\t' && first != '\n' && first != '\r';
    return character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

}  // namespace

// --- Reading

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<xml::Element> Reader::all(std::string_view name) {
    std::vector<xml::Element> found;
    for (const xml::Element each : children_) {
        if (each.name() != name) continue;
        // Readers that go by local names alone exist (wire.md A8): what they would read, we do not pass over.
        if (!each.ns().empty() && each.ns() != message_.ns && each.ns() != message_.data_ns)
            fail(shep_namespace, name);
        else
            found.push_back(each);
    }
    return found;
}

std::optional<xml::Element> Reader::only(std::string_view name, Missing missing, const base::Reason& twice) {
    const std::size_t defects = message_.defects.size();
    const std::vector<xml::Element> found = all(name);
    if (found.size() == 1) return found.front();
    if (found.size() > 1)
        fail(twice, name);
    else if (missing != nullptr && message_.defects.size() == defects)
        fail(*missing, name);
    return std::nullopt;
}

std::optional<std::string> Reader::text_of(xml::Element element, std::string_view name, Size size) {
    const std::optional<std::string> whole = element.text();
    if (!whole) {
        fail(shep_field_not_text, name);
        return std::nullopt;
    }
    const std::string_view text = trimmed(*whole);
    if (text.size() > size.bytes_max || characters(text) > size.characters_max) {
        fail(shep_field_too_long, name);
        return std::nullopt;
    }
    return std::string(text);
}

std::optional<std::string> Reader::only_text(std::string_view name, Missing missing, Size size) {
    const auto element = only(name, missing, shep_field_twice);
    if (!element) return std::nullopt;
    std::optional<std::string> text = text_of(*element, name, size);
    if (!text || !text->empty()) return text;
    // <routeId/> means no route (wire.md A8).
    if (missing != nullptr) fail(*missing, name);
    return std::nullopt;
}

void Reader::text(std::string_view name, std::string& into, Missing missing, Size size) {
    if (auto text = only_text(name, missing, size)) into = *std::move(text);
}

void Reader::text(std::string_view name, base::Secret<std::string>& into, Missing missing, Size size) {
    if (auto text = only_text(name, missing, size)) into = base::Secret(*std::move(text));
}

void Reader::text(std::string_view name, base::Personal<std::string>& into, Missing missing, Size size) {
    if (auto text = only_text(name, missing, size)) into = base::Personal(*std::move(text));
}

void Reader::texts(std::string_view name, std::vector<std::string>& into, std::size_t count_max, Missing missing) {
    for (const xml::Element each : all(name)) {
        auto text = text_of(each, name, {});
        if (!text || text->empty()) continue;
        if (into.size() == count_max) return fail(shep_too_many, name);
        into.push_back(*std::move(text));
    }
    if (into.empty() && missing != nullptr) fail(*missing, name);
}

void Reader::time(std::string_view name, base::Time& into, Missing missing) {
    const auto text = only_text(name, missing, {});
    if (!text) return;
    if (const auto time = parse_wire_time(*text, message_.zone))
        into = *time;
    else
        fail(shep_date_malformed, name);
}

void Reader::time(std::string_view name, std::optional<base::Time>& into) {
    const auto text = only_text(name, nullptr, {});
    if (!text) return;
    into = parse_wire_time(*text, message_.zone);
    if (!into) fail(shep_date_malformed, name);
}

void Reader::time_if_any(std::string_view name, std::optional<base::Time>& into) {
    if (const auto text = only_text(name, nullptr, {})) into = parse_wire_time(*text, message_.zone);
}

void Reader::session(std::string_view name, std::optional<SessionId>& into) {
    const auto text = only_text(name, nullptr, {});
    if (!text) return;
    into = SessionId::parse(*text);
    if (!into) fail(shep_session_id_malformed, name);
}

void Reader::session_if_any(std::string_view name, std::optional<SessionId>& into) {
    if (const auto text = only_text(name, nullptr, {})) into = SessionId::parse(*text);
}

void Reader::number(std::string_view name, std::optional<std::int64_t>& into) {
    const auto text = only_text(name, nullptr, {});
    if (!text) return;
    into = base::parse_integer(*text);
    if (!into) fail(shep_value_unknown, name);
}

void Reader::number(std::string_view name, std::int64_t& into, Missing missing) {
    const auto text = only_text(name, missing, {});
    if (!text) return;
    const auto number = base::parse_integer(*text);
    if (!number) return fail(shep_value_unknown, name);
    into = *number;
}

void Reader::truth(std::string_view name, bool& into, Missing missing) {
    const std::size_t defects = message_.defects.size();
    std::optional<bool> truth;
    this->truth(name, truth);
    if (!truth && message_.defects.size() == defects) return fail(*missing, name);
    into = truth.value_or(false);
}

void Reader::truth(std::string_view name, std::optional<bool>& into) {
    const auto text = only_text(name, nullptr, {});
    if (!text) return;
    if (*text == "true" || *text == "1")
        into = true;
    else if (*text == "false" || *text == "0")
        into = false;
    else
        fail(shep_value_unknown, name);
}

void Reader::bytes(std::string_view name, base::Bytes& into, Missing missing) {
    auto text = only_text(name, missing, no_size);
    if (!text) return;
    // xsd:base64Binary: lines may be broken anywhere.
    std::erase_if(*text, [](char c) { return blanks.find(c) != std::string_view::npos; });
    if (auto bytes = base::from_base64(*text))
        into = *std::move(bytes);
    else
        fail(shep_value_unknown, name);
}

void Reader::data(std::string_view name, Data& into) {
    if (const auto found = only(name, nullptr, shep_data_twice)) into = Data(*found);
}

// --- Writing

std::string escaped_text(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_at(text, at);
        if (size == 0 || outside_xml(text.substr(at, size)))
            clean += "\xEF\xBF\xBD";
        else
            clean += text.substr(at, size);
        at += std::max<std::size_t>(size, 1);
    }
    return xml::escaped(clean);
}

void Writer::text(std::string_view name, const std::string& value, Missing missing, Size size) {
    if (!value.empty() || missing != nullptr) leaf(name, value, size);
}

void Writer::leaf(std::string_view name, std::string_view value, Size size) {
    open(name);
    out_ += escaped_text(first_characters(value, size.written_max));
    close(name);
}

void Writer::texts(std::string_view name, const std::vector<std::string>& values, std::size_t, Missing) {
    for (const std::string& each : values)
        text(name, each);
}

// --- Business data

Read<xml::Element> fields_in(const BusinessData& data, std::string_view ns, std::span<const std::string_view> names) {
    if (data.content() == BusinessData::Content::none) return Defects(shep_data_missing, "data");
    if (data.content() == BusinessData::Content::text) return Defects(business_data_not_xml, "data");
    const xml::Element holder = data.fields();
    if (holder.name() == "data") return holder;
    if (std::ranges::find(names, holder.name()) == names.end()) return Defects(shep_operation_unknown, "data");
    if (!holder.ns().empty() && holder.ns() != ns) return Defects(shep_namespace, "data/" + std::string(holder.name()));
    return holder;
}

// --- The body

Read<xml::Element> message_in(xml::Element body, std::span<const Named> expected) {
    const std::vector<xml::Element> children = body.children();
    if (children.empty()) return Defects(shep_body_empty, "");
    if (children.size() > 1 || body.has_text()) return Defects(shep_body_more, "");
    const xml::Element message = children.front();
    bool named = false;
    for (const Named& each : expected) {
        if (message.name() != each.name) continue;
        if (message.ns() == each.ns) return message;
        named = true;
    }
    if (!named) return Defects(shep_operation_unknown, "");
    if (message.ns().empty()) return message;
    return Defects(shep_namespace, std::string(message.name()));
}

}  // namespace kelisim::soap
