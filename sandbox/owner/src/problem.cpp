// SPDX-License-Identifier: Apache-2.0
#include "owner/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace kelisim::owner {

using base::Kind;
using base::Reason;

const Reason token_missing{"token_missing",
                           Kind::unauthenticated,
                           "RFC 6750 section 2.1",
                           {"Сұрауда қауіпсіздік токені жоқ.", "В запросе нет токена безопасности.",
                            "The request carries no security token."}};
const Reason token_inactive{"token_inactive",
                            Kind::unauthenticated,
                            "RFC 7662 section 2.2",
                            {"Қауіпсіздік токені енді жарамсыз.", "Токен безопасности больше не действует.",
                             "The security token is no longer active."}};
const Reason token_suspended{
    "token_suspended",
    Kind::unauthenticated,
    "draft-ietf-oauth-status-list",
    {"Келісім тоқтатыла тұрған, токен әзірге жарамсыз.", "Согласие приостановлено, токен пока не действует.",
     "The consent is paused, and the token does not count for now."}};
const Reason token_without_status{
    "token_without_status",
    Kind::unauthenticated,
    "draft-ietf-oauth-status-list",
    {"Токеннің мәртебесін жарияланған тізімнен білу мүмкін емес.",
     "Статус токена нельзя узнать из опубликованного списка.", "The published lists tell no status of the token."}};
const Reason public_key_foreign{
    "public_key_foreign",
    Kind::unauthenticated,
    "",
    {"publicKey өрісіндегі кілт жарияланған кілттердің бірі емес.", "Ключ в поле publicKey не из числа опубликованных.",
     "The key in publicKey is none of those that are published."}};
const Reason person_differs{
    "person_differs",
    Kind::forbidden,
    "236/НК п.2(8)",
    {"Токен басқа адамға берілген.", "Токен выдан на другое лицо.", "The token was issued for another person."}};
const Reason service_not_granted{
    "service_not_granted",
    Kind::forbidden,
    "RFC 9396 section 9",
    {"Токен бұл сервиске берілмеген.", "Токен выдан не для этого сервиса.", "The token does not cover this service."}};
const Reason field_not_granted{
    "field_not_granted",
    Kind::forbidden,
    "RFC 9396 section 9",
    {"Токен сұралған мәліметтердің бәрін қамтымайды.", "Токен охватывает не все запрошенные сведения.",
     "The token does not cover every field that was asked for."}};
const Reason field_unknown{"field_unknown",
                           Kind::invalid,
                           "",
                           {"Бұл сервисте мұндай мәлімет жоқ немесе ол екі рет сұралған.",
                            "У этого сервиса нет таких сведений, или они запрошены дважды.",
                            "The service has no such field, or it was asked for twice."}};
const Reason person_unknown{
    "person_unknown",
    Kind::not_found,
    "",
    {"Тұлға тізілімде табылмады.", "Лицо в реестре не найдено.", "The register does not know the person."}};
const Reason media_type_wrong{"media_type_wrong",
                              Kind::invalid,
                              "RFC 9110 section 15.5.16",
                              {"Сұрау денесі application/json болуы керек.",
                               "Тело запроса должно быть application/json.", "The body must be application/json."}};

const Reason soap_media_type_wrong{
    "soap_media_type_wrong",
    Kind::invalid,
    "RFC 9110 section 15.5.16",
    {"Сұрау денесі UTF-8 кодындағы XML болуы керек.", "Тело запроса должно быть XML в кодировке UTF-8.",
     "The body must be XML in UTF-8."}};

http::Response problem(int status, const base::Refusal& refusal) {
    boost::json::array reasons;
    for (const Reason* reason : refusal.reasons()) {
        reasons.push_back(boost::json::object{{"code", reason->code},
                                              {"clause", reason->clause},
                                              {"kk", reason->text.kk},
                                              {"ru", reason->text.ru},
                                              {"en", reason->text.en}});
    }
    const boost::json::object body{{"type", "about:blank"},
                                   {"title", refusal.first().text.en},
                                   {"status", status},
                                   {"code", refusal.first().code},
                                   {"reasons", reasons}};
    http::Response response{.status = status,
                            .content_type = "application/problem+json",
                            .headers = {{"Cache-Control", "no-store"}},
                            .body = boost::json::serialize(body)};
    // "If the protected resource request does not include authentication credentials or does not contain an access token
    // that enables access, the resource server MUST include the WWW-Authenticate header" (RFC 6750 section 3).
    if (status == 401) {
        const bool given = !refusal.has(token_missing);
        response.headers.push_back({"WWW-Authenticate", given ? R"(Bearer error="invalid_token")" : "Bearer"});
    }
    return response;
}

http::Response problem_page(int status, const Reason& reason, const http::Request&) {
    return problem(status, reason);
}

}  // namespace kelisim::owner
