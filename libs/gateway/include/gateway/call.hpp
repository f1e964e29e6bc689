// SPDX-License-Identifier: Apache-2.0
// The pure part of a REST exchange: whom and what a call names, what is sent on, what an answer may hold.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/iin.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace kelisim::gateway {

extern const base::Reason call_not_json;
extern const base::Reason call_iin_in_path;
extern const base::Reason call_fields_malformed;
extern const base::Reason answer_not_json;
extern const base::Reason answer_goes_too_far;

// Where a service's calls name the person and the fields (JSON Pointer, RFC 6901).
struct Locator {
    std::string subject = "/iin";
    std::string fields = "/fields";
};

struct ReadCall {
    boost::json::value body;
    std::vector<base::Iin> persons;  // at the locator, and whoever else is named anywhere in the body
    std::vector<std::string> fields;
    bool by_head = false;  // it has no body
};

// A value at the subject's place that is no IIN refuses the call; none at all leaves `persons` empty, which the decision
// objects to.
base::Result<ReadCall> read_call(std::string_view body, const Locator& locator);

// What stands between the commas of a field of the head.
std::vector<std::string> words_of(std::string_view list);

// A call without content says in its head whom (kdp-person) and what (kdp-fields: a, b) it is about.
base::Result<ReadCall> read_call(const http::Headers& headers);

// Towards REST owners no number of a person travels in a path (design section 5): such a path is refused.
base::Result<void> check_path(std::string_view path);

// The body for the owner: the subject from the token and the fields from the decision, whatever the caller wrote.
std::string body_for_owner(const ReadCall& call, const Locator& locator, const base::Iin& subject,
                           const std::vector<std::string>& fields);

// An answer with a field of the service that was not asked for is refused whole, never cut: an answer may be signed.
base::Result<void> check_answer(std::string_view body, const std::vector<std::string>& asked,
                                const std::vector<std::string>& service_fields, const Locator& locator);

}  // namespace kelisim::gateway
