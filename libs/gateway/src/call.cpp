// SPDX-License-Identifier: Apache-2.0
#include "gateway/call.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "base/limits.hpp"
#include "http/server.hpp"
#include "http/uri.hpp"
#include "json/json.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;

const Reason call_not_json{"call_not_json",
                           Kind::invalid,
                           "",
                           {"Шақырудың денесі JSON объектісі болуы керек.", "Тело вызова должно быть объектом JSON.",
                            "The body of a call is one JSON object."}};
const Reason call_iin_in_path{
    "call_iin_in_path",
    Kind::invalid,
    "",
    {"ЖСН мекенжайда берілмейді.", "ИИН не передаётся в адресе.", "An IIN is not sent in a path or query."}};
const Reason call_fields_malformed{
    "call_fields_malformed",
    Kind::invalid,
    "",
    {"Деректер тізімі қате жазылған.", "Список данных записан неверно.", "The list of fields is malformed."}};
const Reason answer_not_json{
    "answer_not_json",
    Kind::invalid,
    "",
    {"Иесінің жауабын оқу мүмкін емес.", "Ответ владельца не читается.", "The answer of the owner cannot be read."}};
const Reason answer_goes_too_far{
    "answer_goes_too_far",
    Kind::invalid,
    "94-V art. 8",
    {"Иесінің жауабында сұралмаған деректер бар.", "В ответе владельца есть данные, о которых не спрашивали.",
     "The answer of the owner holds data that were not asked for."}};

namespace {

constexpr std::size_t iin_digits = 12;
const json::Limits call_limits{.bytes_max = base::limits::gateway_body_bytes_max,
                               .depth_max = base::limits::json_depth_max};
const json::Limits answer_limits{.bytes_max = base::limits::answer_body_bytes_max,
                                 .depth_max = 2 * base::limits::json_depth_max};

void add_once(std::vector<base::Iin>& persons, const base::Iin& iin) {
    if (std::find(persons.begin(), persons.end(), iin) == persons.end()) persons.push_back(iin);
}

// Every text of the body that reads as an IIN names a person, wherever it stands. The depth is bounded by the parser.
void collect_persons(const boost::json::value& value, std::vector<base::Iin>& persons) {
    if (const auto* text = value.if_string()) {
        const auto iin = base::Iin::parse(*text);
        if (iin.has_value()) add_once(persons, *iin);
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array)
            collect_persons(element, persons);
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            collect_persons(member.value(), persons);
    }
}

const boost::json::value* at_pointer(const boost::json::value& body, const std::string& pointer) {
    boost::system::error_code error;
    return body.find_pointer(pointer, error);
}

Result<std::vector<std::string>> read_fields(const boost::json::value* value) {
    std::vector<std::string> fields;
    if (value == nullptr) return fields;
    const auto* array = value->if_array();
    if (array == nullptr || array->empty() || array->size() > base::limits::request_fields_max) {
        return Refusal(call_fields_malformed);
    }
    for (const auto& element : *array) {
        const auto* text = element.if_string();
        if (text == nullptr || std::find(fields.begin(), fields.end(), *text) != fields.end()) {
            return Refusal(call_fields_malformed);
        }
        fields.emplace_back(*text);
    }
    return fields;
}

// The member that a pointer of one level names; locators point no deeper.
std::string member_of(const std::string& pointer) {
    return pointer.substr(1);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        std::string_view word = list.substr(begin, end - begin);
        while (word.starts_with(' '))
            word.remove_prefix(1);
        while (word.ends_with(' '))
            word.remove_suffix(1);
        if (!word.empty()) words.emplace_back(word);
        begin = end + 1;
    }
    return words;
}

Result<ReadCall> read_call(std::string_view body, const Locator& locator) {
    auto value = json::parse(body, call_limits);
    if (value.has_error()) return value.error();
    if (!value->is_object()) return Refusal(call_not_json);
    ReadCall call{.body = std::move(*value), .persons = {}, .fields = {}};
    if (const auto* subject = at_pointer(call.body, locator.subject)) {
        const auto* text = subject->if_string();
        const auto iin = base::Iin::parse(text == nullptr ? std::string_view{} : std::string_view(*text));
        if (iin.has_error()) return iin.error();
        call.persons.push_back(*iin);
        collect_persons(call.body, call.persons);
    }
    auto fields = read_fields(at_pointer(call.body, locator.fields));
    if (fields.has_error()) return fields.error();
    call.fields = std::move(*fields);
    return call;
}

Result<ReadCall> read_call(const http::Headers& headers) {
    ReadCall call{.body = nullptr, .persons = {}, .fields = {}, .by_head = true};
    if (const auto person = headers.once("kdp-person")) {
        const auto iin = base::Iin::parse(*person);
        if (iin.has_error()) return iin.error();
        call.persons.push_back(*iin);
    }
    call.fields = words_of(headers.list("kdp-fields"));
    if (call.fields.size() > base::limits::request_fields_max) return Refusal(call_fields_malformed);
    for (auto field = call.fields.begin(); field != call.fields.end(); ++field) {
        if (std::find(call.fields.begin(), field, *field) != field) return Refusal(call_fields_malformed);
    }
    return call;
}

Result<void> check_path(std::string_view path) {
    // As the owner will read it.
    const auto decoded = http::percent_decode(path);
    if (!decoded) return Refusal(http::request_malformed);
    // Any twelve digits in a row: a number with a wrong check digit is a mistyped person.
    std::size_t run = 0;
    for (char c : *decoded) {
        run = is_digit(c) ? run + 1 : 0;
        if (run >= iin_digits) return Refusal(call_iin_in_path);
    }
    return {};
}

std::string body_for_owner(const ReadCall& call, const Locator& locator, const base::Iin& subject,
                           const std::vector<std::string>& fields) {
    boost::json::object body = call.body.as_object();
    body[member_of(locator.subject)] = subject.reveal();
    body[member_of(locator.fields)] = boost::json::value_from(fields);
    return boost::json::serialize(body);
}

Result<void> check_answer(std::string_view body, const std::vector<std::string>& asked,
                          const std::vector<std::string>& service_fields, const Locator& locator) {
    const auto value = json::parse(body, answer_limits);
    if (value.has_error() || !value->is_object()) return Refusal(answer_not_json);
    const auto in = [](const std::vector<std::string>& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto& member : value->get_object()) {
        const bool locates = member.key() == member_of(locator.subject);  // the caller named it
        if (!locates && in(service_fields, member.key()) && !in(asked, member.key())) {
            return Refusal(answer_goes_too_far);
        }
    }
    return {};
}

}  // namespace kelisim::gateway
