// SPDX-License-Identifier: Apache-2.0
#include "owner/shep_message.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/limits.hpp"
#include "xml/document.hpp"

namespace kelisim::owner {

namespace {

namespace bj = boost::json;

constexpr std::size_t token_bytes_max = base::limits::jwt_bytes_max + base::limits::message_field_bytes_max;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string trimmed(std::string text) {
    const auto end = std::find_if_not(text.rbegin(), text.rend(), is_blank).base();
    text.erase(end, text.end());
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
    return text;
}

// Each entry of a list is an element of its own within the element of the list.
std::string_view entry_name(std::string_view list) {
    constexpr std::array<std::array<std::string_view, 2>, 3> names{
        {{"documents", "document"}, {"addresses", "address"}, {"children", "child"}}};
    for (const auto& [plural, singular] : names) {
        if (plural == list) return singular;
    }
    throw std::logic_error("a list of a record without a name for its entries");
}

std::string to_element(std::string_view name, const bj::value& value) {
    if (value.is_null()) return {};
    if (const auto* object = value.if_object()) return element(name, content_of(*object));
    if (const auto* list = value.if_array()) {
        std::string entries;
        for (const auto& each : *list)
            entries += to_element(entry_name(name), each);
        return element(name, entries);
    }
    if (const auto* truth = value.if_bool()) return leaf(name, *truth ? "true" : "false");
    return leaf(name, value.as_string());
}

}  // namespace

Fields::Fields(const soap::BusinessData& data, std::string_view ns) : ns_(ns), parent_(data.fields()) {
    data.root().walk([this](xml::Element each) { all_.push_back(each); });
}

std::vector<xml::Element> Fields::named(std::string_view name) const {
    std::vector<xml::Element> named;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(named),
                 [&](xml::Element each) { return each.name() == name; });
    return named;
}

bool Fields::is_own(xml::Element field, std::string_view name) {
    if (field.ns().empty() || field.ns() == ns_) return true;
    wrong(soap::shep_namespace, name);
    return false;
}

std::optional<xml::Element> Fields::one(std::string_view name) {
    const auto found = named(name);
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) {
        wrong(soap::shep_field_twice, name);
    } else if (found.front().parent() != parent_) {
        wrong(soap::shep_field_missing, name);
    } else if (is_own(found.front(), name)) {
        return found.front();
    }
    return std::nullopt;
}

std::string Fields::value(xml::Element field, std::string_view name, std::size_t bytes_max) {
    auto value = field.text();
    if (!value) return wrong(soap::shep_field_not_text, name);
    if (value->size() > bytes_max) return wrong(soap::shep_field_too_long, name);
    return trimmed(*std::move(value));
}

std::string Fields::text(std::string_view name, std::size_t bytes_max) {
    const auto field = one(name);
    return field ? value(*field, name, bytes_max) : std::string();
}

std::string Fields::required(std::string_view name) {
    const std::size_t defects = defects_.size();
    std::string value = text(name, base::limits::message_field_bytes_max);
    if (value.empty() && defects_.size() == defects) wrong(soap::shep_field_missing, name);
    return value;
}

std::optional<base::Iin> Fields::iin(std::string_view name) {
    const std::string text = required(name);
    if (text.empty()) return std::nullopt;
    const auto parsed = base::Iin::parse(text);
    if (parsed) return *parsed;
    wrong(parsed.error().first(), name);
    return std::nullopt;
}

ShownToken Fields::token(std::string_view token_name, std::string_view key_name) {
    std::string key = text(key_name, base::limits::message_text_bytes_max);
    std::string token = text(token_name, token_bytes_max);
    std::erase_if(token, is_blank);  // values arrive with their lines broken (wire.md B3)
    return {.token = base::Secret<std::string>(std::move(token)), .public_key = std::move(key)};
}

bool Fields::enter(std::string_view name) {
    const auto field = one(name);
    if (field) parent_ = *field;
    return field.has_value();
}

