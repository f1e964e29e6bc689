// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "json/json.hpp"
#include "members.hpp"
#include "openapi.hpp"
#include "places.hpp"
#include "publication/description.hpp"

namespace kelisim::publication {

using base::Kind;
using base::Result;
using boost::json::array;
using boost::json::object;
using boost::json::value;

const base::Reason description_malformed{"publication_malformed",
                                         Kind::invalid,
                                         "OpenAPI 3.1.0",
                                         {"Файл OpenAPI (JSON немесе YAML) не WSDL сипаттамасы емес.",
                                          "Файл не является описанием OpenAPI (JSON или YAML) или WSDL.",
                                          "The file is no description in OpenAPI (JSON or YAML) or WSDL."}};
const base::Reason description_version{
    "publication_version",
    Kind::invalid,
    "OpenAPI 3.1.0 section 4.8.1",
    {"OpenAPI 3.0 немесе 3.1 керек.", "Нужна OpenAPI 3.0 или 3.1.", "OpenAPI 3.0 or 3.1 is needed."}};
const base::Reason description_reference{"publication_reference",
                                         Kind::invalid,
                                         "OpenAPI 3.1.0 section 4.8.23",
                                         {"Сипаттама басқа файлға немесе жоқ орынға сілтейді.",
                                          "Описание ссылается на другой файл или на место, которого нет.",
                                          "The description refers to another file, or to a place that there is not."}};
const base::Reason description_empty{
    "publication_empty",
    Kind::invalid,
    "",
    {"Сипаттамада бірде-бір операция жоқ.", "В описании нет ни одной операции.", "The description has no operation."}};

namespace {

constexpr std::size_t nodes_max = 100'000;
constexpr int follows_max = 16;
constexpr std::array<std::string_view, 5> methods{"get", "post", "put", "patch", "delete"};

// Follows references within the document, and notes when one leads elsewhere.
class Document {
public:
    explicit Document(const object& root) : root_(root) {}
    bool sound() const { return sound_; }
    const object& root() const { return root_; }

    // The object that stands at a member, behind its references; null where there is none.
    const object* at(const object& from, std::string_view name) {
        const value* found = from.if_contains(name);
        return found == nullptr ? nullptr : followed(*found);
    }
    const object* followed(const value& from) {
        const object* here = from.if_object();
        for (int step = 0; here != nullptr; ++step) {
            const value* reference = here->if_contains("$ref");
            if (reference == nullptr || !reference->is_string()) return here;
            here = step < follows_max ? target_of(reference->get_string()) : nullptr;
        }
        if (from.is_object()) sound_ = false;
        return nullptr;
    }

    // A schema with what it refers to in place. What refers to itself is cut off where it gets deep: anything fits there.
    object expanded(const object& schema, int depth = 0) {
        object out;
        if (depth > schema_depth_max || ++nodes_ > nodes_max) return out;
        for (const auto& member : schema)
            out[member.key()] = expanded_member(member.key(), member.value(), depth);
        if (const value* parts = schema.if_contains("allOf"); parts != nullptr && parts->is_array()) {
            for (const value& part : parts->get_array()) {
                if (const object* one = followed(part)) merge(out, expanded(*one, depth + 1));
            }
            out.erase("allOf");
        }
        return out;
    }

private:
    const object* target_of(std::string_view reference) const {
        if (!reference.starts_with("#/")) return nullptr;
        // RFC 6901, of members alone.
        std::string_view pointer = reference.substr(2);
        const object* here = &root_;
        while (here != nullptr && !pointer.empty()) {
            const auto slash = std::min(pointer.find('/'), pointer.size());
            std::string name;
            for (std::size_t i = 0; i < slash; ++i) {
                const bool escaped = pointer[i] == '~' && i + 1 < slash;
                name += escaped ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
            }
            const value* next = here->if_contains(name);
            here = next == nullptr ? nullptr : next->if_object();
            pointer.remove_prefix(std::min(slash + 1, pointer.size()));
        }
        return here;
    }

    value expanded_member(std::string_view name, const value& v, int depth) {
        if (name == "properties" && v.is_object()) {
            object out;
            for (const auto& property : v.get_object()) {
                if (const object* one = followed(property.value())) out[property.key()] = expanded(*one, depth + 1);
            }
            return out;
        }
        const bool schema = name == "items" || name == "additionalProperties";
        if (schema && v.is_object()) {
            const object* one = followed(v);
            return one == nullptr ? value(object{}) : value(expanded(*one, depth + 1));
        }
        return v;
    }

