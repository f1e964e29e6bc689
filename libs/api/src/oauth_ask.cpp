// SPDX-License-Identifier: Apache-2.0
#include "api/oauth.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "oauth_error.hpp"

namespace kelisim::api {

using base::Refusal;
using base::Result;

namespace {

Result<base::Iin> read_hint(const http::Form& form) {
    // "the Client MUST send one (and only one) of the hints" (CIBA Core 1.0 section 7.1).
    if (form.times("login_hint_token") + form.times("id_token_hint") != 0) return Refusal(oauth_hint);
    const auto hint = form.value("login_hint");
    constexpr std::string_view scheme = "iin:";
    if (!hint || !hint->starts_with(scheme)) return Refusal(oauth_hint);
    return base::Iin::parse(hint->substr(scheme.size()));
}

bool has_openid(std::string_view scope) {
    for (std::size_t begin = 0; begin <= scope.size();) {
        const std::size_t end = std::min(scope.find(' ', begin), scope.size());
        if (scope.substr(begin, end - begin) == "openid") return true;
        begin = end + 1;
    }
    return false;
}

// Absent lists are empty: the bounds of the connection then take their place.
std::optional<std::vector<std::string>> list_of(const boost::json::object& object, std::string_view name) {
    auto list = json::optional_texts(object, name);
    if (list.has_error()) return std::nullopt;
    return list->value_or(std::vector<std::string>{});
}

std::optional<std::string> text_of(const boost::json::object& object, std::string_view name) {
    const auto text = json::optional_text(object, name, base::limits::name_bytes_max);
    if (text.has_error()) return std::nullopt;
    return std::string(text->value_or(""));
}

Result<consent::Ask> read_detail(const boost::json::object& detail) {
    const auto known = json::only(detail, {"type", "services", "purpose", "fields", "acts", "term", "uses_max",
                                           "uses_per_day", "employee", "connection"});
    const auto type = json::text(detail, "type");
    if (known.has_error() || type.has_error() || *type != token::data_type) return Refusal(oauth_details);
    auto services = list_of(detail, "services"), fields = list_of(detail, "fields"), acts = list_of(detail, "acts");
    auto purpose = text_of(detail, "purpose"), term = text_of(detail, "term");
    auto employee = text_of(detail, "employee"), connection = text_of(detail, "connection");
    const auto uses = json::optional_integer(detail, "uses_max"),
               daily = json::optional_integer(detail, "uses_per_day");
    const bool numbers = uses.has_value() && daily.has_value();
    if (!services || !fields || !acts || !purpose || !term || !employee || !connection || !numbers) {
        return Refusal(oauth_details);
    }
    consent::Ask ask{.purpose = std::move(*purpose),
                     .services = std::move(*services),
                     .fields = std::move(*fields),
                     .acts = std::move(*acts),
                     .term = {},
                     .uses_max = *uses,
                     .employee = std::move(*employee),
                     .connection = std::move(*connection),
                     .channel = {},
                     .uses_per_day = *daily};
    if (ask.services.empty()) return Refusal(consent::services_missing);
    if (!term->empty()) {
        const auto period = base::parse_period(*term);
        if (period.has_error()) return period.error();
        ask.term = *period;
    }
    return ask;
}

Result<consent::Ask> read_details(std::optional<std::string_view> text) {
    if (!text) return Refusal(oauth_parameter_missing);
    const auto value = json::parse(*text, {});
    // One request is one question to the person: several details would be several questions.
    if (value.has_error() || !value->is_array() || value->get_array().size() != 1 ||
        !value->get_array().front().is_object()) {
        return Refusal(oauth_details);
    }
    return read_detail(value->get_array().front().get_object());
}

Result<consent::DeferralAsk> read_deferral(std::string_view text) {
    const auto value = json::parse(text, {});
    if (value.has_error() || !value->is_object()) return Refusal(oauth_deferral);
    const boost::json::object& object = value->get_object();
    const auto known = json::only(object, {"law", "until", "decision"});
    const auto law = json::text(object, "law", base::limits::name_bytes_max);
    const auto until = json::text(object, "until", base::limits::name_bytes_max);
    const auto decision = json::text(object, "decision", base::limits::name_bytes_max);
    if (known.has_error() || law.has_error() || until.has_error() || decision.has_error())
        return Refusal(oauth_deferral);
    const auto time = base::parse_time(*until);
    if (time.has_error()) return Refusal(oauth_deferral);
    return consent::DeferralAsk{.law = std::string(*law), .until = *time, .decision = std::string(*decision)};
}

// What a proof binds: the parameter as it was sent.
std::string details_digest(std::string_view authorization_details) {
    return base::to_base64url(crypto::sha256(base::as_bytes(authorization_details)));
}

// Of everything that makes the request what it is, and nothing else: not the credentials, not the order of parameters.
crypto::Digest digest_of(const http::Form& form) {
    std::string text;
    for (const std::string_view name :
         {"scope", "login_hint", "authorization_details", "requested_expiry", "ground", "proof", "deferral"}) {
        text += std::string(name) + '=' + std::string(form.value(name).value_or("")) + '\n';
    }
    return crypto::sha256(base::as_bytes(text));
}

}  // namespace

Result<access::AskCommand> OAuth::read_command(const ClientCall& call) const {
    const http::Form& form = call.form;
    if (form.value("request")) return Refusal(oauth_signed_request);
    if (form.value("binding_message")) return Refusal(oauth_binding_message);
    const auto scope = form.value("scope");
    if (!scope) return Refusal(oauth_parameter_missing);
    if (!has_openid(*scope)) return Refusal(oauth_scope);
    const auto subject = read_hint(form);
    if (subject.has_error()) return subject.error();
    auto ask = read_details(form.value("authorization_details"));
    if (ask.has_error()) return ask.error();
    std::optional<std::int64_t> life;
    if (const auto wanted = form.value("requested_expiry")) {
        life = base::parse_integer(*wanted);
        if (!life || *life == 0) return Refusal(oauth_expiry);
    }
    ask->ground = std::string(form.value("ground").value_or(""));
    access::AskCommand command{.initiator = call.client->key,
                               .subject = *subject,
                               .ask = std::move(*ask),
                               .life_seconds = life,
                               .proof = {},
                               .details = details_digest(*form.value("authorization_details"))};
    if (const auto text = form.value("deferral")) {
        auto deferral = read_deferral(*text);
        if (deferral.has_error()) return deferral.error();
        command.deferral = std::move(*deferral);
    }
    if (const auto jws = form.value("proof")) {
        auto proof = parts_.proofs.read(*jws, *call.client);
        if (proof.has_error()) return proof.error();
        command.proof = std::move(*proof);
    }
    return command;
}

std::string OAuth::auth_req_id_of(consent::RequestId id) const {
    constexpr std::size_t secret_bytes = 20;  // CIBA Core 1.0 7.3: "RECOMMENDED ... 160 bits"
    const auto secret = parts_.vault.derived_secret(id.bytes());
    return id.to_string() + "." + base::to_base64url(base::BytesView(secret).first(secret_bytes));
}

std::optional<consent::RequestId> OAuth::read_auth_req_id(std::string_view text) const {
    const auto id = consent::RequestId::parse(text.substr(0, text.find('.')));
    if (!id) return std::nullopt;
    const bool same = crypto::equal_constant_time(base::as_bytes(auth_req_id_of(*id)), base::as_bytes(text));
    return same ? id : std::nullopt;
}

OAuth::Answer OAuth::ask(const ClientCall& call, const http::Request& request) {
    auto command = read_command(call);
    if (command.has_error()) co_return oauth_error(command.error(), request);
    const base::Time now = parts_.clock.now();
    consent::RequestId id = parts_.asking.new_id(command->subject, now);
    if (const auto chosen = call.form.value("client_request_id")) {
        if (chosen->size() > base::limits::name_bytes_max) co_return oauth_error(consent::name_too_long, request);
        auto claim = [&asking = parts_.asking, command = *command, chosen = std::string(*chosen),
                      digest = digest_of(call.form), id, now](store::WriteSession& session) {
            return asking.claim(session, command, chosen, digest, id, now);
        };
        const auto claimed = co_await http::committed(parts_.writer, std::move(claim));
        if (claimed.has_error()) co_return oauth_error(claimed.error(), request);
        id = *claimed;
    }
    auto record = [&asking = parts_.asking, command = *command, id, now](store::WriteSession& session) {
        return asking.record(session, command, id, now);
    };
    const auto recorded = co_await http::committed(parts_.writer, std::move(record));
    if (recorded.has_error()) co_return oauth_error(recorded.error(), request);
    if (const auto* stopped = std::get_if<access::Stopped>(&*recorded))
        co_return oauth_error(stopped->refusal, request);
    const auto& asked = std::get<access::RecordedRequest>(*recorded);
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(asked.expires - now).count();
    co_return http::json_response(200, boost::json::object{{"auth_req_id", auth_req_id_of(asked.id)},
                                                           {"expires_in", std::max<std::int64_t>(left, 1)},
                                                           {"interval", base::limits::poll_interval.count()}});
}

}  // namespace kelisim::api
