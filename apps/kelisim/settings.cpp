// SPDX-License-Identifier: Apache-2.0
#include "settings.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace kelisim::app {

namespace {

access::Level level(const config::Config& config, std::string_view key) {
    access::Level level{};
    if (!boost::describe::enum_from_string(std::string(config.text(key)).c_str(), level)) {
        throw std::logic_error("a level that the configuration allows is none");
    }
    return level;
}

}  // namespace

channel::Script script_of(const config::Config& config) {
    return config.text("sms.script") == "latin" ? channel::Script::latin : channel::Script::cyrillic;
}

identity::Proxies proxies_of(const config::Config& config) {
    auto proxies = identity::parse_proxies(config.list("server.proxies"));
    if (!proxies) throw base::Outage("server.proxies: not all of them are IP addresses");
    return std::move(*proxies);
}

consent::QuestionLimits limits_of(const config::Config& config) {
    return {.person_day_max = config.number("questions.person_day_max"),
            .asker_day_max = config.number("questions.asker_day_max"),
            .first_wait = std::chrono::minutes{config.number("questions.first_wait_minutes")}};
}

channel::QuietHours quiet_hours_of(const config::Config& config) {
    const auto hours = channel::QuietHours::parse(config.text("sms.quiet_hours"));
    if (!hours) throw base::Outage("sms.quiet_hours: not \"22:00-08:00\" nor empty");
    return *hours;
}

std::vector<notary::WitnessAddress> witnesses_of(const config::Config& config) {
    std::vector<notary::WitnessAddress> witnesses;
    for (const std::string& text : config.list("ledger.witnesses")) {
        auto witness = notary::parse_witness(text);
        if (!witness) throw base::Outage("ledger.witnesses: not \"<vkey> https://host:port/prefix\": " + text);
        witnesses.push_back(std::move(*witness));
    }
    if (witnesses.size() > base::limits::ledger_witnesses_max) throw base::Outage("ledger.witnesses: too many");
    return witnesses;
}

http::Reach reach_of_events(const config::Config& config) {
    return config.text("events.endpoints") == "any" ? http::Reach::any : http::Reach::public_only;
}

namespace {

// "name=https://host:port/path"
struct Named {
    std::string name;
    http::Authority upstream;
    std::string target;
};
Named named_address_of(std::string_view key, const std::string& text) {
    const auto equals = text.find('=');
    const auto path = equals == std::string::npos ? equals : text.find('/', text.find("://", equals) + 3);
    const auto upstream = equals == std::string::npos
                              ? std::nullopt
                              : http::parse_http_origin(std::string_view(text).substr(equals + 1, path - equals - 1));
    if (!upstream || text.find(' ') != std::string::npos)
        throw base::Outage(std::string(key) + ": not name=https://host:port/path: " + text);
    return {.name = text.substr(0, equals),
            .upstream = *upstream,
            .target = path == std::string::npos ? "/" : text.substr(path)};
}

// What stands behind an address or a key, each word once: "... several-persons signed-data".
class Words {
public:
    Words(std::string_view key, const std::string& text) : key_(key), text_(text) {
        std::istringstream words{text};
        words >> first_;
        for (std::string word; words >> word;)
            words_.insert(word);
    }

