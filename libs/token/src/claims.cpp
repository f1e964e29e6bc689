// SPDX-License-Identifier: Apache-2.0
#include "token/claims.hpp"

#include <algorithm>
#include <boost/json/value_from.hpp>
#include <limits>

#include "json/json.hpp"

namespace kelisim::token {

using base::Kind;
using base::Reason;
using base::Result;

const Reason claims_malformed{
    "claims_malformed",
    Kind::unauthenticated,
    "RFC 9068 section 2.2",
    {"Токеннің мазмұны толық емес.", "Содержимое токена неполно.", "The claims of the token are incomplete."}};
const Reason claims_wrong_issuer{
    "claims_wrong_issuer",
    Kind::unauthenticated,
    "RFC 9068 section 4",
    {"Токенді басқа сервис берген.", "Токен выдан другим сервисом.", "The token was issued by somebody else."}};
const Reason claims_wrong_audience{"claims_wrong_audience",
                                   Kind::forbidden,
                                   "RFC 9068 section 4",
                                   {"Токен басқа алушыға арналған.", "Токен предназначен другому получателю.",
                                    "The token is meant for another audience."}};
const Reason claims_expired{"claims_expired",
                            Kind::unauthenticated,
                            "RFC 9068 section 4",
                            {"Токеннің мерзімі өткен.", "Срок токена истёк.", "The token has expired."}};

namespace {

constexpr std::string_view certificate_member = "x5t#S256", key_member = "jkt";

boost::json::array to_array(const std::vector<std::string>& texts) {
    boost::json::array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

// Reads claims one after another; the first that is missing or of another type spoils the whole.
class ClaimReader {
public:
    explicit ClaimReader(const boost::json::object& from) : from_(from) {}

    std::string text(std::string_view name) {
        const auto value = json::text(from_, name);
        return note(value.has_value()) ? std::string(*value) : std::string();
    }
    base::Time time(std::string_view name) {
        constexpr std::int64_t seconds_max = 253'402'300'799;  // the year 9999
        const auto value = json::integer(from_, name, {.min = 0, .max = seconds_max});
        return note(value.has_value()) ? base::Time{std::chrono::seconds{*value}} : base::Time{};
    }
    std::vector<std::string> texts(std::string_view name) {
        auto value = json::texts(from_, name);
        return note(value.has_value()) ? std::move(*value) : std::vector<std::string>{};
    }
    const boost::json::object* only_element(std::string_view name) {
        const auto list = json::array(from_, name, 1);
        const bool one = list.has_value() && (*list)->size() == 1 && (*list)->front().is_object();
        return note(one) ? &(*list)->front().get_object() : nullptr;
    }
    std::int64_t place(std::string_view name) {
        const auto value = json::integer(from_, name, {.min = 0, .max = std::numeric_limits<std::int64_t>::max()});
        return note(value.has_value()) ? *value : 0;
    }
    const boost::json::object* object(std::string_view name) {
        const auto* value = from_.if_contains(name);
        const bool is_one = value != nullptr && value->is_object();
        return note(is_one) ? &value->get_object() : nullptr;
    }
    bool note(bool fine) {
        complete_ = complete_ && fine;
        return fine;
    }
    bool complete() const { return complete_; }

private:
    const boost::json::object& from_;
    bool complete_ = true;
};

std::optional<StatusReference> read_status(ClaimReader& read) {
    const auto* status = read.object("status");
    if (status == nullptr) return std::nullopt;
    ClaimReader mechanisms(*status);
    const auto* list = mechanisms.object("status_list");
    if (!read.note(list != nullptr)) return std::nullopt;
    ClaimReader reference(*list);
    StatusReference found{.uri = reference.text("uri"), .index = reference.place("idx")};
    if (!read.note(reference.complete())) return std::nullopt;
    return found;
}

// A binding that we do not know is one that we could not check: such a token is none of ours.
Confirmation read_confirmation(ClaimReader& read) {
    const auto* cnf = read.object("cnf");
    if (cnf == nullptr) return {};
    ClaimReader members(*cnf);
    Confirmation found;
    if (cnf->contains(certificate_member)) found.certificate = members.text(certificate_member);
    if (cnf->contains(key_member)) found.key = members.text(key_member);
    const bool known = cnf->size() == (found.certificate.empty() ? 0U : 1U) + (found.key.empty() ? 0U : 1U);
    read.note(members.complete() && known && cnf->size() > 0);
    return found;
}

}  // namespace

boost::json::array to_authorization_details(const Grant& grant) {
    return {boost::json::object{{"type", data_type},
                                {"services", to_array(grant.services)},
                                {"purpose", grant.purpose},
                                {"fields", to_array(grant.fields)},
                                {"acts", to_array(grant.acts)},
                                {"consent", grant.consent}}};
}

boost::json::object to_json(const AccessClaims& claims) {
    boost::json::object json{{"iss", claims.issuer},
                             {"sub", claims.subject.reveal()},
                             {"aud", to_array(claims.audience)},
                             {"client_id", claims.client_id},
                             {"jti", claims.jti},
                             {"iat", base::to_seconds(claims.issued)},
                             {"exp", base::to_seconds(claims.expires)},
                             {"acr", claims.acr},
                             {"auth_time", base::to_seconds(claims.answered)},
                             {"authorization_details", to_authorization_details(claims.grant)}};
    if (claims.status) {
        json["status"] = {{"status_list", {{"idx", claims.status->index}, {"uri", claims.status->uri}}}};
    }
    boost::json::object cnf;
    if (!claims.bound_to.certificate.empty()) cnf[certificate_member] = claims.bound_to.certificate;
    if (!claims.bound_to.key.empty()) cnf[key_member] = claims.bound_to.key;
    if (!cnf.empty()) json["cnf"] = std::move(cnf);
    return json;
}

Result<AccessClaims> read_access_claims(const boost::json::object& payload) {
    ClaimReader read(payload);
    AccessClaims claims;
    claims.issuer = read.text("iss");
    const auto subject = base::Iin::parse(read.text("sub"));
    if (read.note(subject.has_value())) claims.subject = *subject;
    claims.audience = read.texts("aud");
    claims.client_id = read.text("client_id");
    claims.jti = read.text("jti");
    claims.issued = read.time("iat");
    claims.expires = read.time("exp");
    claims.acr = read.text("acr");
    claims.answered = read.time("auth_time");
    if (const auto* details = read.only_element("authorization_details")) {
        ClaimReader grant(*details);
        read.note(grant.text("type") == data_type);
        claims.grant = {.services = grant.texts("services"),
                        .purpose = grant.text("purpose"),
                        .fields = grant.texts("fields"),
                        .acts = grant.texts("acts"),
                        .consent = grant.text("consent")};
        read.note(grant.complete());
    }
    if (payload.contains("status")) claims.status = read_status(read);
    if (payload.contains("cnf")) claims.bound_to = read_confirmation(read);
    if (!read.complete()) return base::Refusal(claims_malformed);
    return claims;
}

Result<AccessClaims> verify_access_token(std::string_view text, const KeySet& keys, const Expected& expected) {
    const auto payload = verify(text, keys, access_token_type);
    if (payload.has_error()) return payload.error();
    auto claims = read_access_claims(*payload);
    if (claims.has_error()) return claims.error();
    const auto& audience = claims->audience;
    const bool meant =
        expected.audience.empty() || std::find(audience.begin(), audience.end(), expected.audience) != audience.end();
    std::vector<const Reason*> reasons;
    if (claims->issuer != expected.issuer) reasons.push_back(&claims_wrong_issuer);
    if (!meant) reasons.push_back(&claims_wrong_audience);
    if (expected.now >= claims->expires) reasons.push_back(&claims_expired);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));
    return claims;
}

boost::json::object to_json(const IdClaims& claims) {
    return {{"iss", claims.issuer},
            {"sub", claims.subject.reveal()},
            {"aud", claims.client_id},
            {"iat", base::to_seconds(claims.issued)},
            {"exp", base::to_seconds(claims.expires)},
            {"acr", claims.acr},
            {"auth_time", base::to_seconds(claims.answered)},
            {"urn:openid:params:jwt:claim:auth_req_id", claims.auth_req_id}};
}

}  // namespace kelisim::token