ShownToken Fields::shown(xml::Element in, std::string_view token_name, std::string_view key_name) {
    const auto only = [&](std::string_view name, std::size_t bytes_max) -> std::string {
        std::vector<xml::Element> found;
        for (const xml::Element child : in.children()) {
            if (child.name() == name) found.push_back(child);
        }
        if (found.size() > 1) return wrong(soap::shep_field_twice, name);
        if (found.empty() || !is_own(found.front(), name)) return {};
        return value(found.front(), name, bytes_max);
    };
    std::string token = only(token_name, token_bytes_max);
    std::erase_if(token, is_blank);
    return {.token = base::Secret<std::string>(std::move(token)),
            .public_key = only(key_name, base::limits::message_text_bytes_max)};
}

std::vector<ShownToken> Fields::tokens(std::string_view name, std::string_view token_name, std::string_view key_name,
                                       std::size_t most) {
    std::vector<ShownToken> all;
    const auto entries = named(name);
    if (entries.size() > most) {
        wrong(soap::shep_too_many, name);
        return all;
    }
    const auto is_entry = [&](const std::optional<xml::Element>& element) {
        return element && std::find(entries.begin(), entries.end(), *element) != entries.end();
    };
    for (const std::string_view inner : {token_name, key_name}) {
        const auto found = named(inner);
        if (!std::all_of(found.begin(), found.end(), [&](xml::Element each) { return is_entry(each.parent()); }))
            wrong(soap::shep_field_missing, inner);
    }
    for (const xml::Element each : entries) {
        if (each.parent() != parent_)
            wrong(soap::shep_field_missing, name);
        else if (is_own(each, name))
            all.push_back(shown(each, token_name, key_name));
    }
    return all;
}

std::string Fields::wrong(const base::Reason& reason, std::string_view name) {
    defects_.push_back({&reason, "data/" + std::string(name)});
    return {};
}

PersonRequest read_person_request(Fields& fields) {
    PersonRequest request{.message_id = fields.required("messageId"),
                          .sender_code = fields.text("senderCode", base::limits::message_field_bytes_max),
                          .iin = {},
                          .shown = fields.token("kdpToken", "publicKey")};
    if (const auto iin = fields.iin("iin")) request.iin = *iin;
    return request;
}

std::string element(std::string_view name, std::string_view content) {
    const std::string tag(name);
    return "<" + tag + ">" + std::string(content) + "</" + tag + ">";
}

std::string leaf(std::string_view name, std::string_view text) {
    return element(name, xml::escaped(text));
}

std::string content_of(const bj::object& record) {
    std::string content;
    for (const auto& [name, value] : record)
        content += to_element(name, value);
    return content;
}

std::string entry(std::string_view name, std::string_view code, std::string_view ru, std::string_view kk) {
    return element(name, leaf("code", code) + leaf("nameRu", ru) + leaf("nameKz", kk));
}

std::string result_of(std::string_view name, const base::Refusal* refused) {
    if (refused == nullptr) return entry(name, "00000", "Сообщение успешно обработано", "Хабарлама сәтті өңделді");
    std::string ru, kk;
    for (const base::Reason* reason : refused->reasons()) {
        const std::string_view between = ru.empty() ? "" : " ";
        ru.append(between).append(reason->text.ru);
        kk.append(between).append(reason->text.kk);
    }
    return entry(name, refused->first().code, ru, kk);
}

std::string to_xml(const Response& response, const base::Zone& zone) {
    const std::string content = leaf("messageId", response.message_id) +
                                leaf("messageDate", soap::to_wire_time(response.date, zone)) +
                                leaf("requestId", response.request_id) +
                                entry("sender", response.registry_key, response.registry_ru, response.registry_kk) +
                                entry("receiver", response.receiver, response.receiver, response.receiver) +
                                result_of("messageResult", response.refused) + response.content;
    return "<m:Response xmlns:m=\"" + std::string(response.ns) + "\">" + content + "</m:Response>";
}

}  // namespace kelisim::owner
