// SPDX-License-Identifier: Apache-2.0
#include "connector/ask.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "json/json.hpp"
#include "token/claims.hpp"

namespace kelisim::connector {

using base::Kind;
using base::Result;

const base::Reason fields_missing{
    "connector_fields_missing",
    Kind::invalid,
    "94-V art. 8",
    {"fields кемінде бір мәліметті атауы керек.", "В fields должно быть названо хотя бы одно сведение.",
     "Name at least one item of data in fields."}};

std::string_view to_string(State state) {
    switch (state) {
        case State::asking:
        case State::waiting:
            return "waiting";
        case State::granted:
            return "granted";
        case State::refused:
            return "refused";
        case State::expired:
            return "expired";
        case State::ended:
            return "ended";
    }
    return {};
}

namespace {

Result<std::string> optional(const boost::json::object& from, std::string_view name) {
    const auto text = json::optional_text(from, name);
    if (text.has_error()) return text.error();
    return std::string(text->value_or(""));
}

Result<Ask> read_members(const boost::json::object& from) {
    const auto iin_text = json::text(from, "iin");
    if (iin_text.has_error()) return iin_text.error();
    const auto iin = base::Iin::parse(*iin_text);
    if (iin.has_error()) return iin.error();
    const auto purpose = json::text(from, "purpose");
    if (purpose.has_error()) return purpose.error();
    auto fields = json::texts(from, "fields");
    if (fields.has_error()) return fields.error();
    if (fields->empty()) return base::Refusal(fields_missing);
    auto acts = json::optional_texts(from, "acts");
    if (acts.has_error()) return acts.error();
    auto term = optional(from, "term"), employee = optional(from, "employee");
    if (term.has_error()) return term.error();
    if (employee.has_error()) return employee.error();
    const auto uses = json::optional_integer(from, "uses_max", {.min = 1});
    if (uses.has_error()) return uses.error();
    const auto within = json::optional_integer(from, "answer_within", {.min = 1});
    if (within.has_error()) return within.error();
    return Ask{.person = *iin,
               .purpose = std::string(*purpose),
               .fields = std::move(*fields),
               .acts = acts->value_or(std::vector<std::string>{}),
               .term = std::move(*term),
               .uses_max = *uses,
               .employee = std::move(*employee),
               .answer_within = *within};
}

}  // namespace

Result<Ask> read_ask(std::string_view body) {
    const auto value = json::parse(body, {});
    if (value.has_error()) return value.error();
    const auto object = json::as_object(*value);
    if (object.has_error()) return object.error();
    const auto known =
        json::only(**object, {"iin", "purpose", "fields", "acts", "term", "uses_max", "employee", "answer_within"});
    if (known.has_error()) return known.error();
    return read_members(**object);
}

std::string write_ask(const Ask& ask) {
    boost::json::object out{
        {"iin", ask.person.reveal()}, {"purpose", ask.purpose}, {"fields", boost::json::value_from(ask.fields)}};
    if (!ask.acts.empty()) out["acts"] = boost::json::value_from(ask.acts);
    if (!ask.term.empty()) out["term"] = ask.term;
    if (ask.uses_max) out["uses_max"] = *ask.uses_max;
    if (!ask.employee.empty()) out["employee"] = ask.employee;
    if (ask.answer_within) out["answer_within"] = *ask.answer_within;
    return boost::json::serialize(out);
}

boost::json::array authorization_details(const Ask& ask, std::string_view service) {
    boost::json::object detail{{"type", token::data_type},
                               {"services", boost::json::array{service}},
                               {"purpose", ask.purpose},
                               {"fields", boost::json::value_from(ask.fields)}};
    if (!ask.acts.empty()) detail["acts"] = boost::json::value_from(ask.acts);
    if (!ask.term.empty()) detail["term"] = ask.term;
    if (ask.uses_max) detail["uses_max"] = *ask.uses_max;
    if (!ask.employee.empty()) detail["employee"] = ask.employee;
    return {std::move(detail)};
}

}  // namespace kelisim::connector
