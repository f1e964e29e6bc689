// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "members.hpp"
#include "places.hpp"
#include "publication/description.hpp"
#include "xml/document.hpp"

namespace kelisim::publication {

using base::Kind;
using base::Result;
using boost::json::array;
using boost::json::object;
using xml::Element;

const base::Reason description_style{"publication_style",
                                     Kind::invalid,
                                     "WSDL 1.1 section 3.5",
                                     {"Операция document/literal түрінде емес немесе оның SOAP байланысы жоқ.",
                                      "Операция не document/literal, или у неё нет привязки SOAP.",
                                      "An operation is not document/literal, or has no SOAP binding."}};

namespace {

constexpr std::string_view wsdl_ns = "http://schemas.xmlsoap.org/wsdl/", xsd_ns = "http://www.w3.org/2001/XMLSchema",
                           soap_ns = "http://schemas.xmlsoap.org/wsdl/soap/",
                           soap12_ns = "http://schemas.xmlsoap.org/wsdl/soap12/";
constexpr std::size_t nodes_max = 100'000;

// What follows the prefix of a QName. Names are looked up by it alone: a description in which two namespaces have one name is
// refused where that name is used.
std::string local(std::string_view qname) {
    return std::string(qname.substr(qname.find(':') + 1));
}

std::string attribute(const Element& element, std::string_view name) {
    return element.attribute("", name).value_or("");
}

object of_builtin(std::string_view name) {
    constexpr std::array<std::string_view, 13> integers{"int",
                                                        "integer",
                                                        "long",
                                                        "short",
                                                        "byte",
                                                        "unsignedInt",
                                                        "unsignedLong",
                                                        "unsignedShort",
                                                        "nonNegativeInteger",
                                                        "positiveInteger",
                                                        "unsignedByte",
                                                        "negativeInteger",
                                                        "nonPositiveInteger"};
    if (std::ranges::find(integers, name) != integers.end()) return {{"type", "integer"}};
    if (name == "decimal" || name == "float" || name == "double") return {{"type", "number"}};
    if (name == "boolean") return {{"type", "boolean"}};
    if (name == "date") return {{"type", "string"}, {"format", "date"}};
    if (name == "dateTime") return {{"type", "string"}, {"format", "date-time"}};
    return {{"type", "string"}};
}

// The inline schemas as JSON schemas.
class Schemas {
public:
    struct Named {
        Element element;
        std::string ns;
        bool qualified;
    };

    void add(const Element& schema) {
        const std::string ns = attribute(schema, "targetNamespace");
        const bool qualified = attribute(schema, "elementFormDefault") == "qualified";
        for (const Element& child : schema.children()) {
            auto& into = child.is(xsd_ns, "element") ? elements_ : types_;
            const std::string name = attribute(child, "name");
            if (!name.empty()) into[name].push_back({child, ns, qualified});
        }
    }
    bool sound() const { return sound_; }

    const Named* element(const std::string& name) { return only(elements_, name); }

    object of_element(const Element& element, int depth = 0) {
        if (depth > schema_depth_max || ++nodes_ > nodes_max) return {};
        if (const auto reference = element.attribute("", "ref")) {
            const Named* named = only(elements_, local(*reference));
            return named == nullptr ? object{} : of_element(named->element, depth + 1);
        }
        object schema;
        if (const auto type = element.attribute("", "type"))
            schema = of_type(local(*type), depth + 1);
        else if (const auto complex = element.child(xsd_ns, "complexType"))
            schema = of_complex(*complex, depth + 1);
        else if (const auto simple = element.child(xsd_ns, "simpleType"))
            schema = of_simple(*simple, depth + 1);
        else
            schema = of_builtin("string");
        if (attribute(element, "nillable") == "true") schema["nullable"] = true;
        return schema;
    }

private:
    using Names = std::map<std::string, std::vector<Named>>;

