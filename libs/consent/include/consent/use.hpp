// SPDX-License-Identifier: Apache-2.0
// The use decision: the gateway itself compares a call with the consent. And the use that it reserves:
// reserved -> delivered | not_sent (the count is returned) | unknown (the count is kept).
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"
#include "consent/consent.hpp"

namespace kelisim::consent {

extern const base::Reason use_consent_paused;
extern const base::Reason use_consent_withdrawn;
extern const base::Reason use_consent_expired;
extern const base::Reason use_consent_exhausted;
extern const base::Reason use_consent_invalidated;
extern const base::Reason use_person_missing;
extern const base::Reason use_person_differs;
extern const base::Reason use_service_outside;
extern const base::Reason use_receiver_differs;
extern const base::Reason use_purpose_outside;
extern const base::Reason use_fields_outside;
extern const base::Reason use_acts_outside;
extern const base::Reason use_environment_differs;
extern const base::Reason use_connection_ended;
extern const base::Reason use_purpose_ended;
extern const base::Reason use_service_ended;
extern const base::Reason use_too_many_today;

// What is said of it to one who calls or objects.
const base::Reason& reason_of(Lost lost);

// One call, as the gateway read it. Views live until the decision returns.
struct Call {
    std::string_view receiver;  // key of the system that calls and gets the data
    std::string_view service;
    std::string_view purpose;         // empty: not named, the consent's own
    std::vector<std::string> fields;  // empty: all that the consent gives for this service
    std::vector<std::string> acts;    // empty: collection
    registry::Environment environment{};
    std::vector<base::Iin> persons;  // everyone whom the call names
};

// What is known beside the consent at the instant of the decision.
struct Circumstances {
    const base::Iin& subject;
    const registry::IntegrationService& service;  // the one that the call names
    std::optional<Lost> lost;                     // of the consent's basis in the registry
    std::int32_t today = 0;                       // local day, in days since 1970
    base::Time now;
};

// Every reason against the call, none when it may pass.
std::vector<const base::Reason*> objections(const Consent& consent, const Call& call,
                                            const Circumstances& circumstances);

// Reasons by their codes, as they are kept with a refused call.
std::vector<const base::Reason*> use_reasons(const std::vector<std::string>& codes);

// The fields to ask of the owner for a call without objections: those named, or all that consent and service share.
std::vector<std::string> fields_to_ask(const Consent& consent, const Call& call,
                                       const registry::IntegrationService& service);

enum class UseState { reserved, delivered, not_sent, unknown };
BOOST_DESCRIBE_ENUM(UseState, reserved, delivered, not_sent, unknown)

bool may_follow(UseState from, UseState to);

struct Use {
    UseId id;
    ConsentId consent;
    UseState state = UseState::reserved;
    base::Time at;
    std::optional<UseId> previous = {};  // of the same consent
    std::optional<Shown> shows = {};     // to whom, once it is concluded as delivered or unknown
    // Every use_stride-th use names the one use_stride before it as well, every use_stride^2-th the one so far before it, and
    // so on: as many as it has such. Nothing for the first of its kind.
    std::vector<std::optional<UseId>> skips = {};
};

// Puts the use at the head of the consent's list. Its id has to be later than that of the head (next_use_id).
void chain(Consent& consent, Use& use);
// An id made now, and later than every use of this consent before, even within one millisecond or after the clock went back:
// pages run by id along the list.
UseId next_use_id(const Consent& consent, base::Time now, base::Entropy& entropy);

// Counts the use. Precondition: objections() found none.
Use reserve(Consent& consent, UseId id, std::int32_t today, base::Time now);

// Books the outcome once; a second one is refused with use_closed. The last counted use exhausts the consent; whoever saw
// the token is noted. `used_on`:
// the local day of the use.
extern const base::Reason use_closed;
base::Result<void> conclude(Use& use, Consent& consent, UseState outcome, std::int32_t used_on);

}  // namespace kelisim::consent
