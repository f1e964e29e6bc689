// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "registry/registry.hpp"

namespace kelisim::consent {

extern const base::Reason services_missing;
extern const base::Reason services_repeat;
extern const base::Reason too_many_items;
extern const base::Reason fields_outside_service;
extern const base::Reason acts_outside_connection;
extern const base::Reason term_too_long;
extern const base::Reason uses_out_of_bounds;
extern const base::Reason name_too_long;
extern const base::Reason uses_per_day_out_of_bounds;
extern const base::Reason ground_missing;
extern const base::Reason ground_outside_connection;
extern const base::Reason ground_not_for_channel;
extern const base::Reason part_outside_request;

// What an initiator asks for, as it came in; parts that are not given take the bounds of the connection.
struct Ask {
    std::string purpose;
    std::vector<std::string> services;
    std::vector<std::string> fields;
    std::vector<std::string> acts;
    std::optional<base::Period> term;
    std::optional<std::int64_t> uses_max;
    std::string employee;  // personal data of the employee who asks
    std::string connection;
    std::optional<registry::Channel> channel;
    std::string ground = {};                        // of art. 9 of Law 94-V, where nobody is asked
    std::optional<std::int64_t> uses_per_day = {};  // no more on one local day; absent: only uses_max bounds
};

// What is asked of the person, and afterwards what stands in the consent. Law 94-V art. 8 asks for the operator's name
// and BIN, the term, transfer to third parties, cross-border transfer and publication (acts), and the list of data.
// A snapshot: names stay as the person read them.
struct Terms {
    std::string initiator;     // system key
    std::string organisation;  // BIN
    registry::Name organisation_name;
    std::string connection;
    registry::Channel channel{};
    registry::Environment environment{};
    std::string purpose;
    registry::Name purpose_name;
    std::vector<std::string> services;
    std::vector<std::string> fields;
    std::vector<std::string> acts;
    std::string term;  // ISO 8601 period from the answer on
    std::int64_t uses_max = 0;
    std::int64_t uses_per_day = 0;  // 0: only uses_max bounds
    std::string storage = {};       // ISO 8601 period; the receiver deletes the data within it (236/НК п.5(4))
    std::string ground = {};        // code of the ground of art. 9 of Law 94-V; empty: the person's consent
    bool operator==(const Terms&) const = default;
};
BOOST_DESCRIBE_STRUCT(Terms, (),
                      (initiator, organisation, organisation_name, connection, channel, environment, purpose,
                       purpose_name, services, fields, acts, term, uses_max, uses_per_day, storage, ground))

// The terms within the bounds of the matched connection, or every reason against them.
base::Result<Terms> settle(const Ask& ask, const registry::Match& match, const registry::Registry& registry);

// The terms of a request that needs no connection, because its system is exempt on a ground of art. 9 (236/НК п.3).
base::Result<Terms> settle_exempt(const Ask& ask, const registry::System& initiator,
                                  const registry::Registry& registry);

// What the registry no longer carries of the terms: the connection (an exempt system: its ground), the услуга, or every one
// of the integration services; nothing while something is left that they open (236/НК п.5(1)-(3)).
enum class Lost { connection, purpose, service };
BOOST_DESCRIBE_ENUM(Lost, connection, purpose, service)
std::optional<Lost> lost_basis(const Terms& terms, const registry::Registry& registry, std::string_view local_day);

// What is left when the person agrees to a part: these services and fields, an empty list being all of them. A service
// none of whose fields is left goes too.
base::Result<Terms> narrow(Terms terms, const std::vector<std::string>& services,
                           const std::vector<std::string>& fields, const registry::Registry& registry);

}  // namespace kelisim::consent
