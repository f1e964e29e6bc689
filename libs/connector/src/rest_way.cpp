// SPDX-License-Identifier: Apache-2.0
#include "connector/rest_way.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "told.hpp"

namespace kelisim::connector {

using base::Kind;
using boost::asio::awaitable;

const base::Reason answer_not_signed{
    "connector_answer_not_signed",
    Kind::invalid,
    "307/НК п.2(29)",
    {"Жауапқа шлюз тиісінше қол қоймаған; деректер берілмейді. Idempotency-Key берілген болса, сонымен қайталау екінші "
     "рет саналмайды.",
     "Ответ не подписан шлюзом как следует; данные не переданы. Если был Idempotency-Key, повтор с ним второй раз не "
     "засчитывается.",
     "The gateway did not sign the answer as it has to; the data are not given. A repeat under the same "
     "Idempotency-Key, if there was one, is not counted again."}};

namespace {

constexpr std::chrono::seconds data_deadline{20};

}  // namespace

// By the name that the gateway goes by, as with proofs. A service that asks for no signature passes it over.
http_signatures::SentRequest RestWay::sign(http::Outgoing& request) const {
    const Gateway& gateway = parts_.gateway;
    const std::string nonce = gateway.new_id();
    const token::SigningKey& key = gateway.client_key();
    return http_signatures::sign_request(request, gateway.named(),
                                         {.key = key.key, .key_id = key.kid, .created = gateway.now(), .nonce = nonce});
}

// Under the keys that were given to us; without them a signature is checked where there is one, under keys that come the same way.
awaitable<std::optional<Told>> RestWay::objection_to(const http::Answer& answer,
                                                     const http_signatures::SentRequest& sent) {
    if (!parts_.keys && answer.headers.times("Signature") == 0) co_return std::nullopt;
    const token::KeySet& keys = parts_.keys ? *parts_.keys : published_;
    base::Result<void> verdict = http_signatures::check_answer(answer, sent, keys, parts_.gateway.now());
    const bool unknown = verdict.has_error() && verdict.error().has(http_signatures::http_signature_key_unknown);
    if (unknown && !parts_.keys) {
        auto published = co_await parts_.gateway.published_keys();
        if (auto* failed = std::get_if<Told>(&published)) co_return std::move(*failed);
        published_ = std::move(std::get<token::KeySet>(published));
        verdict = http_signatures::check_answer(answer, sent, published_, parts_.gateway.now());
    }
    if (!verdict.has_error()) co_return std::nullopt;
    co_return told(bad_gateway, answer_not_signed);
}

http::Outgoing RestWay::request(const Held& held, const Consent& consent, const Wanted& wanted,
                                std::string_view repeat_key) const {
    boost::json::object named = wanted.more;
    named["iin"] = consent.ask.person.reveal();
    named["fields"] = boost::json::value_from(wanted.fields);
    http::Outgoing request{.upstream = {},
                           .method = "POST",
                           .target = "/gateway/" + parts_.service + "/" + parts_.path,
                           .headers = {{"Authorization", "DPoP " + held.token.reveal()},
                                       {"Content-Type", "application/json"},
                                       {"Accept", "application/json"}},
                           .body = boost::json::serialize(named),
                           .limits = {.deadline = data_deadline}};
    const Gateway& gateway = parts_.gateway;
    request.headers.push_back(gateway.proof(gateway.proof_key(), request.method, request.target, held.token.reveal()));
    if (!repeat_key.empty()) request.headers.push_back({"Idempotency-Key", std::string(repeat_key)});
    return request;
}

awaitable<std::variant<Given, Told>> RestWay::call(const Held& held, const Consent& consent, const Wanted& wanted,
                                                   std::string_view repeat_key) {
    if (auto failed = co_await parts_.gateway.have_issuer()) co_return std::move(*failed);
    http::Outgoing outgoing = request(held, consent, wanted, repeat_key);
    const http_signatures::SentRequest signed_as = sign(outgoing);
    auto sent = co_await parts_.gateway.send(std::move(outgoing));
    if (auto* failed = std::get_if<Told>(&sent)) co_return std::move(*failed);
    auto& answer = std::get<http::Answer>(sent);
    const auto body = object_in(answer);
    if (!body || (answer.status != 200 && answer.status < 400)) co_return told(bad_gateway, gateway_unreadable);
    if (answer.status == 200) {
        if (auto objection = co_await objection_to(answer, signed_as)) co_return std::move(*objection);
        const bool replayed = answer.headers.first("Idempotency-Replayed") == "true";
        co_return Given{.body = std::move(answer.body), .replayed = replayed};
    }
    co_return Told{.status = answer.status, .codes = codes_in(*body), .retry_after = retry_after_of(answer)};
}

}  // namespace kelisim::connector
