// SPDX-License-Identifier: Apache-2.0
#include "oauth_error.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/problem.hpp"

namespace kelisim::api {

using base::Kind;
using base::Reason;

const Reason oauth_not_a_form{"oauth_not_a_form",
                              Kind::invalid,
                              "RFC 6749 appendix B",
                              {"Сұрау application/x-www-form-urlencoded түрінде жіберіледі.",
                               "Запрос посылается как application/x-www-form-urlencoded.",
                               "Send the request as application/x-www-form-urlencoded."}};
const Reason oauth_parameter_repeated{
    "oauth_parameter_repeated",
    Kind::invalid,
    "RFC 6749 section 3.1",
    {"Параметр екі рет берілген.", "Параметр передан дважды.", "A parameter is included more than once."}};
const Reason oauth_parameter_missing{
    "oauth_parameter_missing",
    Kind::invalid,
    "RFC 6749 section 5.2",
    {"Міндетті параметр жоқ.", "Нет обязательного параметра.", "A required parameter is missing."}};
const Reason oauth_scope{
    "oauth_scope",
    Kind::invalid,
    "CIBA Core 1.0 section 7.1",
    {"scope ішінде openid болуы керек.", "В scope должно быть openid.", "The scope must contain openid."}};
const Reason oauth_deferral{"oauth_deferral",
                            Kind::invalid,
                            "418-V ст.36(4)",
                            {"deferral law, until және decision мәндері бар JSON объектісі болуы керек.",
                             "deferral должно быть объектом JSON с law, until и decision.",
                             "The deferral must be a JSON object with law, until and decision."}};
const Reason oauth_hint{
    "oauth_hint",
    Kind::invalid,
    "CIBA Core 1.0 section 7.1",
    {"Адам login_hint=iin:<ЖСН> арқылы көрсетіледі.", "Человек указывается как login_hint=iin:<ИИН>.",
     "Name the person as login_hint=iin:<12 digits>, and with no other hint."}};
const Reason oauth_binding_message{"oauth_binding_message",
                                   Kind::invalid,
                                   "CIBA Core 1.0 section 13",
                                   {"SMS мәтінін қызметтің өзі жазады.", "Текст SMS пишет сам сервис.",
                                    "The service writes the text of the SMS; a binding_message is not taken."}};
const Reason oauth_signed_request{"oauth_signed_request",
                                  Kind::invalid,
                                  "CIBA Core 1.0 section 7.1.1",
                                  {"request параметрі қабылданбайды.", "Параметр request не принимается.",
                                   "Signed authentication requests are not taken."}};
const Reason oauth_details{"oauth_details",
                           Kind::invalid,
                           "RFC 9396 section 5",
                           {"authorization_details қате жазылған.", "authorization_details записаны неверно.",
                            "The authorization_details are not one well-formed object of type kz_personal_data."}};
const Reason oauth_expiry{
    "oauth_expiry",
    Kind::invalid,
    "CIBA Core 1.0 section 7.1",
    {"requested_expiry оң бүтін сан болуы керек.", "requested_expiry должно быть положительным целым числом.",
     "The requested_expiry must be a positive integer."}};
const Reason oauth_grant_type{
    "oauth_grant_type",
    Kind::invalid,
    "RFC 6749 section 5.2",
    {"Мұндай grant_type қабылданбайды.", "Такой grant_type не принимается.", "This grant_type is not supported."}};
const Reason oauth_auth_req_id{
    "oauth_auth_req_id",
    Kind::invalid,
    "CIBA Core 1.0 section 11",
    {"auth_req_id жарамсыз.", "auth_req_id недействителен.", "The auth_req_id is not valid for this client."}};
const Reason oauth_pending{
    "oauth_pending",
    Kind::invalid,
    "CIBA Core 1.0 section 11",
    {"Адам әлі жауап берген жоқ.", "Человек ещё не ответил.", "The person has not answered yet."}};
const Reason oauth_slow_down{
    "oauth_slow_down",
    Kind::invalid,
    "CIBA Core 1.0 section 11",
    {"Тым жиі сұралуда.", "Слишком частый опрос.", "Polled more often than the interval allows."}};
const Reason oauth_refused{
    "oauth_refused", Kind::invalid, "94-V art. 8", {"Адам бас тартты.", "Человек отказал.", "The person refused."}};
const Reason oauth_undeliverable{"oauth_undeliverable",
                                 Kind::invalid,
                                 "236/НК п.7(1)",
                                 {"Адамға SMS жеткізу мүмкін емес.", "SMS человеку доставить невозможно.",
                                  "The question cannot be delivered to the person by SMS."}};
const Reason oauth_expired{
    "oauth_expired",
    Kind::invalid,
    "CIBA Core 1.0 section 11",
    {"Сұраудың мерзімі өтті.", "Срок запроса истёк.", "The request has expired without an answer."}};
const Reason oauth_consent_ended{"oauth_consent_ended",
                                 Kind::invalid,
                                 "94-V art. 8",
                                 {"Келісім аяқталған.", "Согласие закончилось.", "The consent has ended."}};
const Reason oauth_assertion_replayed{"oauth_assertion_replayed",
                                      Kind::unauthenticated,
                                      "RFC 7523 section 3",
                                      {"Клиент растамасы бұрын қолданылған.", "Подтверждение клиента уже использовано.",
                                       "The client assertion was used before."}};

namespace {

struct Row {
    std::string_view code;
    OAuthError error;
};

// Sorted by error. A reason that stands here has another error than its kind would give.
constexpr std::array rows = {
    Row{"oauth_refused", {"access_denied", 400}},
    Row{"oauth_undeliverable", {"access_denied", 400}},
    // Never 429 here (design section 5): a limit on questions is a decision, not an overload.
    Row{"question_too_many_a_day", {"access_denied", 403}},
    Row{"question_too_many_of_asker", {"access_denied", 403}},
    Row{"question_too_soon", {"access_denied", 403}},
    Row{"oauth_pending", {"authorization_pending", 400}},
    Row{"oauth_expired", {"expired_token", 400}},
    Row{"oauth_details", {"invalid_authorization_details", 400}},
    Row{"period_malformed", {"invalid_authorization_details", 400}},
    Row{"registry_connection_ambiguous", {"invalid_authorization_details", 400}},
    Row{"registry_purpose_outside_connection", {"invalid_authorization_details", 400}},
    Row{"registry_service_outside_purpose", {"invalid_authorization_details", 400}},
    Row{"registry_unknown_service", {"invalid_authorization_details", 400}},
    Row{"request_acts_outside_connection", {"invalid_authorization_details", 400}},
    Row{"request_fields_outside_service", {"invalid_authorization_details", 400}},
    Row{"request_items_repeat", {"invalid_authorization_details", 400}},
    Row{"request_name_too_long", {"invalid_authorization_details", 400}},
    Row{"request_services_missing", {"invalid_authorization_details", 400}},
    Row{"request_term_too_long", {"invalid_authorization_details", 400}},
    Row{"request_too_many_items", {"invalid_authorization_details", 400}},
    Row{"request_uses_out_of_bounds", {"invalid_authorization_details", 400}},
    Row{"request_uses_per_day_out_of_bounds", {"invalid_authorization_details", 400}},
    Row{"oauth_binding_message", {"invalid_binding_message", 400}},
    Row{"client_credentials_repeated", {"invalid_request", 400}},
    Row{"dpop_proof_invalid", {"invalid_dpop_proof", 400}},
    Row{"dpop_proof_replayed", {"invalid_dpop_proof", 400}},
    Row{"oauth_auth_req_id", {"invalid_grant", 400}},
    Row{"oauth_consent_ended", {"invalid_grant", 400}},
    Row{"token_refresh_invalid", {"invalid_grant", 400}},
    Row{"oauth_scope", {"invalid_scope", 400}},
    Row{"oauth_slow_down", {"slow_down", 400}},
    Row{"channel_initiators_only", {"unauthorized_client", 400}},
    Row{"channel_needs_bank_or_approval", {"unauthorized_client", 400}},
    Row{"channel_needs_proactive_provider", {"unauthorized_client", 400}},
    Row{"channel_needs_security_centre", {"unauthorized_client", 400}},
    Row{"channel_test_protocol", {"unauthorized_client", 400}},
    Row{"channel_unified_requirements", {"unauthorized_client", 400}},
    Row{"contour_agreement_missing", {"unauthorized_client", 400}},
    Row{"contour_agreement_over", {"unauthorized_client", 400}},
    Row{"contour_analytics_space", {"unauthorized_client", 400}},
    Row{"contour_certification_authority", {"unauthorized_client", 400}},
    Row{"contour_official_use", {"unauthorized_client", 400}},
    Row{"contour_open_data", {"unauthorized_client", 400}},
    Row{"contour_payment_side_only", {"unauthorized_client", 400}},
    Row{"contour_state_secrets", {"unauthorized_client", 400}},
    Row{"registry_connection_not_valid_today", {"unauthorized_client", 400}},
    Row{"registry_no_connection", {"unauthorized_client", 400}},
    Row{"people_not_askable", {"unknown_user_id", 400}},
    Row{"oauth_grant_type", {"unsupported_grant_type", 400}},
};

}  // namespace

OAuthError oauth_error_of(const Reason& reason) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.code == reason.code; });
    if (at != rows.end()) return at->error;
    switch (reason.kind) {
        case Kind::unauthenticated:
            return {"invalid_client", 401};
        case Kind::forbidden:
            return {"access_denied", 403};
        default:
            return {"invalid_request", 400};
    }
}

http::Response oauth_error(OAuthError error, const base::Refusal& refusal, const http::Request& request) {
    const base::Reason& first = refusal.first();
    const boost::json::object body{{"error", error.error},
                                   {"error_description", first.text.en},
                                   {"code", first.code},
                                   {"reasons", reasons_json(refusal, language_of(request))}};
    http::Response response{.status = error.status,
                            .content_type = "application/json",
                            .headers = {{"Cache-Control", "no-store"}, {"Pragma", "no-cache"}},
                            .body = boost::json::serialize(body)};
    // "If the client attempted to authenticate via the "Authorization" request header field, the authorization server
    // MUST respond with ... the "WWW-Authenticate" response header field" (RFC 6749 5.2).
    if (error.status == 401 && request.headers.times("Authorization") > 0) {
        response.headers.push_back({"WWW-Authenticate", "Basic realm=\"kelisim\""});
    }
    return response;
}

http::Response oauth_error(const base::Refusal& refusal, const http::Request& request) {
    return oauth_error(oauth_error_of(refusal.first()), refusal, request);
}

}  // namespace kelisim::api
