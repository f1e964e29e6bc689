// SPDX-License-Identifier: Apache-2.0
#include "connector/catalogue.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "error_codes_csv.hpp"
#include "http/status.hpp"

namespace kelisim::connector {

namespace {

// Takes one record of RFC 4180 from the front.
std::vector<std::string> take_record(std::string_view& csv) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    std::size_t at = 0;
    for (; at < csv.size() && (quoted || csv[at] != '\n'); ++at) {
        const char c = csv[at];
        const bool doubled = quoted && c == '"' && at + 1 < csv.size() && csv[at + 1] == '"';
        if (doubled) {
            fields.back() += c;
            ++at;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else if (c != '\r' || quoted) {
            fields.back() += c;
        }
    }
    if (quoted) throw std::logic_error("error codes: a quote without its end");
    csv.remove_prefix(std::min(at + 1, csv.size()));
    return fields;
}

std::size_t column(const std::vector<std::string>& header, std::string_view name) {
    const auto at = std::find(header.begin(), header.end(), name);
    if (at == header.end()) throw std::logic_error("error codes: no column " + std::string(name));
    return static_cast<std::size_t>(at - header.begin());
}

Codes codes_of(const base::Refusal& refusal) {
    Codes codes;
    for (const base::Reason* reason : refusal.reasons())
        codes.emplace_back(reason->code);
    return codes;
}

}  // namespace

Catalogue::Catalogue() : Catalogue(error_codes_csv) {}

Catalogue::Catalogue(std::string_view csv) {
    const auto header = take_record(csv);
    const std::array<std::size_t, 5> places{column(header, "code"), column(header, "clause"), column(header, "kk"),
                                            column(header, "ru"), column(header, "en")};
    while (!csv.empty()) {
        auto row = take_record(csv);
        if (row.size() != header.size()) throw std::logic_error("error codes: a row of another length");
        entries_.insert_or_assign(
            row[places[0]],
            Entry{.clause = row[places[1]], .kk = row[places[2]], .ru = row[places[3]], .en = row[places[4]]});
    }
}

const Catalogue::Entry& Catalogue::entry(std::string_view code) const {
    static const Entry unknown{
        .clause = {},
        .kk = "Шлюз себепті тек кодпен атады; мәтіні шлюздің қате кодтарының тізімінде.",
        .ru = "Шлюз назвал причину только кодом; её текст есть в перечне кодов ошибок шлюза.",
        .en = "The gateway gave this reason by its code alone; its text stands in the gateway's list of error codes."};
    const auto at = entries_.find(code);
    return at == entries_.end() ? unknown : at->second;
}

boost::json::array Catalogue::reasons(const Codes& codes) const {
    boost::json::array out;
    for (const std::string& code : codes) {
        const Entry& found = entry(code);
        boost::json::object one{{"code", code}, {"kk", found.kk}, {"ru", found.ru}, {"en", found.en}};
        if (!found.clause.empty()) one["clause"] = found.clause;
        out.push_back(std::move(one));
    }
    return out;
}

http::Response Catalogue::problem(int status, const Codes& codes) const {
    const boost::json::object body{{"type", "urn:kelisim:problem:" + codes.front()},
                                   {"title", entry(codes.front()).en},
                                   {"status", status},
                                   {"code", codes.front()},
                                   {"reasons", reasons(codes)}};
    http::Response response{.status = status,
                            .content_type = "application/problem+json",
                            .headers = {{"Cache-Control", "no-store"}},
                            .body = boost::json::serialize(body)};
    if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
}

http::Response Catalogue::problem(const base::Refusal& refusal) const {
    return problem(http::status_of(refusal.first().kind), codes_of(refusal));
}

http::Response Catalogue::problem(int status, const base::Reason& reason) const {
    return problem(status, Codes{std::string(reason.code)});
}

http::ErrorPage Catalogue::error_page() const {
    return [this](int status, const base::Reason& reason, const http::Request&) { return problem(status, reason); };
}

}  // namespace kelisim::connector
