// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/shep_message.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/limits.hpp"
#include "gbdfl_owner/owner.hpp"
#include "xml/document.hpp"

namespace kelisim::gbdfl {

namespace {

namespace bj = boost::json;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string trimmed(std::string text) {
    const auto end = std::find_if_not(text.rbegin(), text.rend(), is_blank).base();
    text.erase(end, text.end());
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
    return text;
}

class Fields {
public:
    explicit Fields(const soap::BusinessData& data) : parent_(data.fields()) {
        data.root().walk([this](xml::Element each) { all_.push_back(each); });
    }

    std::string text(std::string_view name, std::size_t bytes_max) {
        std::vector<xml::Element> named;
        std::copy_if(all_.begin(), all_.end(), std::back_inserter(named),
                     [&](xml::Element each) { return each.name() == name; });
        if (named.empty()) return {};
        if (named.size() > 1) return wrong(soap::shep_field_twice, name);
        const xml::Element field = named.front();
        const bool own = field.ns().empty() || field.ns() == message_namespace;
        if (field.parent() != parent_) return wrong(soap::shep_field_missing, name);
        if (!own) return wrong(soap::shep_namespace, name);
        auto value = field.text();
        if (!value) return wrong(soap::shep_field_not_text, name);
        if (value->size() > bytes_max) return wrong(soap::shep_field_too_long, name);
        return trimmed(*std::move(value));
    }
    std::string required(std::string_view name) {
        const std::size_t defects = defects_.size();
        std::string value = text(name, base::limits::message_field_bytes_max);
        if (value.empty() && defects_.size() == defects) wrong(soap::shep_field_missing, name);
        return value;
    }
    std::string wrong(const base::Reason& reason, std::string_view name) {
        defects_.push_back({&reason, "data/" + std::string(name)});
        return {};
    }
    std::vector<soap::Defect>& defects() { return defects_; }

private:
    xml::Element parent_;
    std::vector<xml::Element> all_;
    std::vector<soap::Defect> defects_;
};

std::string element(std::string_view name, std::string_view content) {
    const std::string tag(name);
    return "<" + tag + ">" + std::string(content) + "</" + tag + ">";
}

std::string leaf(std::string_view name, std::string_view text) {
    return element(name, xml::escaped(text));
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

std::string to_element(std::string_view name, const bj::value& value);

std::string content_of(const bj::object& record) {
    std::string content;
    for (const auto& [name, value] : record)
        content += to_element(name, value);
    return content;
}

std::string to_element(std::string_view name, const bj::value& value) {
    if (value.is_null()) return {};
    if (const auto* object = value.if_object()) return element(name, content_of(*object));
    if (const auto* list = value.if_array()) {
        std::string entries;
        for (const auto& entry : *list)
            entries += to_element(entry_name(name), entry);
        return element(name, entries);
    }
    if (const auto* truth = value.if_bool()) return leaf(name, *truth ? "true" : "false");
    return leaf(name, value.as_string());
}

// Every dictionary value of the schema has these.
std::string entry(std::string_view name, std::string_view code, std::string_view ru, std::string_view kk) {
    return element(name, leaf("code", code) + leaf("nameRu", ru) + leaf("nameKz", kk));
}

std::string message_result(const base::Refusal* refused) {
    if (refused == nullptr)
        return entry("messageResult", "00000", "Сообщение успешно обработано", "Хабарлама сәтті өңделді");
    // One code, the first; all reasons in words.
    std::string ru, kk;
    for (const base::Reason* reason : refused->reasons()) {
        const std::string_view between = ru.empty() ? "" : " ";
        ru.append(between).append(reason->text.ru);
        kk.append(between).append(reason->text.kk);
    }
    return entry("messageResult", refused->first().code, ru, kk);
}

}  // namespace

soap::Read<PersonRequest> read_person_request(const soap::BusinessData& data) {
    Fields fields(data);
    PersonRequest request{.message_id = fields.required("messageId"),
                          .sender_code = fields.text("senderCode", base::limits::message_field_bytes_max),
                          .iin = {},
                          .token = {},
                          .public_key = fields.text("publicKey", base::limits::message_text_bytes_max)};
    std::string token = fields.text("kdpToken", base::limits::jwt_bytes_max + base::limits::message_field_bytes_max);
    std::erase_if(token, is_blank);  // values arrive with their lines broken (wire.md B3)
    request.token = base::Secret<std::string>(std::move(token));
    const std::string iin = fields.required("iin");
    if (!iin.empty()) {
        const auto parsed = base::Iin::parse(iin);
        if (parsed)
            request.iin = *parsed;
        else
            fields.wrong(parsed.error().first(), "iin");
    }
    if (!fields.defects().empty()) return soap::Defects(std::move(fields.defects()));
    return request;
}

std::string to_xml(const PersonResponse& response, const base::Zone& zone) {
    std::string content =
        leaf("messageId", response.message_id) + leaf("messageDate", soap::to_wire_time(response.date, zone)) +
        leaf("requestId", response.request_id) +
        entry("sender", system_key, "Государственная база данных «Физические лица» (песочница)",
              "«Жеке тұлғалар» мемлекеттік дерекқоры (құмсалғыш)") +
        entry("receiver", response.receiver, response.receiver, response.receiver) + message_result(response.refused);
    if (response.person != nullptr) content += element("persons", element("person", content_of(*response.person)));
    return "<m:Response xmlns:m=\"" + std::string(message_namespace) + "\">" + content + "</m:Response>";
}

}  // namespace kelisim::gbdfl