    const Named* only(const Names& names, const std::string& name) {
        const auto at = names.find(name);
        if (at != names.end() && at->second.size() == 1) return &at->second.front();
        sound_ = false;
        return nullptr;
    }

    object of_type(const std::string& name, int depth) {
        if (!types_.contains(name)) return of_builtin(name);
        const Named* named = only(types_, name);
        if (named == nullptr || depth > schema_depth_max) return {};
        return named->element.is(xsd_ns, "complexType") ? of_complex(named->element, depth + 1)
                                                        : of_simple(named->element, depth + 1);
    }

    object of_simple(const Element& type, int depth) {
        const auto restriction = type.child(xsd_ns, "restriction");
        if (!restriction || depth > schema_depth_max) return of_builtin("string");
        object schema = of_type(local(attribute(*restriction, "base")), depth + 1);
        array choices;
        for (const Element& one : restriction->children(xsd_ns, "enumeration"))
            choices.emplace_back(attribute(one, "value"));
        if (!choices.empty() && schema["type"] == "string") schema["enum"] = std::move(choices);
        return schema;
    }

    object of_complex(const Element& type, int depth) {
        if (type.child(xsd_ns, "simpleContent")) return of_builtin("string");
        object schema{
            {"type", "object"}, {"properties", object{}}, {"required", array{}}, {"additionalProperties", false}};
        if (const auto content = type.child(xsd_ns, "complexContent")) {
            if (const auto extension = content->child(xsd_ns, "extension")) {
                object above = of_type(local(attribute(*extension, "base")), depth + 1);
                if (above.contains("properties")) schema = std::move(above);
                add_groups(*extension, schema, depth);
            }
        }
        add_groups(type, schema, depth);
        return schema;
    }

    void add_groups(const Element& holder, object& schema, int depth) {
        for (const std::string_view group : {"sequence", "all", "choice"}) {
            for (const Element& each : holder.children(xsd_ns, group))
                add_group(each, schema, group == "choice", depth + 1);
        }
    }

    void add_group(const Element& group, object& schema, bool optional, int depth) {
        if (depth > schema_depth_max) return;
        add_groups(group, schema, depth);
        for (const Element& element : group.children(xsd_ns, "element")) {
            const std::string reference = local(attribute(element, "ref"));
            const std::string name = reference.empty() ? attribute(element, "name") : reference;
            if (!xml::is_id(name)) {
                sound_ = false;
                continue;
            }
            object one = of_element(element, depth + 1);
            const std::string most = attribute(element, "maxOccurs");
            const bool many = !most.empty() && most != "0" && most != "1";
            if (many) one = {{"type", "array"}, {"items", std::move(one)}};
            schema["properties"].get_object()[name] = std::move(one);
            if (!optional && attribute(element, "minOccurs") != "0") schema["required"].get_array().emplace_back(name);
        }
    }

    Names elements_, types_;
    bool sound_ = true;
    std::size_t nodes_ = 0;
};

// Of what is bound in document/literal: operation -> SOAPAction. Nothing where an operation is bound in another style.
using Actions = std::map<std::string, std::string>;
std::optional<Actions> actions_of(const Element& binding, std::string_view ns) {
    Actions actions;
    const auto whole = binding.child(ns, "binding");
    if (!whole) return actions;
    for (const Element& operation : binding.children(wsdl_ns, "operation")) {
        const auto soap = operation.child(ns, "operation");
        std::string style = soap ? attribute(*soap, "style") : "";
        if (style.empty()) style = attribute(*whole, "style");
        if (style == "rpc") return std::nullopt;
        actions[attribute(operation, "name")] = soap ? attribute(*soap, "soapAction") : "";
    }
    return actions;
}

class Reader {
public:
    explicit Reader(const Element& definitions) : definitions_(definitions) {
        for (const Element& types : definitions.children(wsdl_ns, "types")) {
            for (const Element& schema : types.children(xsd_ns, "schema"))
                schemas_.add(schema);
        }
    }

