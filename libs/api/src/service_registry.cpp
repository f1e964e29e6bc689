// SPDX-License-Identifier: Apache-2.0
#include "api/service_registry.hpp"

#include <algorithm>
#include <boost/json/value_from.hpp>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "channel/words.hpp"
#include "http/form.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using boost::json::object;
using registry::IntegrationService;
using Answer = boost::asio::awaitable<http::Response>;

struct Search {
    std::vector<std::string> words = {};  // all of them are to be found
    std::string after = {};               // a key
    std::size_t limit = base::limits::page_items_default;
};

base::Result<Search> read_search(const http::Request& request) {
    Search search;
    if (request.query().empty()) return search;
    const auto form = http::parse_form(request.query());
    if (form.has_error() || form->repeated()) return base::Refusal(query_malformed);
    for (const auto& [name, value] : form->all()) {
        bool fine = !value.empty() && value.size() <= base::limits::name_bytes_max;
        if (name == "limit") {
            const auto number = base::parse_integer(value);
            fine = number && *number >= 1 && *number <= static_cast<std::int64_t>(base::limits::page_items_max);
            if (fine) search.limit = static_cast<std::size_t>(*number);
        } else if (name == "after") {
            search.after = value;
        } else if (name == "text") {
            search.words = channel::words_of(value);
            fine = fine && !search.words.empty();
        } else {
            fine = false;
        }
        if (!fine) return base::Refusal(query_malformed);
    }
    return search;
}

// A word is found within a longer one, for both languages put endings to it.
bool is_found(const IntegrationService& service, const std::vector<std::string>& words) {
    if (words.empty()) return true;
    std::string text = service.key;
    for (const registry::Name* each : {&service.name, &service.description})
        text += "\n" + each->kk + "\n" + each->ru;
    for (const std::string& field : service.fields)
        text += "\n" + field;
    const auto there = channel::words_of(text);
    return std::ranges::all_of(words, [&](const std::string& wanted) {
        return std::ranges::any_of(there,
                                   [&](const std::string& word) { return word.find(wanted) != std::string::npos; });
    });
}

struct Found {
    std::vector<const IntegrationService*> services;
    bool more = false;
};

Found found(const registry::Registry& registry, const Search& search) {
    Found found;
    for (const IntegrationService* each : registry.services()) {
        if (each->key <= search.after || !each->ended.empty() || !is_found(*each, search.words)) continue;
        found.more = found.services.size() == search.limit;
        if (found.more) break;
        found.services.push_back(each);
    }
    return found;
}

boost::json::value or_null(const registry::Name& text) {
    return text.kk.empty() ? boost::json::value(nullptr) : boost::json::value_from(text);
}

// Where its calls go is nobody's business who calls it.
object service_json(const ServiceRegistryParts& parts, const IntegrationService& service, const registry::System& asker,
                    std::string_view today) {
    const registry::System& owner = *parts.registry.system(service.owner);
    const registry::Organisation& organisation = *parts.registry.organisation(owner.organisation);
    return {{"key", service.key},
            {"name", boost::json::value_from(service.name)},
            {"description", or_null(service.description)},
            {"kind", boost::json::value_from(service.kind)},
            {"personal_data", service.personal_data},
            {"access_class", boost::json::value_from(service.access_class)},
            {"fields", boost::json::value_from(service.fields)},
            {"owner", object{{"system", owner.key},
                             {"bin", organisation.bin},
                             {"name", boost::json::value_from(organisation.name)}}},
            {"wires", boost::json::value_from(parts.wires(service.key))},
            {"connected", registry::is_connected(parts.registry, asker.key, service.key, today)}};
}

Answer search(const ServiceRegistryParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto wanted = read_search(request);
    if (wanted.has_error()) co_return problem(wanted.error(), request);
    auto look = [&registry = parts.registry, &wanted = *wanted] { return found(registry, wanted); };
    const Found page = co_await http::elsewhere(parts.elsewhere, std::move(look));
    const std::string today = parts.zone.day(parts.clock.now());
    boost::json::array items;
    for (const IntegrationService* each : page.services)
        items.push_back(service_json(parts, *each, *client.system, today));
    object body{{"items", std::move(items)}};
    if (page.more) body["next"] = page.services.back()->key;
    co_return http::json_response(200, body);
}

}  // namespace

http::Route service_registry(const ServiceRegistryParts& parts) {
    return {"GET", "/api/v1/initiator/registry",
            parts.clients.endpoint([parts](const ClientSystem& client, const http::Request& request) {
                return search(parts, client, request);
            })};
}

}  // namespace kelisim::api
