// SPDX-License-Identifier: Apache-2.0
#include "gateway/async_stored.hpp"

#include "gateway/several_persons.hpp"

namespace kelisim::gateway {

using records::AsyncState;

std::string to_stored(const soap::AsyncMessage& message, std::string_view token, const base::Zone& zone) {
    std::string content(token);  // of base64url and dots
    content += '\n';
    content += soap::enveloped(soap::Version::v11, soap::write(message, zone));
    return content;
}

StoredMessage from_stored(std::string_view content, const base::Zone& zone) {
    const auto end = content.find('\n');
    if (end == std::string_view::npos) throw records::Damaged("a stored message is none");
    // Of our own writing, and a little larger than what came in.
    auto envelope = soap::Envelope::parse(base::as_bytes(content.substr(end + 1)));
    if (envelope.has_error()) throw records::Damaged("a stored message does not read");
    auto message = soap::read_async_message(envelope->body(), zone);
    if (message.has_error()) throw records::Damaged("a stored message does not read");
    return {
        .token = std::string(content.substr(0, end)), .envelope = std::move(*envelope), .message = std::move(*message)};
}

std::optional<std::string> without_tokens(std::string_view content, const std::vector<std::int64_t>& numbers,
                                          const base::Zone& zone) {
    StoredMessage stored = from_stored(content, zone);
    const auto data = soap::BusinessData::read(stored.message.data);
    if (data.has_error()) throw records::Damaged("a stored message does not read");
    if (is_signed(*data)) return std::nullopt;
    const std::vector<std::size_t> entries(numbers.begin(), numbers.end());
    auto without = with_emptied(*data, entries, data->form());
    if (without.has_error()) throw records::Damaged("a stored message does not read");
    stored.message.data = std::move(*without);
    return to_stored(stored.message, stored.token, zone);
}

soap::MessageState state_of(AsyncState state) {
    switch (state) {
        case AsyncState::waiting:
            return soap::MessageState::on_delivery;
        case AsyncState::delivered:
            return soap::MessageState::delivered;
        case AsyncState::stopped:
            return soap::MessageState::delivery_stopped;
        case AsyncState::given_up:
        case AsyncState::returned:
            return soap::MessageState::not_delivered;
    }
    throw std::logic_error("a state of a message that is none");
}

soap::MessageStatus status_of(AsyncState state, std::string_view error, base::Time at) {
    const auto status = [at](const char* code, const char* text) {
        return soap::MessageStatus{.code = code, .message = text, .date = at};
    };
    switch (state) {
        case AsyncState::waiting:
            return error.empty() ? status("KLS100", "Сообщение в очереди получателя.")
                                 : status("KLS101", "Получатель не принял сообщение, доставка будет повторена.");
        case AsyncState::delivered:
            return status("KLS200", "Получатель принял сообщение.");
        case AsyncState::stopped:
            return error == "consent_ended" ? status("KLS403", "Согласие прекращено, доставка остановлена.")
                                            : status("KLS406", "Получатель отказался от сообщения.");
        case AsyncState::given_up:
            if (error == "too_old") return status("KLS408", "Срок доставки истёк.");
            return error.starts_with("contour_") || error == consent::use_service_ended.code
                       ? status("KLS412", "Обмен между этими системами больше не разрешён, доставка остановлена.")
                       : status("KLS410", "Получатель отклонил сообщение много раз.");
        case AsyncState::returned:
            return status("KLS411", "Оператор вернул сообщение отправителю.");
    }
    throw std::logic_error("a state of a message that is none");
}

soap::MessageStatus status_of(const records::AsyncMessage& message, const std::optional<records::Conversation>& in,
                              AsyncState state, std::string_view error, base::Time at) {
    soap::MessageStatus status = status_of(state, error, at);
    const bool goes_on = state == AsyncState::waiting || state == AsyncState::delivered;
    if (!in || !goes_on || message.kind != records::AsyncKind::request) return status;
    std::vector<RefusedToken> refused;
    for (const records::ConversationPart& each : in->parts) {
        if (!each.refused.empty())
            refused.push_back({.number = static_cast<std::size_t>(each.number), .codes = each.refused});
    }
    if (!refused.empty()) status.message = in_words(refused);
    return status;
}

}  // namespace kelisim::gateway