    static void merge(object& into, const object& part) {
        for (const auto& member : part) {
            value& mine = into[member.key()];
            if (mine.is_null()) {
                mine = member.value();
            } else if (mine.is_object() && member.value().is_object()) {
                for (const auto& inner : member.value().get_object())
                    mine.get_object().insert(inner);
            } else if (mine.is_array() && member.value().is_array()) {
                for (const value& one : member.value().get_array())
                    mine.get_array().push_back(one);
            }
        }
    }

    const object& root_;
    bool sound_ = true;
    std::size_t nodes_ = 0;
};

void add_parameters(Document& document, const object& from, std::vector<Place>& places) {
    const value* list = from.if_contains("parameters");
    if (list == nullptr || !list->is_array()) return;
    for (const value& each : list->get_array()) {
        const object* parameter = document.followed(each);
        if (parameter == nullptr) continue;
        const auto place =
            parse_place(std::string(text_at(*parameter, "in")) + ":" + std::string(text_at(*parameter, "name")));
        if (place && place->in != Place::In::body && std::ranges::find(places, *place) == places.end())
            places.push_back(*place);
    }
}

// The schema of what is sent as JSON; null where nothing is.
const object* json_schema_in(Document& document, const object& holder) {
    const object* content = document.at(holder, "content");
    const object* json = content == nullptr ? nullptr : document.at(*content, "application/json");
    return json == nullptr ? nullptr : document.at(*json, "schema");
}

std::vector<Field> answer_of(Document& document, const object& operation) {
    const object* responses = document.at(operation, "responses");
    const object* answer = nullptr;
    for (const char* status : {"200", "2XX", "201", "default"}) {
        if (responses != nullptr && answer == nullptr) answer = document.at(*responses, status);
    }
    const object* schema = answer == nullptr ? nullptr : json_schema_in(document, *answer);
    return schema == nullptr ? std::vector<Field>{} : fields_of(document.expanded(*schema));
}

Operation read_operation(Document& document, std::string_view method, std::string_view path, const object& item,
                         const object& from) {
    const std::string_view called = text_at(from, "operationId");
    Operation operation{.id = plain_id(called.empty() ? std::string(method) + std::string(path) : std::string(called)),
                        .method = std::string(method),
                        .path = std::string(path),
                        .places = {},
                        .persons = {},
                        .body = {},
                        .fields = answer_of(document, from)};
    std::ranges::transform(operation.method, operation.method.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    add_parameters(document, from, operation.places);
    add_parameters(document, item, operation.places);
    const object* body = document.at(from, "requestBody");
    if (const object* schema = body == nullptr ? nullptr : json_schema_in(document, *body)) {
        operation.body = document.expanded(*schema);
        add_body_places(operation.body, operation.places);
    }
    operation.persons = persons_among(operation.places);
    return operation;
}

}  // namespace

Result<Description> read_openapi(std::string_view text) {
    const auto parsed = json::parse(text, {.bytes_max = openapi_bytes_max, .depth_max = openapi_depth_max});
    if (parsed.has_error()) return base::Refusal({&description_malformed, &parsed.error().first()});
    return read_openapi(*parsed);
}

Result<Description> read_openapi(const value& whole) {
    if (!whole.is_object()) return base::Refusal(description_malformed);
    Document document(whole.get_object());
    const std::string_view version = text_at(document.root(), "openapi");
    if (!version.starts_with("3.0.") && !version.starts_with("3.1.")) return base::Refusal(description_version);
    const object* info = document.at(document.root(), "info");
    Description description{.title = info == nullptr ? "" : std::string(text_at(*info, "title")), .operations = {}};
    const object* paths = document.at(document.root(), "paths");
    if (paths == nullptr) return base::Refusal(document.sound() ? description_empty : description_reference);
    for (const auto& path : *paths) {
        const object* item = document.followed(path.value());
        if (item == nullptr || !path.key().starts_with("/")) continue;
        for (const std::string_view method : methods) {
            if (const object* operation = document.at(*item, method))
                description.operations.push_back(read_operation(document, method, path.key(), *item, *operation));
        }
    }
    if (!document.sound()) return base::Refusal(description_reference);
    if (description.operations.empty()) return base::Refusal(description_empty);
    return description;
}

}  // namespace kelisim::publication
