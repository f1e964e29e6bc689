// SPDX-License-Identifier: Apache-2.0
#include "owner/shep_channel.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "http/media_type.hpp"
#include "owner/problem.hpp"
#include "soap/fault.hpp"
#include "soap/security.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::owner {

using boost::asio::awaitable;
using http::Request;
using http::Response;

namespace {

// wire.md A8; and what SOAP 1.2 names itself.
bool is_soap(const Request& request) {
    const auto type = request.headers.once("content-type").value_or("");
    return std::ranges::any_of(
        std::to_array<std::string_view>({"text/xml", "application/xml", "text/plain", "application/soap+xml"}),
        [&](std::string_view each) { return http::is_media_type(type, each); });
}

void add_code(std::string& codes, const base::Reason& reason) {
    if (!codes.empty()) codes += "; ";
    codes += reason.code;
}

std::string codes_of(const base::Refusal& refusal) {
    std::string codes;
    for (const base::Reason* reason : refusal.reasons())
        add_code(codes, *reason);
    return codes;
}

trust::Findings everything_in(const trust::DocumentReport& report) {
    trust::Findings all = report.findings;
    for (const trust::SignerReport& signer : report.signers) {
        all.add(signer.findings);
        if (signer.certificate) all.add(signer.certificate->findings);
    }
    return all;
}

// Which of the three faults of wire.md A5: the certificate alone is to blame where everything else holds.
std::string_view code_of(const trust::DocumentReport& report) {
    if (report.findings.has(soap::soap_not_signed)) return soap::sce_not_signed;
    const auto holds = [](const trust::Findings& findings) { return findings.verdict() == trust::Verdict::valid; };
    const bool certificate_alone =
        !report.signers.empty() && holds(report.findings) &&
        std::ranges::all_of(report.signers, [&](const auto& each) { return each.certificate && holds(each.findings); });
    return certificate_alone ? soap::sce_transport_signature_outdated : soap::sce_transport_signature_wrong;
}

// A canonical form, which is what a signature covers, shows no CDATA sections: how it was written only the message tells.
soap::DataForm form_of(const soap::BusinessData& data, const soap::Envelope& envelope) {
    if (data.form() != soap::DataForm::escaped) return data.form();
    bool cdata = false;
    xml::Element body = envelope.body();
    body.walk([&](xml::Element each) { cdata = cdata || (each.name() == "data" && each.has_cdata()); });
    return cdata ? soap::DataForm::cdata : soap::DataForm::escaped;
}

struct Status {
    std::string_view code, text;
};
Status status_of(const base::Refusal* refused, std::string_view not_found) {
    if (refused == nullptr) return {"SCSS001", "Запрос выполнен успешно"};
    // The vocabulary of wire.md A5: no such person, and a mistake in the business data.
    return {refused->first().kind == base::Kind::not_found ? not_found : "SCSE002", refused->first().text.ru};
}

}  // namespace

std::vector<http::Route> ShepChannel::routes() {
    const http::Handler handler = [this](const Request& request) { return send_message(request); };
    return {{"POST", "/shep/", http::open("the message carries the token, and the gateway's signature", handler)}};
}

ShepChannel::Answer ShepChannel::send_message(const Request& request) {
    if (!is_soap(request)) co_return problem(415, soap_media_type_wrong);
    Exchange exchange;
    try {
        co_return co_await converse(request, exchange);
    } catch (const base::Outage&) {
        // No decision, so no data; and no refusal either, which a sender would take for an answer.
        parts_.observer.failed(request, std::current_exception());
    }
    co_return fault(exchange, soap::sce_internal, "service_unavailable");
}

