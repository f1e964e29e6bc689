// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "json/json.hpp"
#include "members.hpp"
#include "publication/description.hpp"
#include "soap/envelope.hpp"

namespace kelisim::publication {

using boost::json::array;
using boost::json::object;
using boost::json::value;

namespace {

bool is_of(const object& schema, std::string_view type) {
    return text_at(schema, "type") == type;
}

// Writes members in the order of the schema, which a validating reader wants.
class Writer {
public:
    explicit Writer(const Soap& soap) : prefix_(soap.qualified ? "r:" : "") {}

    void members(const object& schema, const object& given) {
        const object* properties = object_at(schema, "properties");
        if (properties == nullptr) return;
        for (const auto& property : *properties) {
            const value* found = given.if_contains(property.key());
            const object* described = property.value().if_object();
            if (found == nullptr || described == nullptr) continue;
            if (!found->is_array()) {
                element(property.key(), *described, *found);
                continue;
            }
            const object* items = object_at(*described, "items");
            for (const value& each : found->get_array())
                element(property.key(), items == nullptr ? *described : *items, each);
        }
    }
    const std::string& text() const { return text_; }

private:
    void element(std::string_view name, const object& schema, const value& v) {
        if (v.is_null()) return;
        const std::string tag = prefix_ + std::string(name);
        text_ += "<" + tag + ">";
        if (v.is_object())
            members(schema, v.get_object());
        else
            text_ += xml::escaped(v.is_string() ? std::string(v.get_string()) : boost::json::serialize(v));
        text_ += "</" + tag + ">";
    }

    std::string prefix_, text_;
};

value read_value(const xml::Element& element, const object& schema, int depth);

object read_members(const xml::Element& element, const object& schema, int depth) {
    object out;
    const object* properties = object_at(schema, "properties");
    if (properties == nullptr || depth > schema_depth_max) return out;
    for (const xml::Element& child : element.children()) {
        const object* described = object_at(*properties, child.name());
        if (described == nullptr) continue;
        const object* items = is_of(*described, "array") ? object_at(*described, "items") : nullptr;
        if (items == nullptr) {
            out[child.name()] = read_value(child, *described, depth + 1);
            continue;
        }
        value& list = out[child.name()];
        if (!list.is_array()) list.emplace_array();
        list.get_array().push_back(read_value(child, *items, depth + 1));
    }
    return out;
}

value read_value(const xml::Element& element, const object& schema, int depth) {
    if (schema.contains("properties")) return read_members(element, schema, depth);
    const auto text = element.text();
    if (!text) return nullptr;
    if (is_of(schema, "boolean")) return *text == "true" || *text == "1";
    if (is_of(schema, "integer") || is_of(schema, "number")) {
        const auto number = json::parse(*text, {.bytes_max = 64, .depth_max = 1});
        if (number.has_value() && number->is_number()) return *number;
    }
    return value(std::string_view(*text));
}

}  // namespace

std::string to_soap(const Operation& operation, const object& body) {
    const Soap& soap = *operation.soap;
    Writer writer(soap);
    writer.members(operation.body, body);
    const std::string content = "<r:" + soap.request + " xmlns:r=\"" + xml::escaped(soap.ns) + "\">" + writer.text() +
                                "</r:" + soap.request + ">";
    return soap::enveloped(soap.newer ? soap::Version::v12 : soap::Version::v11, content);
}

std::optional<object> from_soap(const Operation& operation, std::string_view answer) {
    const Soap& soap = *operation.soap;
    const auto envelope = soap::Envelope::parse(base::as_bytes(answer), soap::channel_limits);
    if (envelope.has_error()) return std::nullopt;
    const auto children = envelope->body().children();
    if (children.size() != 1 || !children.front().is(soap.ns, soap.response)) return std::nullopt;
    xml::Element here = children.front();
    for (const std::string& wrapper : soap.wrappers) {
        const auto below = here.children();
        if (below.size() != 1 || below.front().name() != wrapper) return std::nullopt;
        here = below.front();
    }
    return read_members(here, soap.answer, 0);
}

}  // namespace kelisim::publication
