// SPDX-License-Identifier: Apache-2.0
#include "gateway/signed_messages.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/unit.hpp"
#include "http_signatures/content_digest.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using http_signatures::RequestView;
using http_signatures::ResponseView;

const Reason http_signature_replayed{
    "http_signature_replayed",
    Kind::unauthenticated,
    "RFC 9421 section 7.2.2",
    {"Бұл қолтаңба бұрын қолданылған.", "Эта подпись уже использована.", "This signature was used before."}};
const Reason owner_answer_not_signed{
    "gateway_owner_answer_not_signed",
    Kind::invalid,
    "307/НК п.2(29)",
    {"Деректер иесі жауабына тиісінше қол қоймаған. Жауап берілмейді.",
     "Владелец данных не подписал ответ как следует. Ответ не передаётся.",
     "The data owner did not sign its answer as it has to. The answer is not passed on."}};

namespace {

constexpr telemetry::Message answer_refused{"OWNER_SIGNATURE_REFUSED", telemetry::Level::warning};

http::Headers with_type(const std::vector<http::Header>& fields, std::string_view type) {
    http::Headers headers;
    if (!type.empty()) headers.add("Content-Type", type);
    for (const auto& [name, value] : fields)
        headers.add(name, value);
    return headers;
}

std::string codes_of(const Refusal& refusal) {
    std::string codes;
    for (const Reason* reason : refusal.reasons())
        codes += (codes.empty() ? "" : " ") + std::string(reason->code);
    return codes;
}

// The keys with which a system authenticates, registered under its organisation's EDS (docs/decisions/0037-registered-keys.md).
token::KeySet keys_of(const registry::Registry& registry, const registry::System& system) {
    const registry::ClientCredential* credential = registry.credential(system.client_id);
    return credential == nullptr ? token::KeySet{} : token::KeySet::from_text(credential->jwks);
}

}  // namespace

// Whoever stands before us may have written another Host: then it has to be the address that everybody is told.
const http::Authority& SignedMessages::named_by(const http::Request& request) const {
    std::string host(request.headers.once("Host").value_or(""));
    std::transform(host.begin(), host.end(), host.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    const auto named = std::find_if(parts_.ours.begin(), parts_.ours.end(),
                                    [&](const http::Authority& each) { return http::host_of(each) == host; });
    return named == parts_.ours.end() ? parts_.ours.front() : *named;
}

// The fields of a message of ours, with its body already digested in them.
http_signatures::SignatureFields SignedMessages::sign(const std::vector<std::string>& components,
                                                      const http_signatures::MessageView& message) const {
    const base::Time now = parts_.clock.now();
    const std::string nonce = base::RawId::make(now, {}, parts_.entropy).to_string();
    return http_signatures::sign(http_signatures::all_of(components), message,
                                 {.key = parts_.own.key, .key_id = parts_.own.kid, .created = now, .nonce = nonce});
}

boost::asio::awaitable<Result<void>> SignedMessages::check_request(const http::Request& request,
                                                                   const registry::System& sender) const {
    const http::Authority& authority = named_by(request);
    const std::string host = http::host_of(authority);
    const RequestView view = http_signatures::view_of(request, authority, host);
    const std::vector<std::string> components = http_signatures::components_of_request(request.headers);
    const base::Time now = parts_.clock.now();
    const token::KeySet keys = keys_of(parts_.registry, sender);
    const auto signature = http_signatures::verified(view, request.headers, request.body, keys,
                                                     {.components = http_signatures::all_of(components), .now = now});
    if (signature.has_error()) co_return signature.error();
    auto unit = [&tokens = parts_.records.tokens, party = "http-signature " + sender.key,
                 id = crypto::sha256(base::as_bytes(signature->nonce)),
                 over = now + http_signatures::signature_age_max + http_signatures::clock_skew_max](
                    store::WriteSession& session) { return tokens.use_assertion(session, party, id, over); };
    if (!co_await http::committed(parts_.writer, std::move(unit))) co_return Refusal(http_signature_replayed);
    co_return Result<void>();
}

void SignedMessages::sign_answer(http::Response& response, const http::Request& request) const {
    response.headers.push_back({"Content-Digest", http_signatures::content_digest_of(response.body)});
    const http::Headers headers = with_type(response.headers, response.content_type);
    const http::Authority& authority = named_by(request);
    const std::string host = http::host_of(authority);
    const RequestView asked = http_signatures::view_of(request, authority, host);
    const ResponseView view{.status = response.status, .headers = headers, .request = asked};
    auto fields = sign(http_signatures::components_of_answer(request.headers.times("Signature") > 0), view);
    response.headers.push_back({"Signature-Input", std::move(fields.input)});
    response.headers.push_back({"Signature", std::move(fields.value)});
}

http_signatures::SentRequest SignedMessages::sign_request(http::Outgoing& outgoing) const {
    const base::Time now = parts_.clock.now();
    const std::string nonce = base::RawId::make(now, {}, parts_.entropy).to_string();
    return http_signatures::sign_request(
        outgoing, outgoing.upstream, {.key = parts_.own.key, .key_id = parts_.own.kid, .created = now, .nonce = nonce});
}

Result<void> SignedMessages::check_answer(const http::Answer& answer, const http_signatures::SentRequest& sent,
                                          std::string_view service) const {
    const registry::IntegrationService* called = parts_.registry.service(service);
    const token::KeySet keys = keys_of(parts_.registry, *parts_.registry.system(called->owner));
    const auto signature = http_signatures::check_answer(answer, sent, keys, parts_.clock.now());
    if (!signature.has_error()) return {};
    parts_.log.write(answer_refused, {{"service", telemetry::SafeText::of_program(called->key)},
                                      {"codes", telemetry::SafeText::of_program(codes_of(signature.error()))}});
    return Refusal(owner_answer_not_signed);
}

}  // namespace kelisim::gateway
