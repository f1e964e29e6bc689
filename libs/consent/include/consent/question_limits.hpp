// SPDX-License-Identifier: Apache-2.0
// What protects a person from questions without end. A question that a limit stops is on record and shown to the person;
// the asker is told why and when it may come again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "consent/access_request.hpp"

namespace kelisim::consent {

extern const base::Reason question_asker_blocked;
extern const base::Reason question_too_many_a_day;
extern const base::Reason question_too_many_of_asker;
extern const base::Reason question_too_soon;

struct PastRequest {
    RequestId id;
    RequestState state{};
    base::Time created, expires;
    std::string initiator;
};

// Numbers of the operator's configuration.
struct QuestionLimits {
    std::int64_t person_day_max = 10;    // questions to one person within 24 hours, of all askers
    std::int64_t asker_day_max = 3;      // of one asker to one person
    std::chrono::minutes first_wait{5};  // after a refusal or silence; grows with each further one
};

// How far back `past` must reach for question_objections().
base::Duration question_memory();

// Every reason why this asker may not ask this person now. `past`: requests of the person within question_memory(),
// newest first. After each refusal or silence the asker waits longer, from
// `first_wait` to a week.
std::vector<const base::Reason*> question_objections(const std::vector<PastRequest>& past, std::string_view initiator,
                                                     bool blocked, const QuestionLimits& limits, base::Time now);

// The reasons of this header by their codes, as they were stored; unknown codes are passed over.
std::vector<const base::Reason*> question_reasons(const std::vector<std::string>& codes);

}  // namespace kelisim::consent
