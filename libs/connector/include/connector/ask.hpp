// SPDX-License-Identifier: Apache-2.0
// A question about one person as the system beside the connector asks it, and where it stands.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"

namespace kelisim::connector {

extern const base::Reason fields_missing;

struct ConsentTag;
using ConsentId = base::Id<ConsentTag>;

// Stored by number.
enum class State {
    asking,   // written down; whether the gateway knows of it is open until it has answered
    waiting,  // the person is asked
    granted,
    refused,  // by the person, or by the gateway
    expired,  // nobody answered in time
    ended,    // the consent does not hold: withdrawn, over, paused. It may hold again
};
// As the system reads it: whether the person was reached yet makes no difference to it.
std::string_view to_string(State state);

struct Ask {
    base::Iin person;
    std::string purpose;
    std::vector<std::string> fields;                 // never empty
    std::vector<std::string> acts = {};              // empty: those of the connection
    std::string term = {};                           // ISO 8601; empty: the longest of the connection
    std::optional<std::int64_t> uses_max = {};       // nothing: that of the connection
    std::string employee = {};                       // who asks, for the person to see
    std::optional<std::int64_t> answer_within = {};  // seconds; nothing: as the service has it
    bool operator==(const Ask&) const = default;
};

// {"iin", "purpose", "fields", "term", "uses_max", "employee", "acts", "answer_within"}; what the values may be is for the
// gateway to say.
base::Result<Ask> read_ask(std::string_view body);
// The inverse: one text for one ask, whatever the spelling in which it came.
std::string write_ask(const Ask& ask);
// RFC 9396, as POST /bc-authorize takes it.
boost::json::array authorization_details(const Ask& ask, std::string_view service);

}  // namespace kelisim::connector