    Result<Description> read() {
        Description description{.title = attribute(definitions_, "name"), .operations = {}};
        bool literal = true, bound = false;
        for (const std::string_view ns : {soap_ns, soap12_ns}) {
            for (const Element& binding : definitions_.children(wsdl_ns, "binding")) {
                const auto actions = actions_of(binding, ns);
                literal = literal && actions;
                if (!actions || actions->empty() || bound) continue;
                bound = true;
                if (!add_port(local(attribute(binding, "type")), *actions, ns == soap12_ns, description))
                    literal = false;
            }
        }
        if (!schemas_.sound()) return base::Refusal(description_reference);
        if (!literal) return base::Refusal(description_style);
        if (description.operations.empty()) return base::Refusal(description_empty);
        return description;
    }

private:
    // The element that a message consists of; nothing for parts of types.
    std::string element_of(const std::optional<Element>& side) const {
        const std::string name = side ? local(attribute(*side, "message")) : "";
        for (const Element& message : definitions_.children(wsdl_ns, "message")) {
            if (attribute(message, "name") != name) continue;
            const auto part = message.child(wsdl_ns, "part");
            return part ? local(attribute(*part, "element")) : "";
        }
        return {};
    }

    bool add_port(const std::string& name, const Actions& actions, bool newer, Description& description) {
        for (const Element& port : definitions_.children(wsdl_ns, "portType")) {
            if (attribute(port, "name") != name) continue;
            for (const Element& operation : port.children(wsdl_ns, "operation")) {
                const auto action = actions.find(attribute(operation, "name"));
                if (action == actions.end()) continue;
                if (!add_operation(operation, action->second, newer, description)) return false;
            }
        }
        return true;
    }

    bool add_operation(const Element& from, const std::string& action, bool newer, Description& description) {
        const std::string request = element_of(from.child(wsdl_ns, "input")),
                          response = element_of(from.child(wsdl_ns, "output"));
        if (request.empty() || response.empty()) return false;
        const auto* asks = schemas_.element(request);
        const auto* answers = schemas_.element(response);
        if (asks == nullptr || answers == nullptr || !xml::is_id(request)) return true;  // told as unsound
        Operation operation{.id = plain_id(attribute(from, "name")),
                            .method = "POST",
                            .path = "",
                            .places = {},
                            .persons = {},
                            .body = schemas_.of_element(asks->element),
                            .fields = {}};
        Soap soap{.action = action,
                  .ns = asks->ns,
                  .request = request,
                  .response = response,
                  .newer = newer,
                  .qualified = asks->qualified,
                  .wrappers = {},
                  .answer = schemas_.of_element(answers->element)};
        if (answers->ns != asks->ns) return false;
        unwrap(soap);
        add_body_places(operation.body, operation.places);
        operation.persons = persons_among(operation.places);
        operation.fields = fields_of(soap.answer);
        operation.soap = std::move(soap);
        description.operations.push_back(std::move(operation));
        return true;
    }

    // A response that holds one element alone, of many: its data are what that one holds.
    static void unwrap(Soap& soap) {
        for (int depth = 0; depth < schema_depth_max; ++depth) {
            const auto* properties = soap.answer.if_contains("properties");
            const object* members = properties == nullptr ? nullptr : properties->if_object();
            if (members == nullptr || members->size() != 1) return;
            const object* below = members->begin()->value().if_object();
            if (below == nullptr || !below->contains("properties")) return;
            soap.wrappers.emplace_back(members->begin()->key());
            soap.answer = object(*below);
        }
    }

    Element definitions_;
    Schemas schemas_;
};

}  // namespace

Result<Description> read_wsdl(std::string_view text) {
    const auto document = xml::Document::parse(base::as_bytes(text), {});
    if (document.has_error()) return base::Refusal({&description_malformed, &document.error().first()});
    const Element root = document->root();
    if (!root.is(wsdl_ns, "definitions")) return base::Refusal(description_malformed);
    return Reader(root).read();
}

}  // namespace kelisim::publication
