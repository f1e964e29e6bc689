// SPDX-License-Identifier: Apache-2.0
#include "gateway/soap_call.hpp"

#include <algorithm>

#include "xml/canonical.hpp"

namespace kelisim::gateway {

const base::Reason data_not_a_document{"data_not_a_document",
                                       base::Kind::invalid,
                                       "307/НК п.45-7",
                                       {"Хабарламаның data элементінде құжат жоқ, адамды табу мүмкін емес.",
                                        "В элементе data нет документа, и человека не найти.",
                                        "The data of the message hold no document in which a person could be found."}};
const base::Reason public_key_foreign{"gateway_public_key_foreign",
                                      base::Kind::forbidden,
                                      "236/НК п.2(8)",
                                      {"Хабарламадағы ашық кілт біздікі емес.", "Открытый ключ в сообщении не наш.",
                                       "The public key in the message is none of ours."}};
const base::Reason purpose_twice{"gateway_purpose_twice",
                                 base::Kind::invalid,
                                 "236/НК п.5(1)",
                                 {"Хабарламада екі түрлі мақсат аталған.", "В сообщении названы две разные услуги.",
                                  "The message names two different purposes."}};

namespace {

using Elements = std::vector<xml::Element>;

// Those that a path of local names leads to.
Elements at(const xml::Element& from, std::string_view path) {
    const auto slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    Elements found;
    for (const xml::Element& child : from.children()) {
        if (child.name() != name) continue;
        if (slash == std::string_view::npos) {
            found.push_back(child);
        } else {
            const Elements below = at(child, path.substr(slash + 1));
            found.insert(found.end(), below.begin(), below.end());
        }
    }
    return found;
}

// Clients wrap long values into lines.
std::string without_blanks(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

void add_once(std::vector<std::string>& all, std::string value) {
    if (!value.empty() && std::find(all.begin(), all.end(), value) == all.end()) all.push_back(std::move(value));
}

void add_values(const xml::Element& fields, std::initializer_list<std::string_view> paths,
                std::vector<std::string>& all) {
    for (const std::string_view path : paths) {
        for (const xml::Element& each : at(fields, path))
            add_once(all, without_blanks(each.text().value_or("")));
    }
}

constexpr std::size_t iin_digits = 12;

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 9562 4: groups of 8, 4, 4, 4 and 12 hexadecimal digits; 4.1 and 4.2: the variant is 8 to b, the version one that there is. Many
// write it without its hyphens.
bool is_uuid(std::string_view word) {
    constexpr std::string_view bare = "xxxxxxxxxxxxVxxxNxxxxxxxxxxxxxxx",
                               grouped = "xxxxxxxx-xxxx-Vxxx-Nxxx-xxxxxxxxxxxx";
    const std::string_view form = word.size() == bare.size() ? bare : grouped;
    return std::equal(word.begin(), word.end(), form.begin(), form.end(), [](char c, char expected) {
        if (expected == '-') return c == '-';
        if (expected == 'V') return c >= '1' && c <= '8';
        if (expected == 'N') return std::string_view("89abAB").find(c) != std::string_view::npos;
        return is_hex(c);
    });
}

// Whether the word around a place is one: what letters, digits and hyphens make. No further to either side than one could reach.
bool is_within_uuid(std::string_view text, std::size_t at) {
    constexpr std::size_t characters = 36;
    const auto in_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    };
    std::size_t begin = at, end = at;
    while (begin > 0 && at - begin <= characters && in_word(text[begin - 1]))
        --begin;
    while (end < text.size() && end - begin <= characters && in_word(text[end]))
        ++end;
    return is_uuid(text.substr(begin, end - begin));
}

}  // namespace

base::Result<SoapCall> read_soap_call(const soap::BusinessData& data, std::string_view subject) {
    if (data.content() != soap::BusinessData::Content::document) return base::Refusal(data_not_a_document);
    SoapCall call;
    for (const xml::Element& located : at(data.fields(), subject)) {
        const auto iin = base::Iin::parse(without_blanks(located.text().value_or("")));
        if (iin.has_error()) return iin.error();
        if (std::find(call.persons.begin(), call.persons.end(), *iin) == call.persons.end())
            call.persons.push_back(*iin);
    }
    // Nobody at the locator: then nobody is named as far as the decision goes, which objects to it.
    if (!call.persons.empty()) {
        for (const base::Iin& named : persons_in(data.root())) {
            if (std::find(call.persons.begin(), call.persons.end(), named) == call.persons.end())
                call.persons.push_back(named);
        }
    }
    add_values(data.fields(), {"kdpToken", "InfoAbtToken/tokens/Code", "businessData/InfoAbtToken/tokens/Code"},
               call.tokens);
    add_values(data.fields(),
               {"publicKey", "InfoAbtToken/tokens/PublicKey", "businessData/InfoAbtToken/tokens/PublicKey"},
               call.public_keys);
    return call;
}

base::Result<std::string> purpose_in(const std::vector<soap::Property>& properties) {
    constexpr std::string_view name = "purpose";
    std::string purpose;
    for (const soap::Property& each : properties) {
        if (each.key != name || each.value.empty()) continue;
        if (!purpose.empty() && each.value != purpose) return base::Refusal(purpose_twice);
        purpose = each.value;
    }
    return purpose;
}

void collect_persons(std::string_view text, std::vector<base::Iin>& persons) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin;
        while (end < text.size() && is_digit(text[end]))
            ++end;
        if (end - begin == iin_digits && !is_within_uuid(text, begin)) {
            const auto iin = base::Iin::parse(text.substr(begin, iin_digits));
            if (iin.has_value() && std::find(persons.begin(), persons.end(), *iin) == persons.end())
                persons.push_back(*iin);
        }
        begin = end + 1;
    }
}

std::vector<base::Iin> persons_in(const xml::Element& root) {
    std::vector<base::Iin> persons;
    const auto canonical = xml::canonical(root, xml::Canonical::exclusive);
    if (canonical) collect_persons(base::as_text(*canonical), persons);
    return persons;
}

bool gives_any(const xml::Element& root, const std::vector<std::string>& fields) {
    bool gives = false;
    root.walk([&](const xml::Element& element) {
        const bool is_field = std::find(fields.begin(), fields.end(), element.name()) != fields.end();
        if (is_field && (element.has_text() || !element.children().empty())) gives = true;
    });
    return gives;
}

}  // namespace kelisim::gateway
