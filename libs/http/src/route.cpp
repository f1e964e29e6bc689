// SPDX-License-Identifier: Apache-2.0
#include "http/route.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "ascii.hpp"
#include "http/uri.hpp"

namespace kelisim::http {

Endpoint open(std::string_view why_no_authentication, Handler handler) {
    if (why_no_authentication.empty()) throw std::invalid_argument("an open route says why");
    return Endpoint("none: " + std::string(why_no_authentication), std::move(handler));
}

namespace {

// Parameters by reference: the endpoint and the request outlive the call.
boost::asio::awaitable<Response> guard_first(const Guard& guard, const Handler& handler, const Request& request) {
    std::optional<Response> instead = co_await guard(request);
    if (instead) co_return *std::move(instead);
    co_return co_await handler(request);
}

}  // namespace

Endpoint guarded(Guard guard, Endpoint endpoint) {
    Handler handler = [guard = std::move(guard), handler = std::move(endpoint.handler_)](const Request& request) {
        return guard_first(guard, handler, request);
    };
    return Endpoint(std::move(endpoint.authentication_), std::move(handler));
}

namespace {

constexpr std::string_view any_method = "ANY";

[[noreturn]] void malformed(std::string_view pattern, std::string_view why) {
    throw std::invalid_argument("route " + std::string(pattern) + ": " + std::string(why));
}

// What stands between the braces of {name}; nothing for a literal.
std::optional<std::string_view> name_of(std::string_view pattern, std::string_view segment) {
    if (segment.find_first_of("{}") == std::string_view::npos) return std::nullopt;
    const bool braces = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    if (!braces) malformed(pattern, "a segment is a literal or one {name}");
    return segment.substr(1, segment.size() - 2);
}

}  // namespace

// One position of a path. Names belong to the route, not to the node: /a/{x} and /a/{y}/b share it.
struct Routes::Node {
    struct Entry {
        const Route* route;
        std::vector<std::string_view> names;
    };
    std::map<std::string_view, std::unique_ptr<Node>> literals;
    std::unique_ptr<Node> named;
    std::vector<Entry> here;  // the path ends here
    std::vector<Entry> rest;  // anything may follow

    void insert(const Route& route);
    const Entry* find(std::string_view method, std::string_view path, std::vector<std::string_view>& values,
                      std::string& allowed) const;
};

namespace {

template <class Entry>
void add(std::vector<Entry>& entries, Entry entry) {
    for (const auto& other : entries) {
        if (other.route->method == entry.route->method) malformed(entry.route->pattern, "given twice for one method");
    }
    entries.push_back(std::move(entry));
}

template <class Entry>
const Entry* choose(const std::vector<Entry>& entries, std::string_view method, std::string& allowed) {
    const Entry* any = nullptr;
    const Entry* get = nullptr;
    for (const auto& entry : entries) {
        if (entry.route->method == method) return &entry;
        if (entry.route->method == any_method) any = &entry;
        if (entry.route->method == "GET") get = &entry;
    }
    // "HEAD is identical to GET except that the server MUST NOT send content in the response" (RFC 9110 9.3.2).
    if (method == "HEAD" && get != nullptr) return get;
    if (any != nullptr) return any;
    for (const auto& entry : entries) {
        if (!allowed.empty()) allowed += ", ";
        allowed += entry.route->method;
        if (entry.route->method == "GET") allowed += ", HEAD";
    }
    return nullptr;
}

}  // namespace

void Routes::Node::insert(const Route& route) {
    const std::string_view pattern = route.pattern;
    if (pattern.empty() || pattern.front() != '/') malformed(pattern, "begins with /");
    if (route.method.empty()) malformed(pattern, "has no method");
    Node* node = this;
    std::vector<std::string_view> names;
    std::string_view left = pattern;
    while (!left.empty()) {
        left.remove_prefix(1);
        const auto segment = left.substr(0, left.find('/'));
        left.remove_prefix(segment.size());
        auto name = name_of(pattern, segment);
        if (!name) {
            auto& next = node->literals[segment];
            if (!next) next = std::make_unique<Node>();
            node = next.get();
            continue;
        }
        const bool takes_rest = name->ends_with("...");
        if (takes_rest) name->remove_suffix(3);
        if (name->empty() || std::find(names.begin(), names.end(), *name) != names.end())
            malformed(pattern, "each name is given once and not empty");
        names.push_back(*name);
        if (takes_rest) {
            if (!left.empty()) malformed(pattern, "{name...} stands last");
            return add(node->rest, Entry{&route, std::move(names)});
        }
        if (!node->named) node->named = std::make_unique<Node>();
        node = node->named.get();
    }
    add(node->here, Entry{&route, std::move(names)});
}

// `path` is what is left: empty at the end of a path, or "/segment...". Recursion is bounded by the depth of the table.
const Routes::Node::Entry* Routes::Node::find(std::string_view method, std::string_view path,
                                              std::vector<std::string_view>& values, std::string& allowed) const {
    if (path.empty()) return choose(here, method, allowed);
    const auto after = path.substr(1);
    const auto segment = after.substr(0, after.find('/'));
    const auto left = after.substr(segment.size());
    if (const auto literal = literals.find(segment); literal != literals.end()) {
        if (const auto* found = literal->second->find(method, left, values, allowed)) return found;
    }
    // An empty segment names nothing.
    if (named && !segment.empty()) {
        values.push_back(segment);
        if (const auto* found = named->find(method, left, values, allowed)) return found;
        values.pop_back();
    }
    values.push_back(after);
    if (const auto* found = choose(rest, method, allowed)) return found;
    values.pop_back();
    return nullptr;
}

Routes::Routes(std::vector<Route> routes) : routes_(std::move(routes)), root_(std::make_unique<Node>()) {
    for (const auto& route : routes_)
        root_->insert(route);
}
Routes::~Routes() = default;
Routes::Routes(Routes&&) noexcept = default;
Routes& Routes::operator=(Routes&&) noexcept = default;

Routes::Match Routes::match(std::string_view method, std::string_view path, std::vector<Parameter>& parameters) const {
    std::vector<std::string_view> values;
    Match match;
    const auto* found = path.starts_with('/') ? root_->find(method, path, values, match.allowed) : nullptr;
    if (found == nullptr) return match;
    match.allowed.clear();
    match.route = found->route;
    for (std::size_t i = 0; i < found->names.size(); ++i) {
        const bool is_rest = found->route->pattern.ends_with("...}") && i + 1 == found->names.size();
        // The rest stays as it came: decoded, its slashes could not be told from escaped ones.
        auto value = is_rest ? std::optional(std::string(values[i])) : percent_decode(values[i]);
        if (!value) return {};  // such a segment names nothing that exists
        parameters.push_back({found->names[i], std::move(*value)});
    }
    return match;
}

}  // namespace kelisim::http