ShepChannel::Answer ShepChannel::converse(const Request& request, Exchange& exchange) {
    const auto envelope = soap::Envelope::parse(base::as_bytes(request.body), soap::channel_limits);
    if (!envelope) co_return fault(exchange, soap::sce_malformed, codes_of(envelope.error()));
    exchange.version = envelope->version();

    // What is processed is what was signed, not what stands where it should.
    xml::Element body = envelope->body();
    std::optional<xml::Document> signed_body;
    if (options_.gateway) {
        const trust::DocumentReport report = verify(*envelope);
        if (report.verdict() != trust::Verdict::valid)
            co_return fault(exchange, code_of(report), codes_of(everything_in(report).refusal()));
        if (!is_of_gateway(report)) co_return fault(exchange, soap::sce_transport_signature_wrong, "gateway_differs");
        auto parsed = xml::Document::parse(report.content, soap::channel_limits);
        if (!parsed) co_return fault(exchange, soap::sce_malformed, codes_of(parsed.error()));
        signed_body = *std::move(parsed);
        body = signed_body->root();
    }

    const auto message = soap::read_send_message(body, parts_.zone);
    if (!message) co_return fault(exchange, soap::sce_malformed, message.error().in_words());
    exchange.session = message->session;
    if (!parts_.registry.serves(message->service_id))
        co_return fault(exchange, soap::sce_service_unknown, "unknown serviceId");
    const auto data = soap::BusinessData::read(message->data);
    if (!data) co_return fault(exchange, soap::sce_malformed, codes_of(data.error()));
    if (data->objection()) co_return fault(exchange, soap::sce_malformed, codes_of(*data->objection()));
    if (data->content() != soap::BusinessData::Content::document)
        co_return fault(exchange, soap::sce_malformed, "data: " + std::string(soap::shep_field_missing.code));
    co_return co_await answer(exchange, *message, *data, form_of(*data, *envelope));
}

ShepChannel::Answer ShepChannel::answer(const Exchange& exchange, const soap::SendMessage& message,
                                        const soap::BusinessData& data, soap::DataForm form) {
    const std::string id = new_id();
    const Inquiry inquiry{.service = message.service_id, .data = data, .sender = message.sender.id, .id = id};
    const auto answered = co_await parts_.registry.answer(inquiry);
    if (!answered) co_return fault(exchange, soap::sce_malformed, answered.error().in_words());
    base::Bytes document(answered->document.begin(), answered->document.end());
    if (options_.key) {
        auto signed_document = trust::sign_xml(document, *options_.key);
        if (!signed_document) throw base::Outage("answer not signed: " + codes_of(signed_document.error()));
        document = *std::move(signed_document);
    }
    auto content = soap::Data::document(document, form);
    if (!content) throw base::Outage("answer is no business document: " + codes_of(content.error()));
    const Status status =
        status_of(answered->refused ? &*answered->refused : nullptr, parts_.registry.not_found_code());
    const soap::SendMessageResponse response{.message_id = id,
                                             .correlation_id = message.message_id,
                                             .date = parts_.kelisim.now(),
                                             .status_code = std::string(status.code),
                                             .status_message = std::string(status.text),
                                             .session = message.session,
                                             .data = *std::move(content)};
    co_return enveloped(exchange, 200, soap::write(response, parts_.zone));
}

trust::DocumentReport ShepChannel::verify(const soap::Envelope& envelope) const {
    const base::Time now = parts_.kelisim.now();
    return soap::verify(
        envelope, {},
        {.authorities = *options_.gateway, .policy = policy_, .revocation = nullptr, .at = now, .now = now});
}

bool ShepChannel::is_of_gateway(const trust::DocumentReport& report) const {
    return options_.gateway_bin.empty() || std::ranges::all_of(report.signers, [&](const auto& each) {
               return each.certificate->subject().owner().bin == options_.gateway_bin;
           });
}

Response ShepChannel::fault(const Exchange& exchange, std::string_view code, std::string detail) const {
    const soap::FaultStyle style{.version = exchange.version};
    const auto text = soap::text_of_error(code);
    if (!text) throw std::logic_error("a fault without a text");
    const soap::ErrorInfo info{.code = std::string(code),
                               .message = std::string(text->ru),
                               .data = std::move(detail),
                               .date = parts_.kelisim.now(),
                               .session = exchange.session};
    return enveloped(exchange, 500, soap::write_fault(soap::FaultOf::sync_send_message, info, style, parts_.zone));
}

Response ShepChannel::enveloped(const Exchange& exchange, int status, const std::string& content) const {
    Response response{.status = status,
                      .content_type = "text/xml; charset=utf-8",
                      .headers = {{"Cache-Control", "no-store"}},
                      .body = {}};
    if (exchange.version == soap::Version::v12) response.content_type = "application/soap+xml; charset=utf-8";
    if (!options_.key) {
        response.body = soap::enveloped(exchange.version, content);
        return response;
    }
    const auto message =
        soap::sign({.version = exchange.version, .content = content, .body_id = "id-" + new_id()}, *options_.key);
    if (!message) throw base::Outage("answer not signed: " + codes_of(message.error()));
    response.body.assign(message->begin(), message->end());
    return response;
}

std::string ShepChannel::new_id() const {
    return base::RawId::make(parts_.kelisim.now(), base::Bucket{}, parts_.entropy).to_string();
}

}  // namespace kelisim::owner
