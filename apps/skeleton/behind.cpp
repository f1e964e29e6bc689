// SPDX-License-Identifier: Apache-2.0
#include "behind.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "json/json.hpp"
#include "owner/problem.hpp"

namespace kelisim::skeleton {

using base::Kind;
using boost::json::object;
using boost::json::value;
using publication::Place;

const base::Reason request_misfit{
    "skeleton_request_misfit",
    Kind::invalid,
    "",
    {"Сұрау сервистің сипаттамасына сай емес.", "Запрос не соответствует описанию сервиса.",
     "The request does not fit the description of the service."}};
const base::Reason behind_failed{"skeleton_behind_failed",
                                 Kind::invalid,
                                 "",
                                 {"Деректер иесінің жүйесі жауап бермеді немесе қате жауап берді.",
                                  "Система владельца данных не ответила или ответила неверно.",
                                  "The system of the data owner did not answer, or not as it is described."}};

namespace {

constexpr std::chrono::seconds patience{8};

// RFC 6901: makes the objects on the way.
void put(object& into, std::string_view pointer, value v) {
    object* here = &into;
    for (;;) {
        pointer.remove_prefix(1);
        const auto slash = std::min(pointer.find('/'), pointer.size());
        std::string name;
        for (std::size_t i = 0; i < slash; ++i) {
            const bool escaped = pointer[i] == '~' && i + 1 < slash;
            name += escaped ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
        }
        pointer.remove_prefix(slash);
        value& next = (*here)[name];
        if (pointer.empty()) {
            next = std::move(v);
            return;
        }
        here = next.is_object() ? &next.get_object() : &next.emplace_object();
    }
}

// A parameter stands in an address or a header: nothing but plain values.
std::optional<std::string> as_parameter(const value& v) {
    if (v.is_string()) {
        const std::string text(v.get_string());
        const bool plain = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        return plain ? std::optional(text) : std::nullopt;
    }
    if (v.is_bool() || v.is_number()) return boost::json::serialize(v);
    return std::nullopt;
}

// Puts one parameter where the description has it. False where it does not fit there.
bool place(http::Outgoing& request, const Place& at, const std::string& text) {
    if (at.in == Place::In::header) {
        request.headers.push_back({at.name, text});
        return true;
    }
    const std::string escaped = http::percent_encode(text);
    if (at.in == Place::In::query) {
        const char* glue = request.target.find('?') == std::string::npos ? "?" : "&";
        request.target += glue + http::percent_encode(at.name) + "=" + escaped;
        return true;
    }
    const std::string hole = "{" + at.name + "}";
    const auto begin = request.target.find(hole);
    if (begin == std::string::npos || text.empty() || text == "." || text == "..") return false;
    request.target.replace(begin, hole.size(), escaped);
    return true;
}

// Path first: what stands in a query may hold braces.
bool place_all(http::Outgoing& request, const publication::Offer& offer, const std::string& iin, object& said) {
    for (const bool in_path : {true, false}) {
        for (const Place& at : offer.operation.places) {
            if (at.in == Place::In::body || (at.in == Place::In::path) != in_path) continue;
            if (at == offer.person) {
                if (!place(request, at, iin)) return false;
                continue;
            }
            const value* given = said.if_contains(at.name);
            if (given == nullptr) continue;
            const auto text = as_parameter(*given);
            if (!text || !place(request, at, *text)) return false;
            said.erase(at.name);
        }
        if (in_path && request.target.find('{') != std::string::npos) return false;
    }
    return true;
}

// SOAP 1.1 section 6.1.1 has the action in a header of its own, SOAP 1.2 part 2 section 6.5.1 in the media type.
void speak_soap(http::Outgoing& request, const publication::Operation& operation, const object& body) {
    const std::string action = '"' + operation.soap->action + '"';
    if (operation.soap->newer) {
        request.headers = {{"Content-Type", "application/soap+xml; charset=utf-8; action=" + action}};
    } else {
        request.headers = {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", action}};
    }
    request.body = publication::to_soap(operation, body);
}

// The object that an answer holds, as the operation is described.
std::optional<object> object_in(const publication::Operation& operation, const std::string& body) {
    if (operation.soap) return publication::from_soap(operation, body);
    auto parsed = json::parse(body, {.bytes_max = base::limits::answer_body_bytes_max});
    if (parsed.has_error() || !parsed->is_object()) return std::nullopt;
    return std::move(parsed->get_object());
}

}  // namespace

base::Result<http::Outgoing> described_request(const publication::Offer& offer, const base::Iin& person, object said) {
    const std::string iin(person.reveal());
    http::Outgoing request{.upstream = {},
                           .method = offer.operation.method,
                           .target = offer.operation.path,
                           .headers = {{"Accept", "application/json"}},
                           .body = {},
                           .limits = {.deadline = patience}};
    if (!place_all(request, offer, iin, said)) return base::Refusal(request_misfit);
    if (offer.person.in == Place::In::body) put(said, offer.person.name, value(std::string_view(iin)));
    if (offer.operation.body.empty()) {
        if (!said.empty()) return base::Refusal(request_misfit);
        return request;
    }
    if (publication::misfit(offer.operation.body, said)) return base::Refusal(request_misfit);
    if (offer.operation.soap) {
        speak_soap(request, offer.operation, said);
        return request;
    }
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = boost::json::serialize(said);
    return request;
}

boost::asio::awaitable<base::Result<object>> Behind::ask(http::Outgoing request,
                                                         const publication::Operation& operation) {
    request.upstream = address_.upstream;
    request.target = address_.path + request.target;
    if (request.target.empty()) request.target = "/";  // a WSDL names no path of its own
    const http::Outcome outcome = co_await client_.exchange(std::move(request));
    const auto* answer = std::get_if<http::Answer>(&outcome);
    if (answer == nullptr) co_return behind_failed;
    if (answer->status == 404) co_return owner::person_unknown;
    auto body = object_in(operation, answer->body);
    if (answer->status != 200 || !body) co_return behind_failed;
    co_return std::move(*body);
}

}  // namespace kelisim::skeleton
