// SPDX-License-Identifier: Apache-2.0
// recorded -> asked -> granted | refused | expired | undeliverable | cancelled. Refusals are stored like grants. Where
// nobody is asked (own means, logging) recorded -> granted | refused at once. recorded -> stopped: a limit protects the
// person from this question.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "consent/ids.hpp"
#include "consent/terms.hpp"

namespace kelisim::consent {

extern const base::Reason request_closed;
extern const base::Reason request_expired;
extern const base::Reason request_life_out_of_bounds;

enum class RequestState { recorded, asked, granted, refused, expired, undeliverable, cancelled, stopped };
BOOST_DESCRIBE_ENUM(RequestState, recorded, asked, granted, refused, expired, undeliverable, cancelled, stopped)

enum class Answer { yes, no };

struct AccessRequest {
    RequestId id;
    SubjectId subject;
    RequestState state = RequestState::recorded;
    base::Time created;
    base::Time expires;  // the first instant at which an answer comes too late
    Terms terms;
    std::string employee;
    std::optional<ConsentId> consent;
    SubjectId asked_of;      // who decides: the person, or the legal representative (418-V ст.36(2))
    std::string proof = {};  // the signed proof of own means that answered it; empty: the person was asked
    std::vector<std::string> stopped_for = {};  // codes of the reasons why it was stopped
};

bool may_follow(RequestState from, RequestState to);
bool open(const AccessRequest& request);  // recorded or asked

// Within limits::request_life_min and request_life_max, or the refusal.
base::Result<std::chrono::seconds> request_life(std::optional<std::int64_t> wanted_seconds);

// Each changes the request or refuses and leaves it alone. A late answer revives nothing, even before the expiry has
// been carried out; an answer to a request that is still `recorded` proves that the question arrived.
base::Result<void> mark_asked(AccessRequest& request, base::Time now);
base::Result<void> answer(AccessRequest& request, Answer answer, std::optional<ConsentId> consent, base::Time now);
base::Result<void> expire(AccessRequest& request, base::Time now);
base::Result<void> mark_undeliverable(AccessRequest& request, base::Time now);
base::Result<void> cancel(AccessRequest& request, base::Time now);
base::Result<void> stop(AccessRequest& request);

}  // namespace kelisim::consent
