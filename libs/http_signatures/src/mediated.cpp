// SPDX-License-Identifier: Apache-2.0
#include "http_signatures/mediated.hpp"

#include <array>

#include "http_signatures/content_digest.hpp"

namespace kelisim::http_signatures {

using base::Reason;
using base::Refusal;
using base::Result;

const Reason http_signature_key_unknown{"http_signature_key_unknown",
                                        base::Kind::unauthenticated,
                                        "RFC 9421 section 3.2",
                                        {"keyid жіберуші жүйенің тіркелген кілтін атамайды.",
                                         "keyid не называет зарегистрированного ключа системы отправителя.",
                                         "keyid names no key that is registered for the sender's system."}};

namespace {

// What a request says and decides, besides where it goes: fields that are not sent need not be covered.
constexpr std::array<std::string_view, 8> deciding_fields{"content-type",    "authorization", "kdp-token",
                                                          "idempotency-key", "kdp-purpose",   "kdp-acts",
                                                          "kdp-person",      "kdp-fields"};

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

}  // namespace

std::vector<std::string> components_of_request(const http::Headers& headers) {
    std::vector<std::string> names{quoted("@method"), quoted("@authority"), quoted("@path"), quoted("@query"),
                                   quoted("content-digest")};
    for (const std::string_view name : deciding_fields) {
        if (headers.times(name) > 0) names.push_back(quoted(name));
    }
    return names;
}

std::vector<std::string> components_of_answer(bool to_a_signed_request) {
    std::vector<std::string> names{quoted("@status"),          quoted("content-digest"), quoted("content-type"),
                                   quoted("@method") + ";req", quoted("@path") + ";req", quoted("@query") + ";req"};
    if (to_a_signed_request) names.push_back(quoted("signature") + ";req");
    return names;
}

std::vector<std::string_view> all_of(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
}

Result<Signature> verified(const MessageView& message, const http::Headers& headers, std::string_view body,
                           const token::KeySet& keys, const Demands& demands) {
    auto signature = read_signature(headers);
    if (signature.has_error()) return signature.error();
    const token::VerificationKey* key = signature->key_id.empty() ? nullptr : keys.find(signature->key_id);
    if (key == nullptr || key->algorithm == token::Algorithm::ps256) return Refusal(http_signature_key_unknown);
    std::vector<const Reason*> wrong;
    const auto note = [&wrong](const Result<void>& verdict) {
        if (!verdict.has_error()) return;
        const Refusal refusal = verdict.error();
        wrong.insert(wrong.end(), refusal.reasons().begin(), refusal.reasons().end());
    };
    note(check_content_digest(headers, body));
    note(verify(*signature, message, key->key, demands));
    if (!wrong.empty()) return Refusal(std::move(wrong));
    return signature;
}

SentRequest sign_request(http::Outgoing& outgoing, http::Authority named, const Signing& signing) {
    outgoing.headers.push_back({"Content-Digest", content_digest_of(outgoing.body)});
    SentRequest sent{.method = outgoing.method, .named = std::move(named), .target = outgoing.target, .headers = {}};
    for (const auto& [name, value] : outgoing.headers)
        sent.headers.add(name, value);
    const std::string host = http::host_of(sent.named);
    const std::vector<std::string> components = components_of_request(sent.headers);
    const SignatureFields fields = sign(all_of(components), view_of(sent, sent.named, host), signing);
    for (const auto& [name, value] :
         {std::pair{"Signature-Input", &fields.input}, std::pair{"Signature", &fields.value}}) {
        sent.headers.add(name, *value);
        outgoing.headers.push_back({name, *value});
    }
    return sent;
}

Result<void> check_answer(const http::Answer& answer, const SentRequest& sent, const token::KeySet& keys,
                          base::Time now) {
    const std::string host = http::host_of(sent.named);
    const RequestView asked = view_of(sent, sent.named, host);
    const ResponseView view{.status = answer.status, .headers = answer.headers, .request = asked};
    const std::vector<std::string> components = components_of_answer(true);
    const auto signature =
        verified(view, answer.headers, answer.body, keys, {.components = all_of(components), .now = now});
    if (signature.has_error()) return signature.error();
    return {};
}

}  // namespace kelisim::http_signatures
