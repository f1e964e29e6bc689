// SPDX-License-Identifier: Apache-2.0
#include "gateway/signed_messages.hpp"

#include <algorithm>
#include <array>

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

const Reason http_signature_key_unknown{"http_signature_key_unknown",
                                        Kind::unauthenticated,
                                        "RFC 9421 section 3.2",
                                        {"keyid жіберуші жүйенің тіркелген кілтін атамайды.",
                                         "keyid не называет зарегистрированного ключа системы отправителя.",
                                         "keyid names no key that is registered for the sender's system."}};
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

// What a request says and decides, besides where it goes: fields that are not sent need not be covered.
constexpr std::array<std::string_view, 8> deciding_fields{"content-type",    "authorization", "kdp-token",
                                                          "idempotency-key", "kdp-purpose",   "kdp-acts",
                                                          "kdp-person",      "kdp-fields"};

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

// Components as they stand in the field; `names` owns what is pointed to.
std::vector<std::string_view> all_of(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
}

template <class Fields>
std::vector<std::string> of_a_request(const Fields& headers) {
    std::vector<std::string> names{quoted("@method"), quoted("@authority"), quoted("@path"), quoted("@query"),
                                   quoted("content-digest")};
    for (const std::string_view name : deciding_fields) {
        if (headers.times(name) > 0) names.push_back(quoted(name));
    }
    return names;
}

// RFC 9421 2.4: by the signature of the request, which covers all of it, an answer is that request's and no other's.
std::vector<std::string> of_an_answer(bool to_a_signed_request) {
    std::vector<std::string> names{quoted("@status"),          quoted("content-digest"), quoted("content-type"),
                                   quoted("@method") + ";req", quoted("@path") + ";req", quoted("@query") + ";req"};
    if (to_a_signed_request) names.push_back(quoted("signature") + ";req");
    return names;
}

http::Headers with_type(const std::vector<http::Header>& fields, std::string_view type) {
    http::Headers headers;
    if (!type.empty()) headers.add("Content-Type", type);
    for (const auto& [name, value] : fields)
        headers.add(name, value);
    return headers;
}

// Of a request that came in, or of one that we sent. `host` is that of the authority, and outlives the view.
template <class Message>
RequestView view_of(const Message& request, const http::Authority& authority, std::string_view host) {
    return {.method = request.method,
            .scheme = authority.tls ? "https" : "http",
            .authority = host,
            .target = request.target,
            .headers = request.headers};
}

// A key for PS256 is used with that alone (RFC 8725 3.1), which is none of the algorithms here.
const token::VerificationKey* key_named(const token::KeySet& keys, std::string_view id) {
    const token::VerificationKey* key = id.empty() ? nullptr : keys.find(id);
    return key != nullptr && key->algorithm != token::Algorithm::ps256 ? key : nullptr;
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

Result<http_signatures::Signature> verified(const http_signatures::MessageView& message, const http::Headers& headers,
                                            std::string_view body, const token::KeySet& keys,
                                            const http_signatures::Demands& demands) {
    auto signature = http_signatures::read_signature(headers);
    if (signature.has_error()) return signature.error();
    const token::VerificationKey* key = key_named(keys, signature->key_id);
    if (key == nullptr) return Refusal(http_signature_key_unknown);
    std::vector<const Reason*> wrong;
    const auto note = [&wrong](const Result<void>& verdict) {
        if (!verdict.has_error()) return;
        const Refusal refusal = verdict.error();
        wrong.insert(wrong.end(), refusal.reasons().begin(), refusal.reasons().end());
    };
    note(http_signatures::check_content_digest(headers, body));
    note(http_signatures::verify(*signature, message, key->key, demands));
    if (!wrong.empty()) return Refusal(std::move(wrong));
    return signature;
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
    return http_signatures::sign(all_of(components), message,
                                 {.key = parts_.own.key, .key_id = parts_.own.kid, .created = now, .nonce = nonce});
}

boost::asio::awaitable<Result<void>> SignedMessages::check_request(const http::Request& request,
                                                                   const registry::System& sender) const {
    const http::Authority& authority = named_by(request);
    const std::string host = http::host_of(authority);
    const RequestView view = view_of(request, authority, host);
    const std::vector<std::string> components = of_a_request(request.headers);
    const base::Time now = parts_.clock.now();
    const auto signature = verified(view, request.headers, request.body, keys_of(parts_.registry, sender),
                                    {.components = all_of(components), .now = now});
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
    const RequestView asked = view_of(request, authority, host);
    const ResponseView view{.status = response.status, .headers = headers, .request = asked};
    auto fields = sign(of_an_answer(request.headers.times("Signature") > 0), view);
    response.headers.push_back({"Signature-Input", std::move(fields.input)});
    response.headers.push_back({"Signature", std::move(fields.value)});
}

SentRequest SignedMessages::sign_request(http::Outgoing& outgoing) const {
    outgoing.headers.push_back({"Content-Digest", http_signatures::content_digest_of(outgoing.body)});
    SentRequest sent{.method = outgoing.method,
                     .to = outgoing.upstream,
                     .target = outgoing.target,
                     .headers = with_type(outgoing.headers, "")};
    const std::string host = http::host_of(sent.to);
    auto fields = sign(of_a_request(sent.headers), view_of(sent, sent.to, host));
    for (const auto& [name, value] :
         {std::pair{"Signature-Input", &fields.input}, std::pair{"Signature", &fields.value}}) {
        sent.headers.add(name, *value);
        outgoing.headers.push_back({name, *value});
    }
    return sent;
}

Result<void> SignedMessages::check_answer(const http::Answer& answer, const SentRequest& sent,
                                          std::string_view service) const {
    const registry::IntegrationService* called = parts_.registry.service(service);
    const registry::System* owner = parts_.registry.system(called->owner);
    const std::string host = http::host_of(sent.to);
    const RequestView asked = view_of(sent, sent.to, host);
    const ResponseView view{.status = answer.status, .headers = answer.headers, .request = asked};
    const std::vector<std::string> components = of_an_answer(true);
    const auto signature = verified(view, answer.headers, answer.body, keys_of(parts_.registry, *owner),
                                    {.components = all_of(components), .now = parts_.clock.now()});
    if (!signature.has_error()) return {};
    parts_.log.write(answer_refused, {{"service", telemetry::SafeText::of_program(called->key)},
                                      {"codes", telemetry::SafeText::of_program(codes_of(signature.error()))}});
    return Refusal(owner_answer_not_signed);
}

}  // namespace kelisim::gateway
