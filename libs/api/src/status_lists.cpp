// SPDX-License-Identifier: Apache-2.0
#include "api/status_lists.hpp"

#include "access/tokens.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "token/jws.hpp"
#include "token/status_list.hpp"

namespace kelisim::api {

namespace limits = base::limits;

const base::Reason status_list_unknown{"status_list_unknown",
                                       base::Kind::not_found,
                                       "",
                                       {"Мұндай мәртебелер тізімі жоқ немесе оның токендерінің мерзімі өткен.",
                                        "Такого списка статусов нет, или все его токены истекли.",
                                        "There is no such status list, or all of its tokens are over."}};

namespace {

// Of the few at a time that are not over, those that somebody asks for.
constexpr std::size_t copies_max = 64;

constexpr std::string_view route_of_all = "/status-lists";

// RFC 9110 13.1.2: a list of entity tags or "*"; compared weakly, so a "W/" before one does not matter.
bool matches(std::string_view if_none_match, std::string_view etag) {
    return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

std::vector<http::Route> StatusLists::routes() {
    using Answer = boost::asio::awaitable<http::Response>;
    const http::Handler list = [this](const http::Request& request) -> Answer { co_return one(request); };
    const http::Handler lists = [this](const http::Request&) -> Answer { co_return all(); };
    return {
        {"GET", "/status-lists/{number}", http::open("statuses of tokens, which name nobody", list)},
        {"GET", route_of_all, http::open("statuses of tokens, which name nobody", lists)},
    };
}

http::Response StatusLists::one(const http::Request& request) {
    const auto number = base::parse_integer(request.parameter("number"));
    if (!number || *number < 1) return problem(status_list_unknown, request);
    const base::Time now = parts_.clock.now();
    Shared copy = kept(*number, now);
    if (!copy) {
        copy = build(*number, now);
        if (!copy) return problem(status_list_unknown, request);
        keep(*number, copy);
    }
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - copy->issued);
    http::Response response{.status = 200, .content_type = "", .headers = {}, .body = {}};
    // "the control of the caching mechanism SHOULD be implemented using the standard HTTP Cache-Control"
    response.headers = {{"ETag", copy->etag},
                        {"Cache-Control", "public, max-age=" + std::to_string((limits::status_list_ttl - age).count())},
                        // Verifiers in browsers, too: it is public, and depends on no credentials.
                        {"Access-Control-Allow-Origin", "*"}};
    if (matches(request.headers.first("If-None-Match").value_or(""), copy->etag)) {
        response.status = 304;
        return response;
    }
    response.content_type = "application/statuslist+jwt";
    response.body = copy->text;
    return response;
}

http::Response StatusLists::all() {
    boost::json::array uris;
    parts_.readers.read([&](store::ReadSession& session) {
        const auto live = parts_.records.status_lists.live(session, parts_.clock.now(), limits::status_lists_max);
        for (const std::int64_t number : live)
            uris.emplace_back(access::status_list_uri(parts_.issuer, number));
    });
    return http::json_response(200, boost::json::object{{"status_lists", std::move(uris)}});
}

StatusLists::Shared StatusLists::kept(std::int64_t number, base::Time now) const {
    const std::lock_guard lock(mutex_);
    const auto at = copies_.find(number);
    if (at == copies_.end()) return nullptr;
    const Copy& copy = *at->second;
    const bool fresh = copy.issued <= now && now < copy.issued + limits::status_list_ttl &&
                       copy.changes == parts_.places.changes(number);
    return fresh ? at->second : nullptr;
}

StatusLists::Shared StatusLists::build(std::int64_t number, base::Time now) const {
    // Before the database is read: what changes in between makes this copy one to build again.
    const std::uint64_t changes = parts_.places.changes(number);
    std::optional<base::Time> ends;
    token::StatusList list(limits::status_list_places);
    parts_.readers.read([&](store::ReadSession& session) {
        ends = parts_.records.status_lists.ends(session, number);
        if (!ends || now >= *ends) return;
        parts_.records.tokens.each_not_valid(session, number, [&](std::int64_t index, records::TokenStatus status) {
            list.set(static_cast<std::size_t>(index), static_cast<unsigned>(status));
        });
    });
    // "Once all Referenced Tokens are expired, the Issuer may stop serving the Status List"
    if (!ends || now >= *ends) return nullptr;
    const boost::json::object claims = token::to_json({.issuer = parts_.issuer,
                                                       .uri = access::status_list_uri(parts_.issuer, number),
                                                       .aggregation_uri = parts_.issuer + std::string(route_of_all),
                                                       .issued = now,
                                                       .expires = now + limits::status_list_life,
                                                       .ttl = limits::status_list_ttl},
                                                      list);
    std::string text = token::sign(parts_.signing_key, token::status_list_type, claims);
    std::string etag = "\"" + base::to_base64url(crypto::sha256(base::as_bytes(text))) + "\"";
    return std::make_shared<const Copy>(
        Copy{.issued = now, .changes = changes, .text = std::move(text), .etag = std::move(etag)});
}

void StatusLists::keep(std::int64_t number, const Shared& copy) {
    const std::lock_guard lock(mutex_);
    if (copies_.size() >= copies_max) copies_.erase(copies_.begin());  // the oldest list
    copies_.insert_or_assign(number, copy);
}

}  // namespace kelisim::api