    const std::string& first() const { return first_; }
    bool take(const std::string& word) { return words_.erase(word) != 0; }
    // What stands behind "name=".
    std::optional<std::string> take_value(const std::string& name) {
        const auto found = words_.lower_bound(name + "=");
        if (found == words_.end() || !found->starts_with(name + "=") || found->size() == name.size() + 1)
            return std::nullopt;
        return words_.extract(found).value().substr(name.size() + 1);
    }
    void expect_no_more() const {
        if (!words_.empty()) throw base::Outage(std::string(key_) + ": not known: " + *words_.begin() + " in " + text_);
    }

private:
    std::string_view key_;
    const std::string& text_;
    std::string first_;
    std::set<std::string> words_;
};

gateway::Repeat take_repeat(Words& words) {
    return words.take("repeatable") ? gateway::Repeat::when_in_doubt : gateway::Repeat::when_unheard;
}

// "serviceKey=https://host:port signed-requests signed-answers repeatable", or "... streamed".
std::pair<std::string, gateway::Binding> binding_of(const std::string& whole) {
    Words words("gateway.upstreams", whole);
    const bool signed_requests = words.take("signed-requests"), signed_answers = words.take("signed-answers");
    const bool streamed = words.take("streamed");
    const gateway::Repeat repeat = take_repeat(words);
    words.expect_no_more();
    // A signature stands before content whose digest is known only at its end, and what passed is not there to be sent again.
    if (streamed && (signed_requests || signed_answers || repeat != gateway::Repeat::when_unheard))
        throw base::Outage("gateway.upstreams: what is streamed is neither signed nor repeatable: " + whole);
    const std::string& text = words.first();
    const auto equals = text.find('=');
    const auto upstream =
        equals == std::string::npos ? std::nullopt : http::parse_http_origin(std::string_view(text).substr(equals + 1));
    if (!upstream) throw base::Outage("gateway.upstreams: not serviceKey=https://host:port: " + text);
    return {text.substr(0, equals), gateway::Binding{.upstream = *upstream,
                                                     .signed_requests = signed_requests,
                                                     .signed_answers = signed_answers,
                                                     .streamed = streamed,
                                                     .repeat = repeat}};
}

gateway::SoapAddress address_of(Named& named) {
    return {.upstream = std::move(named.upstream), .target = std::move(named.target)};
}

constexpr std::string_view soap_services_key = "gateway.soap_services";

// "serviceKey=https://host:port/path several-persons signed-data signed-answers signed-envelopes repeatable".
std::pair<std::string, gateway::SoapService> soap_service_of(const std::string& text) {
    Words words(soap_services_key, text);
    Named named = named_address_of(soap_services_key, words.first());
    gateway::SoapService service{.address = address_of(named)};
    if (words.take("several-persons")) service.persons = gateway::Persons::several;
    service.subject = words.take_value("subject").value_or(service.subject);
    service.signed_data = words.take("signed-data");
    service.signed_answers = words.take("signed-answers");
    service.signed_envelopes = words.take("signed-envelopes");
    service.repeat = take_repeat(words);
    words.expect_no_more();
    return {std::move(named.name), std::move(service)};
}

// "serviceKey/routeId=https://host:port/path".
void add_route(std::map<std::string, gateway::SoapService, std::less<>>& services, const std::string& text) {
    Named named = named_address_of("gateway.soap_routes", text);
    const auto slash = named.name.find('/');
    const auto service = services.find(named.name.substr(0, slash));
    if (slash == std::string::npos || slash + 1 == named.name.size() || service == services.end())
        throw base::Outage("gateway.soap_routes: not the key of a service in gateway.soap_services/routeId: " + text);
    if (!service->second.routes.emplace(named.name.substr(slash + 1), address_of(named)).second)
        throw base::Outage("gateway.soap_routes: a route is named twice: " + text);
}

}  // namespace

namespace {

gateway::Quota quota_of(std::string_view key, std::string_view text) {
    const auto quota = gateway::parse_quota(text);
    if (!quota) throw base::Outage(std::string(key) + ": not \"a second/at once/a day\": " + std::string(text));
    return *quota;
}

}  // namespace

gateway::BreakerRules breaker_rules_of(const config::Config& config) {
    return {.failures = config.number("gateway.breaker_failures"),
            .rest = std::chrono::seconds{config.number("gateway.breaker_rest_seconds")}};
}

gateway::Quota common_quota_of(const config::Config& config) {
    return quota_of("gateway.quota", config.text("gateway.quota"));
}

std::map<std::string, gateway::Quota, std::less<>> own_quotas_of(const config::Config& config,
                                                                 const registry::Registry& registry) {
    std::map<std::string, gateway::Quota, std::less<>> quotas;
    for (const std::string_view text : config.list("gateway.quotas")) {
        const std::size_t equals = std::min(text.find('='), text.size());
        const std::string_view system = text.substr(0, equals);
        if (registry.system(system) == nullptr)
            throw base::Outage("gateway.quotas: no such system is registered: " + std::string(text));
        quotas.emplace(system, quota_of("gateway.quotas", text.substr(std::min(equals + 1, text.size()))));
    }
    return quotas;
}

std::map<std::string, gateway::Binding, std::less<>> bindings_of(const config::Config& config) {
    std::map<std::string, gateway::Binding, std::less<>> bindings;
    for (const std::string& text : config.list("gateway.upstreams"))
        if (!bindings.insert(binding_of(text)).second)
            throw base::Outage("gateway.upstreams: a service is named twice: " + text);
    return bindings;
}

std::map<std::string, gateway::SoapService, std::less<>> soap_services_of(const config::Config& config) {
    std::map<std::string, gateway::SoapService, std::less<>> services;
    for (const std::string& text : config.list("gateway.soap_services"))
        if (!services.insert(soap_service_of(text)).second)
            throw base::Outage("gateway.soap_services: a service is named twice: " + text);
    for (const std::string& text : config.list("gateway.soap_routes"))
        add_route(services, text);
    return services;
}

// "serviceKey=days"
gateway::KeptFor kept_messages_of(const config::Config& config, const registry::Registry& registry) {
    gateway::KeptFor kept;
    for (const std::string& text : config.list("gateway.kept_messages")) {
        const auto equals = text.find('=');
        const auto days =
            equals == std::string::npos ? std::nullopt : base::parse_integer(std::string_view(text).substr(equals + 1));
        // What is known of an exchange is forgotten by then, and nothing would lead to its messages any more.
        if (!days || *days < 1 || std::chrono::days{*days} > base::limits::exchange_search_span_max)
            throw base::Outage("gateway.kept_messages: not serviceKey=days, from 1 to 92: " + text);
        std::string key = text.substr(0, equals);
        const registry::IntegrationService* const service = registry.service(key);
        if (service == nullptr || service->personal_data)
            throw base::Outage("gateway.kept_messages: not a registered service without personal data: " + key);
        kept.emplace(std::move(key), std::chrono::days{*days});
    }
    return kept;
}

