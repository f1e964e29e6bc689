// SPDX-License-Identifier: Apache-2.0
#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/iin.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

// Enough to know one's own number again, and no more.
std::string masked(const people::Phone& phone) {
    const std::string& digits = phone.reveal();
    return std::string(digits.size() - 2, '*') + digits.substr(digits.size() - 2);
}

boost::json::object person_json(const records::Subject& subject) {
    const people::Person& person = subject.person;
    return {{"iin", person.iin.reveal()},
            {"surname", person.surname},
            {"name", person.name},
            {"patronymic", person.patronymic},
            {"language", base::to_string(person.language)},
            {"phone", person.phone ? boost::json::value(masked(*person.phone)) : boost::json::value(nullptr)},
            {"decides_alone", people::decides_alone(person)}};
}

}  // namespace

std::vector<http::Route> Cabinet::profile_routes() {
    const PersonAuthentication& person = parts_.persons;
    return {
        {"GET", "/api/v1/me",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return profile(c, r); })},
        {"PUT", "/api/v1/me/language",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return set_language(c, r); })},
        {"GET", "/api/v1/me/wards",
         person.endpoint([this](const PersonCall& c, const http::Request&) { return wards(c); })},
        {"GET", "/api/v1/me/blocks",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return blocks(c, r); })},
        {"PUT", "/api/v1/me/blocks/{bin}",
         person.protecting([this](const PersonCall& c, const http::Request& r) { return block(c, r); })},
        {"DELETE", "/api/v1/me/blocks/{bin}",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return unblock(c, r); })},
    };
}

Cabinet::Answer Cabinet::profile(const PersonCall& call, const http::Request& request) {
    Look read = [this, &call](store::ReadSession&, const access::Actors& actors) {
        boost::json::object body = person_json(actors.whose);
        body["session"] = call.session.id.to_string();
        body["csrf_token"] = parts_.use_cases.signing_in.csrf_token(call.session.id);
        return http::json_response(200, body);
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::set_language(const PersonCall& call, const http::Request& request) {
    const auto body = read_body(request, {"language"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto tag = json::text(*body, "language");
    if (tag.has_error()) co_return problem(tag.error(), request);
    const auto language = base::parse_language(*tag);
    if (!language) co_return problem(json::json_member_range, request);
    auto change = [&profile = parts_.use_cases.profile, acting = call.acting, language = *language,
                   now = parts_.clock.now()](store::WriteSession& session) {
        return profile.set_language(session, acting, language, now);
    };
    const auto changed = co_await http::committed(parts_.writer, std::move(change));
    if (changed.has_error()) co_return problem(changed.error(), request);
    co_return co_await profile(call, request);
}

Cabinet::Answer Cabinet::wards(const PersonCall& call) {
    boost::json::array list;
    parts_.readers.read([&](store::ReadSession& session) {
        for (const records::Subject& ward : access::wards_of(parts_.parts, session, call.acting.by)) {
            boost::json::object entry = person_json(ward);
            entry["ward"] = ward.id.to_string();
            list.push_back(std::move(entry));
        }
    });
    co_return http::json_response(200, boost::json::object{{"items", std::move(list)}});
}

Cabinet::Answer Cabinet::blocks(const PersonCall& call, const http::Request& request) {
    Look read = [this](store::ReadSession& session, const access::Actors& actors) {
        boost::json::array list;
        for (const auto& block : parts_.parts.records.asker_blocks.all(session, actors.whose.id)) {
            const auto* organisation = parts_.parts.registry.organisation(block.organisation);
            boost::json::object entry{{"bin", block.organisation}, {"since", base::to_iso8601(block.since)}};
            if (organisation != nullptr) {
                entry["name"] = boost::json::object{{"kk", organisation->name.kk}, {"ru", organisation->name.ru}};
            }
            list.push_back(std::move(entry));
        }
        return http::json_response(200, boost::json::object{{"items", std::move(list)}});
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::block(const PersonCall& call, const http::Request& request) {
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto unit = [&profile = parts_.use_cases.profile, acting = call.acting, bin = std::string(request.parameter("bin")),
                 now = parts_.clock.now()](store::WriteSession& session) {
        return profile.block(session, acting, bin, now);
    };
    const auto done = co_await http::committed(parts_.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::empty_response(204);
}

Cabinet::Answer Cabinet::unblock(const PersonCall& call, const http::Request& request) {
    auto unit = [&profile = parts_.use_cases.profile, acting = call.acting, bin = std::string(request.parameter("bin")),
                 now = parts_.clock.now()](store::WriteSession& session) {
        return profile.unblock(session, acting, bin, now);
    };
    const auto done = co_await http::committed(parts_.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::empty_response(204);
}

}  // namespace kelisim::api
