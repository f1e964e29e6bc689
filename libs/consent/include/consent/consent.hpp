// SPDX-License-Identifier: Apache-2.0
// What the person agreed to. What may be done with it afterwards, by whom and in which state: steps.hpp.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "consent/access_request.hpp"
#include "consent/ids.hpp"
#include "consent/terms.hpp"

namespace kelisim::consent {

extern const base::Reason consent_ended;

enum class ConsentState { active, paused, withdrawn, expired, exhausted, invalidated };
BOOST_DESCRIBE_ENUM(ConsentState, active, paused, withdrawn, expired, exhausted, invalidated)

// How the person answered; the id_token says it as `acr`, and every version of the consent keeps it.
// `own_means_unbound`: the organisation's word that it recognised somebody, which does not name the person (wire.md B4).
enum class Means { sms_reply, own_means, proactive, sms_code, cabinet_code, ground, cabinet_eds, own_means_unbound };
BOOST_DESCRIBE_ENUM(Means, sms_reply, own_means, proactive, sms_code, cabinet_code, ground, cabinet_eds,
                    own_means_unbound)

// The owner of a service saw a token: the service by its place in terms.services.
struct Shown {
    std::uint8_t service = 0;
    TokenId token;
    bool operator==(const Shown&) const = default;
};

struct Consent {
    ConsentId id;
    RequestId request;
    SubjectId subject;
    ConsentState state = ConsentState::active;
    int version = 1;
    std::int64_t uses = 0;     // reserved or concluded, never more than terms.uses_max
    std::int64_t counted = 0;  // concluded as delivered or unknown
    base::Time granted;
    base::Time expires;  // the first instant at which it no longer holds
    Means means{};
    Terms terms;
    std::string employee;                // who asked; personal data of that person
    SubjectId decided_by;                // the person, or the legal representative who answered
    std::optional<UseId> last_use = {};  // the newest; each use names the one before it
    std::int64_t chained = 0;            // how many uses that list has
    UseMarks marks = {};                 // where steps over many of them begin
    std::int32_t day = 0;                // local day of the newest use, in days since 1970
    std::int64_t uses_today = 0;         // on that day, as `uses` counts
    std::vector<Shown> shown = {};       // the newest for each service whose owner may have acted
};

bool ended(const Consent& consent);  // neither active nor paused

// The consent that a granted request brings. It ends with its term, and never after the connection's last day.
// `connection_ends` is the first instant after that day, in the zone of the service.
Consent begin(const AccessRequest& request, ConsentId id, Means means, base::Time now, base::Time connection_ends);

}  // namespace kelisim::consent
