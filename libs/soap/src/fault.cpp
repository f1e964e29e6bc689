// SPDX-License-Identifier: Apache-2.0
#include "soap/fault.hpp"

#include "fault_mapping.hpp"
#include "soap/async_channel.hpp"
#include "soap/kdp.hpp"
#include "soap/sync_channel.hpp"

namespace kelisim::soap {
namespace {

struct Detail {
    FaultOf operation;
    Named element;
};
// wire.md A1
constexpr auto details = std::to_array<Detail>({
    {FaultOf::sync_send_message, {sync_types_namespace, "SendMessageFault1_SendMessageFault"}},
    {FaultOf::send_message, {async_types_namespace, "sendMessageFault1_sendMessageFault"}},
    {FaultOf::send_delivery_notification,
     {async_types_namespace, "sendDeliveryNotificationFault1_sendDeliveryNotificationFault"}},
    {FaultOf::get_message_status, {async_types_namespace, "getMessageStatusFault1_getMessageStatusFault"}},
    {FaultOf::get_messages, {async_types_namespace, "getMessagesFault1_getMessagesFault"}},
    {FaultOf::client_send_message, {async_client_types_namespace, "sendMessageFault1_sendMessageFault"}},
    {FaultOf::change_status_notification,
     {async_client_types_namespace, "changeMassageStatusNotificationFault1_changeMassageStatusNotificationFault"}},
    {FaultOf::person_data_access_control, {kdp_facade_namespace, "PersonDataAccessControlFault"}},
});

constexpr auto codes = std::to_array<ErrorCode>({
    {sce_malformed,
     {"Хабарлама форматқа сәйкес емес", "Сообщение не соответствует формату", "The message does not match the format"}},
    {sce_service_unknown, {"Сервис жоқ", "Сервис не существует", "The service does not exist"}},
    {sce_transport_signature_outdated,
     {"Көліктік қолтаңба өзекті емес", "Транспортная подпись не актуальная", "The transport signature is not current"}},
    {sce_transport_signature_wrong,
     {"Көліктік қолтаңба дұрыс емес", "Не верная транспортная подпись", "The transport signature is wrong"}},
    {sce_not_signed, {"Хабарламаға қол қойылмаған", "Сообщение не подписано", "The message is not signed"}},
    {sce_data_signature_outdated,
     {"Бизнес-деректердің қолтаңбасы өзекті емес", "Подпись бизнес-данных не актуальная",
      "The signature of the business data is not current"}},
    {sce_data_signature_wrong,
     {"Бизнес-деректердің қолтаңбасы дұрыс емес", "Не верная подпись бизнес-данных",
      "The signature of the business data is wrong"}},
    {sce_data_not_signed,
     {"Бизнес-деректерге қол қойылмаған", "Бизнес-данные не подписаны", "The business data are not signed"}},
    {sce_internal,
     {"Ақпараттық жүйенің ішкі қатесі", "Внутренняя ошибка информационной системы",
      "Internal error of the information system"}},
});

std::string leaf(std::string_view name, std::string_view text, std::string_view attributes = {}) {
    const std::string tag(name);
    return "<" + tag + std::string(attributes) + ">" + escaped_text(text) + "</" + tag + ">";
}

// Some qualify what SOAP 1.1 leaves unqualified.
std::optional<xml::Element> child_of(xml::Element fault, std::string_view ns, std::string_view name) {
    const auto plain = fault.child("", name);
    return plain ? plain : fault.child(ns, name);
}

std::string text_of(const std::optional<xml::Element>& element) {
    const std::string whole = element ? element->text().value_or("") : "";
    return std::string(trimmed(whole).substr(0, base::limits::message_text_bytes_max));
}

std::optional<xml::Element> error_info_in(const std::optional<xml::Element>& detail) {
    if (!detail) return std::nullopt;
    for (const xml::Element each : detail->children())
        for (const Detail& known : details)
            if (each.name() == known.element.name) return each;
    return std::nullopt;
}

}  // namespace

std::string_view Fault::error_code() const {
    if (info) return info->code;
    return code.starts_with("SCE") ? std::string_view(code) : std::string_view();
}

std::string write_fault(FaultOf operation, const ErrorInfo& info, const FaultStyle& style, const base::Zone& zone) {
    const Named element = std::ranges::find(details, operation, &Detail::operation)->element;
    const std::string detail =
        Writer(zone).wrapped("err", element.ns, element.name, [&](Writer& to) { map(to, info); });
    const std::string open = "<soap:Fault xmlns:soap=\"" + std::string(namespace_of(style.version)) + "\">";
    if (style.version == Version::v12)
        // SOAP 1.2 part 1 section 5.4: the Value is one of five qualified names, so no code of ШЭП.
        return open + "<soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code><soap:Reason>" +
               leaf("soap:Text", info.message, " xml:lang=\"" + std::string(base::to_string(style.language)) + "\"") +
               "</soap:Reason><soap:Detail>" + detail + "</soap:Detail></soap:Fault>";
    return open + leaf("faultcode", style.form == FaultForm::bare_code ? info.code : "soap:Server") +
           leaf("faultstring", info.message) + "<detail>" + detail + "</detail></soap:Fault>";
}

std::optional<Fault> read_fault(xml::Element body, const base::Zone& zone) {
    for (const Version version : {Version::v11, Version::v12}) {
        const std::string_view ns = namespace_of(version);
        const auto element = body.child(ns, "Fault");
        if (!element) continue;
        Fault fault;
        std::optional<xml::Element> detail;
        if (version == Version::v11) {
            fault.code = text_of(child_of(*element, ns, "faultcode"));
            fault.reason = text_of(child_of(*element, ns, "faultstring"));
            detail = child_of(*element, ns, "detail");
        } else {
            if (const auto code = element->child(ns, "Code")) fault.code = text_of(code->child(ns, "Value"));
            const auto reason = element->child(ns, "Reason");
            // One text for each language; the first will do.
            if (const auto texts = reason ? reason->children(ns, "Text") : std::vector<xml::Element>{}; !texts.empty())
                fault.reason = text_of(texts.front());
            detail = element->child(ns, "Detail");
        }
        if (const auto info = error_info_in(detail))
            if (auto read = read_message<ErrorInfo>(*info, info->ns(), zone)) fault.info = *std::move(read);
        return fault;
    }
    return std::nullopt;
}

std::span<const ErrorCode> error_codes() {
    return codes;
}

std::optional<base::Text> text_of_error(std::string_view code) {
    const auto found = std::ranges::find(codes, code, &ErrorCode::code);
    if (found == codes.end()) return std::nullopt;
    return found->text;
}

}  // namespace kelisim::soap
