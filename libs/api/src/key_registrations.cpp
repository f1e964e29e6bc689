// SPDX-License-Identifier: Apache-2.0
#include "api/key_registrations.hpp"

#include <boost/json/value_from.hpp>
#include <optional>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "identity/key_registration.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using Answer = boost::asio::awaitable<http::Response>;
using boost::json::object;
using records::KeptKeyRegistration;

const base::Reason key_registration_too_many{
    "key_registration_too_many",
    base::Kind::too_many,
    "",
    {"Осы желілік (IP) мекенжайдан тым көп тіркеу келді. Сәл кейінірек қайталаңыз.",
     "С этого сетевого (IP) адреса пришло слишком много регистраций. Повторите немного позже.",
     "Too many registrations came from this network (IP) address. Try again a little later."}};
const base::Reason key_registration_unknown{
    "key_registration_unknown",
    base::Kind::not_found,
    "236/НК п.10(2)",
    {"Мұндай тіркеу жоқ.", "Такой регистрации нет.", "There is no such registration."}};

boost::json::value jwks_json(const std::string& jwks) {
    if (jwks.empty()) return object{{"keys", boost::json::array{}}};
    return json::parse(jwks, {}).value();
}

object registration_json(const KeptKeyRegistration& kept) {
    const registry::KeyRegistration& content = kept.content;
    object body{{"id", kept.id.to_string()},
                {"organisation", content.organisation},
                {"purpose", boost::json::value_from(content.purpose)},
                {"made", base::to_iso8601(content.made)},
                {"registered", base::to_iso8601(kept.id.time())},
                {"role", kept.role},
                {"certificate_sha256", base::to_hex(kept.certificate)}};
    if (!content.client_id.empty()) body["client_id"] = content.client_id;
    if (content.purpose == registry::KeyPurpose::tls_certificate) {
        body["certificate_name"] = object{{"kind", boost::json::value_from(content.name_kind)}, {"name", content.name}};
    } else {
        body["jwks"] = jwks_json(content.jwks);
    }
    return body;
}

Answer register_keys(const KeyRegistrationParts& parts, const http::Request& request) {
    const auto body = read_body(request, {"document"});
    if (body.has_error()) co_return problem(body.error(), request);
    const base::Time now = parts.clock.now();
    // Each look costs the certificate's responder a question.
    const auto from = identity::caller_address(request, parts.proxies);
    if (from && !parts.pace.take(*from, now)) co_return paced_out(key_registration_too_many, request);
    const boost::json::value* const document = body->if_contains("document");
    if (document == nullptr) co_return problem(identity::eds_unreadable, request);
    auto check = [&parts, document] { return parts.signatures.check(*document, trust::Purpose::signature); };
    auto verified = co_await http::elsewhere(parts.signature_checks, std::move(check));
    if (verified.has_error()) co_return problem(verified.error(), request);
    const auto read = identity::read_key_registration(*verified, parts.issuer, now);
    if (read.has_error()) co_return problem(read.error(), request);
    const auto shown = identity::check_certificate_shown(read->content, request.certificate.get(), parts.registry);
    if (shown.has_error()) co_return problem(shown.error(), request);
    KeptKeyRegistration kept{.id = {},
                             .content = read->content,
                             .role = std::string(trust::to_string(read->role)),
                             .certificate = verified->signatory.certificate,
                             .document = std::move(verified->bytes)};
    auto unit = [&changes = parts.registry_changes, kept, now](store::WriteSession& session) {
        return changes.register_keys(session, kept, now);
    };
    const auto id = co_await http::committed(parts.writer, std::move(unit));
    if (id.has_error()) co_return problem(id.error(), request);
    kept.id = *id;
    co_return http::json_response(201, registration_json(kept));
}

// Of one organisation; without one, of all.
Answer list(const KeyRegistrationParts& parts, std::optional<std::string_view> organisation,
            const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    object body;
    parts.readers.read([&](store::ReadSession& session) {
        const auto& all = parts.records.key_registrations;
        const auto page = access::cut(all.list(session, organisation, query->page.before, query->page.max + 1),
                                      query->page.max, [](const KeptKeyRegistration& each) { return each.id; });
        body = page_json(page, registration_json);
    });
    co_return http::json_response(200, body);
}

Answer one(const KeyRegistrationParts& parts, std::optional<std::string_view> organisation,
           const http::Request& request) {
    const auto id = records::KeyRegistrationId::parse(request.parameter("id"));
    std::optional<KeptKeyRegistration> found;
    if (id) {
        parts.readers.read(
            [&](store::ReadSession& session) { found = parts.records.key_registrations.find(session, *id); });
    }
    if (!found || (organisation && found->content.organisation != *organisation)) {
        co_return problem(key_registration_unknown, request);
    }
    object body = registration_json(*found);
    body["document"] = base::to_base64(found->document);
    co_return http::json_response(200, body);
}

}  // namespace

std::vector<http::Route> key_registration_routes(const KeyRegistrationParts& parts) {
    constexpr std::string_view why = "the document is signed by the organisation";
    const auto of_client = [&](auto handler) {
        return parts.clients.endpoint([parts, handler](const ClientSystem& client, const http::Request& request) {
            return handler(parts, client.system->organisation, request);
        });
    };
    const auto of_all = [&](auto handler) {
        return parts.staff.endpoint({}, [parts, handler](const StaffCall&, const http::Request& request) {
            return handler(parts, std::nullopt, request);
        });
    };
    return {
        {"POST", "/api/v1/key-registrations",
         http::open(why, [parts](const http::Request& request) { return register_keys(parts, request); })},
        {"GET", "/api/v1/key-registrations", of_client(list)},
        {"GET", "/api/v1/key-registrations/{id}", of_client(one)},
        {"GET", "/api/v1/staff/key-registrations", of_all(list)},
        {"GET", "/api/v1/staff/key-registrations/{id}", of_all(one)},
    };
}

}  // namespace kelisim::api
