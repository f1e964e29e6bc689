// SPDX-License-Identifier: Apache-2.0
// Refusals on the REST surface (RFC 9457): a stable `code`, the rule it stands on, and a text in the reader's language.
#pragma once

#include <boost/json/array.hpp>

#include "base/result.hpp"
#include "base/text.hpp"
#include "http/message.hpp"

namespace kelisim::api {

// 429 for an address that came too often, with when it may come again.
http::Response paced_out(const base::Reason& reason, const http::Request& request);

// Kazakh, Russian or English by Accept-Language (RFC 9110 12.5.4); English when it names none of them.
base::Language language_of(const http::Request& request);

// [{"code", "clause", "text"}]: every reason, never only the first.
boost::json::array reasons_json(const base::Refusal& refusal, base::Language language);

http::Response problem(const base::Refusal& refusal, const http::Request& request);
http::Response problem(int status, const base::Refusal& refusal, const http::Request& request);

// What http's own errors look like.
http::Response error_page(int status, const base::Reason& reason, const http::Request& request);

}  // namespace kelisim::api
