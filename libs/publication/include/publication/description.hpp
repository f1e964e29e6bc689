// SPDX-License-Identifier: Apache-2.0
// What a description of an interface says of its operations.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace kelisim::publication {

extern const base::Reason description_malformed;
extern const base::Reason description_version;
extern const base::Reason description_reference;
extern const base::Reason description_empty;
extern const base::Reason description_style;
extern const base::Reason yaml_malformed;
extern const base::Reason yaml_beyond_json;
extern const base::Reason yaml_key_twice;
extern const base::Reason yaml_too_large;

// Where a request names something: "body:/person/iin" (JSON Pointer), "query:iin", "path:iin", "header:X-Person".
struct Place {
    enum class In { body, query, path, header } in{};
    std::string name;
    bool operator==(const Place&) const = default;
};
std::optional<Place> parse_place(std::string_view text);
std::string to_string(const Place& place);

struct Field {
    std::string name;
    boost::json::value example;
};

// How an operation of a WSDL is called (document/literal).
struct Soap {
    std::string action;                 // of HTTP, without its quotes
    std::string ns, request, response;  // elements of the two bodies
    bool newer = false;                 // SOAP 1.2
    bool qualified = false;             // elements below them have the namespace too
    std::vector<std::string> wrappers;  // elements below the response that hold nothing but the next
    boost::json::object answer;         // schema of what is in the last of them
};

struct Operation {
    std::string id;                 // plain: it stands in addresses
    std::string method;             // upper case
    std::string path;               // with {parameters}
    std::vector<Place> places;      // of everything that a request names
    std::vector<Place> persons;     // of these the ones that are called as an IIN is
    boost::json::object body;       // JSON Schema without references; empty: no body in JSON
    std::vector<Field> fields;      // of the answer, where it is a JSON object; else none
    std::optional<Soap> soap = {};  // else HTTP and JSON
};

struct Description {
    std::string title;
    std::vector<Operation> operations;
};

// OpenAPI 3.0 and 3.1 in JSON. References within the document are followed; a reference to elsewhere is refused, because what
// is published has to stand in what was read.
base::Result<Description> read_openapi(std::string_view text);

// WSDL 1.1 with SOAP 1.1 or 1.2, document/literal, its schemas inline. Bodies become JSON schemas: a sequence an object, an element that
// may repeat an array.
base::Result<Description> read_wsdl(std::string_view text);

// Where a text goes wrong, counted from 1.
struct Position {
    std::size_t line, column;
};
// At a place in the text, where one is known.
struct Unread {
    base::Refusal refusal;
    std::optional<Position> at;
};
// Whichever of the two it is, OpenAPI in JSON or YAML 1.2 (read as the JSON that it stands for, OpenAPI 3.1.0 section 4.3).
std::variant<Description, Unread> read_description(std::string_view text);

// The message for a body that fits operation.body, and the object that an answer holds; nothing for a fault and whatever else is no such
// answer. Precondition: operation.soap.
std::string to_soap(const Operation& operation, const boost::json::object& body);
std::optional<boost::json::object> from_soap(const Operation& operation, std::string_view answer);

// The first thing in which a value does not fit a schema, as a JSON Pointer; nothing where it fits. Checked are type, enum, required,
// properties, additionalProperties: false and items.
std::optional<std::string> misfit(const boost::json::object& schema, const boost::json::value& value);

// A value such as the schema describes: its example, default or first choice, else one of its type.
boost::json::value example_of(const boost::json::object& schema);

}  // namespace kelisim::publication
