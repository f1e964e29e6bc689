// SPDX-License-Identifier: Apache-2.0
// What may be done with a consent after it was given, by whom, and in which state:
// active <-> paused; active | paused -> withdrawn | expired | exhausted | invalidated; withdrawn -> active by an objection.
#pragma once

#include <boost/describe.hpp>

#include "consent/consent.hpp"

namespace kelisim::consent {

extern const base::Reason step_not_yours;
extern const base::Reason step_wrong_state;
extern const base::Reason extension_not_later;
extern const base::Reason extension_out_of_bounds;
extern const base::Reason objection_late;

// A legal representative acts as the person while the representation lasts. `service`: the clock, the count and the
// registry.
enum class Role { person, initiator, service };
BOOST_DESCRIBE_ENUM(Role, person, initiator, service)

// `object`: against a withdrawal, because an obligation stands unfulfilled (94-V art. 8).
enum class Step { pause, resume, withdraw, extend, object, confirm_deletion, expire, exhaust, invalidate };
BOOST_DESCRIBE_ENUM(Step, pause, resume, withdraw, extend, object, confirm_deletion, expire, exhaust, invalidate)

// Takes the step or refuses it and leaves the consent alone. The clock decides, not the scheduler: person and initiator
// take no step with a consent whose term is over, but for the confirmation of the deletion.
base::Result<void> take(Consent& consent, Role role, Step step, base::Time now);

// How far the person may extend: within the connection's period (236/НК п.5(3)) and the storage term, which counts from
// the grant (п.5(4)). Each is the first instant after.
struct Bounds {
    base::Time connection_ends;
    std::optional<base::Time> storage_ends;  // nothing where the terms name no storage term
};
base::Result<void> extend(Consent& consent, base::Time until, const Bounds& bounds, base::Time now);

// An objection to the withdrawal, in time: the consent begins anew as the next version. What it counted stays counted,
// and tokens of the version before stay dead.
base::Result<void> restore(Consent& consent, std::optional<base::Time> object_by, base::Time now);

}  // namespace kelisim::consent
