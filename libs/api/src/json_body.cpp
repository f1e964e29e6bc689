// SPDX-License-Identifier: Apache-2.0
#include "json_body.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "http/form.hpp"
#include "http/media_type.hpp"
#include "json/json.hpp"

namespace kelisim::api {

using base::Refusal;

const base::Reason body_not_json{"body_not_json",
                                 base::Kind::invalid,
                                 "",
                                 {"Дене application/json түрінде жіберіледі.", "Тело посылается как application/json.",
                                  "Send the body as application/json."}};
const base::Reason query_malformed{"query_malformed",
                                   base::Kind::invalid,
                                   "",
                                   {"Сұрау параметрлері қате жазылған.", "Параметры запроса записаны неверно.",
                                    "The query parameters are malformed."}};

base::Result<boost::json::object> read_body(const http::Request& request,
                                            std::initializer_list<std::string_view> known) {
    const auto type = request.headers.once("Content-Type");
    if (!type || !http::is_media_type(*type, "application/json")) return Refusal(body_not_json);
    auto value = json::parse(request.body, {});
    if (value.has_error()) return value.error();
    const auto object = json::as_object(*value);
    if (object.has_error()) return object.error();
    if (const auto only = json::only(**object, known); only.has_error()) return only.error();
    return std::move(value->get_object());
}

base::Result<void> no_body(const http::Request& request) {
    if (request.body.empty()) return {};
    const auto body = read_body(request, {});
    if (body.has_error()) return body.error();
    return {};
}

base::Result<Query> read_query(const http::Request& request) {
    Query query{.page = {.before = {}, .max = base::limits::page_items_default},
                .ward = {},
                .deferral = {},
                .number = {},
                .after = {},
                .tree_size = {}};
    if (request.query().empty()) return query;
    const auto form = http::parse_form(request.query());
    if (form.has_error() || form->repeated()) return Refusal(query_malformed);
    for (const auto& [name, value] : form->all()) {
        const auto number = base::parse_integer(value);
        const auto id = base::RawId::parse(value);
        bool fine = false;
        if (name == "limit") {
            fine = number && *number >= 1 && *number <= static_cast<std::int64_t>(base::limits::page_items_max);
            if (fine) query.page.max = static_cast<std::size_t>(*number);
        } else if (name == "number" || name == "after") {
            fine = number.has_value();
            (name == "number" ? query.number : query.after) = number;
        } else if (name == "tree_size") {
            fine = number && *number > 0;
            query.tree_size = number;
        } else if (name == "month") {
            fine = base::is_day(value + "-01");
            query.month = value;
        } else if (name == "state") {
            fine = query.waiting = value == "waiting";
        } else if (name == "before" || name == "ward" || name == "deferral") {
            fine = id.has_value();
            (name == "before" ? query.page.before : name == "ward" ? query.ward : query.deferral) = id;
        }
        if (!fine) return Refusal(query_malformed);
    }
    return query;
}

}  // namespace kelisim::api