std::optional<notary::TimeStampAddress> time_stamps_of(const config::Config& config) {
    const std::string& url = config.text("timestamps.url");
    if (url.empty()) return std::nullopt;
    auto address = notary::parse_time_stamp_address(url, config.text("timestamps.policy"));
    if (!address) throw base::Outage("timestamps.url: not http[s]://host[:port][/path], or no policy: " + url);
    return address;
}

gateway::KdpSettings kdp_settings_of(const config::Config& config) {
    const auto unit = [&](std::string_view key) {
        return config.text(key) == "seconds" ? std::chrono::microseconds(std::chrono::seconds{1})
                                             : std::chrono::microseconds(std::chrono::milliseconds{1});
    };
    return {.wait = std::chrono::seconds{config.number("kdp.wait_seconds")},
            .expires_in_unit = unit("kdp.expires_in_unit"),
            .insurers_expires_in_unit = unit("kdp.insurers_expires_in_unit"),
            .status = {.granted = config.text("kdp.status_granted"),
                       .pending = config.text("kdp.status_pending"),
                       .refused = config.text("kdp.status_refused"),
                       .expired = config.text("kdp.status_expired"),
                       .undeliverable = config.text("kdp.status_undeliverable"),
                       .paused = config.text("kdp.status_paused"),
                       .ended = config.text("kdp.status_ended")}};
}

std::map<std::string, gateway::SoapAddress, std::less<>> async_receivers_of(const config::Config& config) {
    std::map<std::string, gateway::SoapAddress, std::less<>> receivers;
    for (const std::string& text : config.list("gateway.async_receivers")) {
        Named named = named_address_of("gateway.async_receivers", text);
        receivers.emplace(std::move(named.name), address_of(named));
    }
    return receivers;
}

std::map<std::string, gateway::AsyncService, std::less<>> async_services_of(const config::Config& config) {
    constexpr std::string_view key = "gateway.async_services";
    std::map<std::string, gateway::AsyncService, std::less<>> services;
    for (const std::string& text : config.list(key)) {
        Words words(key, text);
        gateway::AsyncService service{.signed_data = words.take("signed-data")};
        if (words.take("several-persons")) service.persons = gateway::Persons::several;
        service.subject = words.take_value("subject").value_or(service.subject);
        services.emplace(words.first(), std::move(service));
        words.expect_no_more();
    }
    return services;
}

gateway::DataForms data_forms_of(const config::Config& config) {
    gateway::DataForms forms;
    for (const std::string& text : config.list("gateway.data_forms")) {
        const auto equals = text.find('=');
        const std::string name = equals == std::string::npos ? "" : text.substr(equals + 1);
        soap::DataForm form{};
        if (!boost::describe::enum_from_string(name.c_str(), form))
            throw base::Outage("gateway.data_forms: not SYSTEM=nodes, escaped or cdata: " + text);
        forms.emplace(text.substr(0, equals), form);
    }
    return forms;
}

access::AsyncRules async_rules_of(const config::Config& config) {
    access::AsyncRules rules{.waiting_max = config.number("gateway.async_waiting_max"), .pushed = {}};
    for (const auto& [system, address] : async_receivers_of(config))
        rules.pushed.insert(system);
    return rules;
}

access::Levels levels_of(const config::Config& config) {
    return {.look = level(config, "sign_in.level_look"),
            .agree = level(config, "sign_in.level_agree"),
            .official = level(config, "sign_in.level_official")};
}

trust::Policy signature_policy_of(const config::Config& config) {
    trust::Policy policy;
    // The sandbox's own authority has no responder to ask.
    policy.revocation_required =
        !config.text("trust.authorities").empty() && config.text("trust.revocation") == "required";
    return policy;
}

std::vector<std::string> addresses_of(const std::string& issuer, const std::string& systems_url) {
    std::vector<std::string> addresses{issuer};
    if (!systems_url.empty()) addresses.push_back(systems_url);
    return addresses;
}

std::vector<http::Authority> authorities_of(const std::vector<std::string>& addresses) {
    std::vector<http::Authority> authorities;
    for (const std::string& address : addresses) {
        const auto prefix = http::parse_http_prefix(address);
        if (!prefix) throw base::Outage("not an address of HTTP: " + address);
        authorities.push_back(prefix->upstream);
    }
    return authorities;
}

std::vector<std::string> audiences_of(const std::vector<std::string>& addresses) {
    std::vector<std::string> audiences{addresses.front()};
    for (const std::string& address : addresses) {
        for (const auto* path : {"/token", "/bc-authorize", "/introspect", "/revoke"})
            audiences.push_back(address + path);
    }
    return audiences;
}

}  // namespace kelisim::app
