// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "members.hpp"
#include "publication/description.hpp"

namespace kelisim::publication {

using boost::json::array;
using boost::json::object;
using boost::json::value;

namespace {

// The name of a type in JSON Schema.
bool is_of_type(const value& v, std::string_view type) {
    if (type == "string") return v.is_string();
    if (type == "boolean") return v.is_bool();
    if (type == "integer") return v.is_int64() || v.is_uint64();
    if (type == "number") return v.is_number();
    if (type == "array") return v.is_array();
    if (type == "object") return v.is_object();
    return type != "null" || v.is_null();
}

// OpenAPI 3.1 lets `type` be a list; 3.0 has `nullable`.
bool has_type(const object& schema, const value& v) {
    const value* nullable = schema.if_contains("nullable");
    if (v.is_null() && nullable != nullptr && *nullable == value(true)) return true;
    const value* type = schema.if_contains("type");
    if (type == nullptr) return true;
    if (type->is_string()) return is_of_type(v, type->get_string());
    if (!type->is_array()) return true;
    return std::ranges::any_of(type->get_array(),
                               [&](const value& one) { return one.is_string() && is_of_type(v, one.get_string()); });
}

// RFC 6901 section 3.
std::string token_of(std::string_view name) {
    std::string out = "/";
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::optional<std::string> misfit_at(const object& schema, const value& v, const std::string& at, int depth);

std::optional<std::string> misfit_of_members(const object& schema, const object& given, const std::string& at,
                                             int depth) {
    if (const array* required = array_at(schema, "required")) {
        for (const value& name : *required) {
            if (name.is_string() && !given.contains(name.get_string())) return at + token_of(name.get_string());
        }
    }
    const object* properties = object_at(schema, "properties");
    const value* more = schema.if_contains("additionalProperties");
    const bool closed = more != nullptr && *more == value(false);
    for (const auto& member : given) {
        const object* described = properties == nullptr ? nullptr : object_at(*properties, member.key());
        const std::string place = at + token_of(member.key());
        if (described == nullptr && closed) return place;
        if (described == nullptr) continue;
        if (auto wrong = misfit_at(*described, member.value(), place, depth + 1)) return wrong;
    }
    return std::nullopt;
}

std::optional<std::string> misfit_at(const object& schema, const value& v, const std::string& at, int depth) {
    if (depth > schema_depth_max) return std::nullopt;
    const array* choices = array_at(schema, "enum");
    const bool chosen = choices == nullptr || std::ranges::find(*choices, v) != choices->end();
    if (!has_type(schema, v) || !chosen) return at;
    if (v.is_object()) return misfit_of_members(schema, v.get_object(), at, depth);
    const object* items = object_at(schema, "items");
    if (!v.is_array() || items == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < v.get_array().size(); ++i) {
        if (auto wrong = misfit_at(*items, v.get_array()[i], at + "/" + std::to_string(i), depth + 1)) return wrong;
    }
    return std::nullopt;
}

std::string_view first_type(const object& schema) {
    const value* type = schema.if_contains("type");
    if (type != nullptr && type->is_array() && !type->get_array().empty()) type = &type->get_array().front();
    if (type != nullptr && type->is_string()) return type->get_string();
    return schema.contains("properties") ? "object" : "string";
}

value text_of_format(const object& schema) {
    const value* format = schema.if_contains("format");
    if (format != nullptr && *format == value("date")) return "1899-12-31";
    if (format != nullptr && *format == value("date-time")) return "1899-12-31T00:00:00Z";
    return "example";
}

value example_at(const object& schema, int depth) {
    for (const char* name : {"example", "default", "const"}) {
        if (const value* found = schema.if_contains(name)) return *found;
    }
    for (const char* name : {"examples", "enum"}) {
        if (const array* found = array_at(schema, name); found != nullptr && !found->empty()) return found->front();
    }
    const std::string_view type = depth > schema_depth_max ? "null" : first_type(schema);
    if (type == "boolean") return false;
    if (type == "integer" || type == "number") return 0;
    if (type == "string") return text_of_format(schema);
    if (type == "array") {
        const object* items = object_at(schema, "items");
        return items == nullptr ? array{} : array{example_at(*items, depth + 1)};
    }
    if (type != "object") return nullptr;
    object out;
    if (const object* properties = object_at(schema, "properties")) {
        for (const auto& property : *properties) {
            if (const object* one = property.value().if_object()) out[property.key()] = example_at(*one, depth + 1);
        }
    }
    return out;
}

}  // namespace

std::optional<std::string> misfit(const object& schema, const value& v) {
    return misfit_at(schema, v, "", 0);
}

value example_of(const object& schema) {
    return example_at(schema, 0);
}

}  // namespace kelisim::publication
