// SPDX-License-Identifier: Apache-2.0
#include "staff_registry.hpp"

#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <functional>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "base/zone.hpp"
#include "http/unit.hpp"
#include "http/uri.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using access::Office;
using access::Registrations;
using base::Refusal;
using base::Result;
using boost::json::array;
using boost::json::object;
using Answer = boost::asio::awaitable<http::Response>;

boost::json::value or_null(const std::string& text) {
    return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

// --- What bodies bring

// Keys stand in addresses and in messages of every wire.
Result<std::string> key_in(const object& body, std::string_view name) {
    const auto text = json::text(body, name, base::limits::name_bytes_max);
    if (text.has_error()) return text.error();
    const bool plain = std::all_of(text->begin(), text->end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
    if (text->empty() || !plain) return Refusal(json::json_member_range);
    return std::string(*text);
}

Result<std::string> text_in(const object& body, std::string_view name) {
    const auto text = json::text(body, name, base::limits::name_bytes_max);
    if (text.has_error()) return text.error();
    if (text->empty()) return Refusal(json::json_member_range);
    return std::string(*text);
}

// What people read, in lines.
Result<std::string> lines_in(const object& body, std::string_view name) {
    const auto text = json::text(body, name, base::limits::service_text_bytes_max);
    if (text.has_error()) return text.error();
    const bool blank = text->find_first_not_of(" \t\r\n") == std::string_view::npos;
    const bool control = std::any_of(text->begin(), text->end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
    if (blank || control) return Refusal(json::json_member_range);
    return std::string(*text);
}

Result<std::string> day_in(const object& body, std::string_view name) {
    auto text = text_in(body, name);
    if (text.has_value() && !base::is_day(*text)) return Refusal(json::json_member_range);
    return text;
}

template <class Enum>
Result<Enum> choice_in(const object& body, std::string_view name) {
    const auto text = json::text(body, name, base::limits::name_bytes_max);
    if (text.has_error()) return text.error();
    const auto read = boost::json::try_value_to<Enum>(boost::json::value(*text));
    if (read.has_error()) return Refusal(json::json_member_range);
    return *read;
}

// In both languages (418-V ст.38(3)).
Result<registry::Name> both_in(const object& body, std::string_view member,
                               Result<std::string> (*read)(const object&, std::string_view)) {
    const auto both = json::object(body, member);
    if (both.has_error()) return both.error();
    if (const auto only = json::only(**both, {"kk", "ru"}); only.has_error()) return only.error();
    auto kk = read(**both, "kk"), ru = read(**both, "ru");
    if (kk.has_error()) return kk.error();
    if (ru.has_error()) return ru.error();
    return registry::Name{std::move(*kk), std::move(*ru)};
}

Result<registry::Name> name_in(const object& body) {
    return both_in(body, "name", text_in);
}

// 307/НК п.2(22): the registry is a list "with a description of the service".
Result<registry::Name> description_in(const object& body) {
    return both_in(body, "description", lines_in);
}

Result<access::SystemClass> class_in(const object& body) {
    const auto contour = choice_in<registry::Contour>(body, "contour");
    if (contour.has_error()) return contour.error();
    const auto ownership = choice_in<registry::Ownership>(body, "ownership");
    if (ownership.has_error()) return ownership.error();
    const auto names = json::texts(body, "exclusions");
    if (names.has_error()) return names.error();
    const auto exclusions =
        boost::json::try_value_to<std::vector<registry::Exclusion>>(boost::json::value_from(*names));
    if (exclusions.has_error()) return Refusal(json::json_member_range);
    return access::SystemClass{*contour, *ownership, *exclusions};
}

Result<registry::System> system_in(const object& body) {
    auto key = key_in(body, "key"), organisation = text_in(body, "organisation"), client = key_in(body, "client_id");
    for (const auto* text : {&key, &organisation, &client}) {
        if (text->has_error()) return text->error();
    }
    auto as = class_in(body);
    if (as.has_error()) return as.error();
    return registry::System{.key = std::move(*key),
                            .organisation = std::move(*organisation),
                            .contour = as->contour,
                            .client_id = std::move(*client),
                            .exempt_ground = "",
                            .ownership = as->ownership,
                            .exclusions = std::move(as->exclusions)};
}

Result<registry::IntegrationService> service_in(const object& body) {
    auto key = key_in(body, "key"), owner = text_in(body, "owner");
    if (key.has_error()) return key.error();
    if (owner.has_error()) return owner.error();
    const auto personal_data = json::boolean(body, "personal_data");
    if (personal_data.has_error()) return personal_data.error();
    const auto access_class = choice_in<registry::AccessClass>(body, "access_class");
    if (access_class.has_error()) return access_class.error();
    auto name = name_in(body);
    if (name.has_error()) return name.error();
    auto fields = json::texts(body, "fields", base::limits::request_fields_max);
    if (fields.has_error()) return fields.error();
    // A consent names fields: where there are none, nobody could agree to anything.
    if (*personal_data && fields->empty()) return Refusal(json::json_member_range);
    const auto kind = choice_in<registry::ServiceKind>(body, "kind");
    if (kind.has_error()) return kind.error();
    auto description = description_in(body);
    if (description.has_error()) return description.error();
    return registry::IntegrationService{.key = std::move(*key),
                                        .owner = std::move(*owner),
                                        .personal_data = *personal_data,
                                        .access_class = *access_class,
                                        .name = std::move(*name),
                                        .fields = std::move(*fields),
                                        .kind = *kind,
                                        .description = std::move(*description)};
}

Result<registry::SecurityAgreement> agreement_in(const object& body) {
    auto number = text_in(body, "number"), signed_on = day_in(body, "signed_on"), valid_to = day_in(body, "valid_to");
    for (const auto* text : {&number, &signed_on, &valid_to}) {
        if (text->has_error()) return text->error();
    }
    auto parties = json::texts(body, "parties");
    if (parties.has_error()) return parties.error();
    return registry::SecurityAgreement{.number = std::move(*number),
                                       .signed_on = std::move(*signed_on),
                                       .valid_to = std::move(*valid_to),
                                       .parties = std::move(*parties)};
}

Result<registry::OpenService> open_service_in(const object& body) {
    auto key = key_in(body, "key"), publisher = text_in(body, "publisher"), address = text_in(body, "address");
    for (const auto* text : {&key, &publisher, &address}) {
        if (text->has_error()) return text->error();
    }
    auto name = name_in(body);
    if (name.has_error()) return name.error();
    // It goes into a header of answers, in the one form that it has.
    auto normal = http::normal_uri(*address);
    if (!normal) return Refusal(json::json_member_range);
    return registry::OpenService{.key = std::move(*key),
                                 .publisher = std::move(*publisher),
                                 .name = std::move(*name),
                                 .address = std::move(*normal)};
}

// --- What answers hold

object system_json(const registry::System& system) {
    return {{"key", system.key},
            {"organisation", system.organisation},
            {"client_id", system.client_id},
            {"contour", boost::json::value_from(system.contour)},
            {"ownership", boost::json::value_from(system.ownership)},
            {"exclusions", boost::json::value_from(system.exclusions)}};
}

object agreement_json(const registry::SecurityAgreement& agreement) {
    return {{"number", agreement.number},
            {"signed_on", agreement.signed_on},
            {"valid_to", agreement.valid_to},
            {"parties", boost::json::value_from(agreement.parties)},
            {"withdrawn", or_null(agreement.withdrawn)}};
}

object open_service_json(const registry::OpenService& service) {
    return {{"key", service.key},
            {"publisher", service.publisher},
            {"name", boost::json::value_from(service.name)},
            {"address", service.address}};
}

template <class Entry>
http::Response list_of(const std::vector<const Entry*>& entries, object (*to_json)(const Entry&)) {
    array items;
    for (const Entry* each : entries)
        items.push_back(to_json(*each));
    return http::json_response(200, object{{"items", std::move(items)}});
}

Answer systems(const StaffParts& parts, const StaffCall&, const http::Request&) {
    co_return list_of(parts.parts.registry.systems(), system_json);
}

Answer agreements(const StaffParts& parts, const StaffCall&, const http::Request&) {
    co_return list_of(parts.parts.registry.agreements(), agreement_json);
}

Answer open_services(const StaffParts& parts, const http::Request&) {
    auto listed = parts.parts.registry.open_services();
    std::erase_if(listed, [](const registry::OpenService* each) { return !each->ended.empty(); });
    co_return list_of(listed, open_service_json);
}

// --- What is carried out

// Members of bodies; they outlive every handler that waits.
using Members = std::initializer_list<std::string_view>;
const Members of_system{"key", "organisation", "client_id", "contour", "ownership", "exclusions", "reason"};
const Members of_system_class{"contour", "ownership", "exclusions", "reason"};
const Members of_service{"key",  "owner",       "kind",   "personal_data", "access_class",
                         "name", "description", "fields", "reason"};
const Members of_description{"description", "reason"};
const Members of_service_class{"kind", "reason"};
const Members of_agreement{"number", "signed_on", "valid_to", "parties", "reason"};
const Members of_open_service{"key", "publisher", "name", "address", "reason"};

using Work = std::function<Result<void>(store::WriteSession&, const Registrations::Order&, base::Time)>;

// In one unit; `done`: what the answer says of it.
Answer carry_out(const StaffParts& parts, const StaffCall& call, const http::Request& request, const object& body,
                 int status, std::string_view done, Work work) {
    const auto reason = json::text(body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) co_return problem(reason.error(), request);
    if (reason->empty()) co_return problem(json::json_member_range, request);
    const base::Time now = parts.clock.now();
    auto unit = [work = std::move(work),
                 order = Registrations::Order{.official = call.official.subject,
                                              .organisation = call.official.organisation,
                                              .reason = std::string(*reason)},
                 now](store::WriteSession& session) { return work(session, order, now); };
    const auto carried_out = co_await http::committed(parts.writer, std::move(unit));
    if (carried_out.has_error()) co_return problem(carried_out.error(), request);
    co_return http::json_response(status, object{{done, base::to_iso8601(now)}});
}

template <class Entry>
Answer add(const StaffParts& parts, const StaffCall& call, const http::Request& request, Members known,
           Result<Entry> (*read)(const object&)) {
    const auto body = read_body(request, known);
    if (body.has_error()) co_return problem(body.error(), request);
    auto entry = read(*body);
    if (entry.has_error()) co_return problem(entry.error(), request);
    Work work = [&registrations = parts.registrations, entry = std::move(*entry)](
                    store::WriteSession& session, const Registrations::Order& order, base::Time now) {
        return registrations.add(session, entry, order, now);
    };
    co_return co_await carry_out(parts, call, request, *body, 201, "registered", std::move(work));
}

Answer add_system(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return add(parts, call, request, of_system, system_in);
}

Answer add_service(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return add(parts, call, request, of_service, service_in);
}

Answer add_agreement(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return add(parts, call, request, of_agreement, agreement_in);
}

Answer add_open_service(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return add(parts, call, request, of_open_service, open_service_in);
}

template <class As>
using Change = Result<void> (Registrations::*)(store::WriteSession&, std::string_view, const As&,
                                               const Registrations::Order&, base::Time) const;

// What a system or a service is from now on. `done`: what the answer says of it.
template <class As>
Answer change(const StaffParts& parts, const StaffCall& call, const http::Request& request, Members known,
              Result<As> (*read)(const object&), std::string_view done, Change<As> what) {
    const auto body = read_body(request, known);
    if (body.has_error()) co_return problem(body.error(), request);
    auto as = read(*body);
    if (as.has_error()) co_return problem(as.error(), request);
    Work work = [&registrations = parts.registrations, key = std::string(request.parameter("key")), as = std::move(*as),
                 what](store::WriteSession& session, const Registrations::Order& order, base::Time now) {
        return (registrations.*what)(session, key, as, order, now);
    };
    co_return co_await carry_out(parts, call, request, *body, 200, done, std::move(work));
}

Answer classify_system(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return change<access::SystemClass>(parts, call, request, of_system_class, class_in, "classified",
                                       &Registrations::classify);
}

Result<registry::ServiceKind> kind_in(const object& body) {
    return choice_in<registry::ServiceKind>(body, "kind");
}
Answer classify_service(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return change<registry::ServiceKind>(parts, call, request, of_service_class, kind_in, "classified",
                                         &Registrations::classify);
}
Answer describe_service(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return change<registry::Name>(parts, call, request, of_description, description_in, "described",
                                  &Registrations::describe);
}

using Ending = Result<void> (Registrations::*)(store::WriteSession&, std::string_view, const Registrations::Order&,
                                               base::Time) const;

Answer end(const StaffParts& parts, const StaffCall& call, const http::Request& request, std::string_view done,
           Ending what) {
    const auto body = read_body(request, {"reason"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto key = http::percent_decode(request.parameter("key"));
    if (!key) co_return problem(access::registry_entry_unknown, request);
    Work work = [&registrations = parts.registrations, key = *key, what](
                    store::WriteSession& session, const Registrations::Order& order, base::Time now) {
        return (registrations.*what)(session, key, order, now);
    };
    co_return co_await carry_out(parts, call, request, *body, 200, done, std::move(work));
}

Answer withdraw_agreement(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return end(parts, call, request, "withdrawn", &Registrations::withdraw);
}

Answer end_open_service(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return end(parts, call, request, "ended", &Registrations::end_open);
}

}  // namespace

std::vector<http::Route> staff_registry_routes(const StaffParts& parts) {
    const auto endpoint = [&](std::optional<Office> office, auto handler) {
        return parts.staff.endpoint(
            office, [parts, handler](const StaffCall& c, const http::Request& r) { return handler(parts, c, r); });
    };
    return {
        {"GET", "/api/v1/open-services",
         http::open("open data are for everybody",
                    [parts](const http::Request& r) { return open_services(parts, r); })},
        {"GET", "/api/v1/staff/systems", endpoint({}, systems)},
        {"POST", "/api/v1/staff/systems", endpoint(Office::egov_operator, add_system)},
        {"POST", "/api/v1/staff/systems/{key}/classification", endpoint(Office::egov_operator, classify_system)},
        {"POST", "/api/v1/staff/services", endpoint(Office::egov_operator, add_service)},
        {"POST", "/api/v1/staff/services/{key}/classification", endpoint(Office::egov_operator, classify_service)},
        {"POST", "/api/v1/staff/services/{key}/description", endpoint(Office::egov_operator, describe_service)},
        {"GET", "/api/v1/staff/agreements", endpoint({}, agreements)},
        {"POST", "/api/v1/staff/agreements", endpoint({}, add_agreement)},
        {"POST", "/api/v1/staff/agreements/{key}/withdraw", endpoint({}, withdraw_agreement)},
        {"POST", "/api/v1/staff/open-services", endpoint(Office::egov_operator, add_open_service)},
        {"POST", "/api/v1/staff/open-services/{key}/end", endpoint(Office::egov_operator, end_open_service)},
    };
}

}  // namespace kelisim::api
