// SPDX-License-Identifier: Apache-2.0
// What requests of the REST surface bring: JSON bodies, and ids and pages in the query.
#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <optional>
#include <string>

#include "access/cabinet.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace kelisim::api {

extern const base::Reason body_not_json;
extern const base::Reason query_malformed;

// One JSON object with no members beside `known`.
base::Result<boost::json::object> read_body(const http::Request& request,
                                            std::initializer_list<std::string_view> known);
// A request whose whole meaning is its path brings no body.
base::Result<void> no_body(const http::Request& request);

struct Query {
    access::PageWanted page;
    std::optional<base::RawId> ward, deferral;
    std::optional<std::int64_t> number, after, tree_size;
    bool waiting = false;    // state=waiting
    std::string month = {};  // "2026-11"
};
base::Result<Query> read_query(const http::Request& request);

}  // namespace kelisim::api
