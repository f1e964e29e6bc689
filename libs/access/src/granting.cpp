// SPDX-License-Identifier: Apache-2.0
#include "granting.hpp"

#include <algorithm>

#include "channel/texts.hpp"
#include "facts.hpp"
#include "payload.hpp"
#include "telling.hpp"

namespace kelisim::access {

namespace {

using consent::Means;

// The first instant at which the basis of the terms is over.
base::Time basis_ends(const Parts& parts, const consent::Terms& terms, base::Time now) {
    // A basis that is gone ends the consent at once: the person's yes is recorded, and opens nothing.
    if (consent::lost_basis(terms, parts.registry, parts.zone.day(now))) return now;
    if (terms.connection.empty()) return base::Time::max();  // exempt: decided at each use (236/НК п.3)
    return parts.zone.end_of_day(parts.registry.connection(terms.connection)->valid_to);
}

Telling to_decider(const Answered& answered) {
    return {.reader = answered.decider,
            .person = answered.person,
            .terms = answered.request.terms,
            .entity = answered.request.id};
}

}  // namespace

void save_request(const Parts& parts, store::WriteSession& session, const consent::AccessRequest& request,
                  base::Time now) {
    parts.records.requests.update(session, request);
    parts.records.journal.append(session, request_fact(request, now));
    if (!consent::open(request)) {
        parts.timers.cancel(session, {timer_request_expiry, request.id.bucket(), request.id.bytes()});
    }
}

consent::Consent consent_of(const Parts& parts, const consent::AccessRequest& agreed, Means means,
                            std::optional<base::Time> until, base::Time now) {
    const base::Time ends = std::min(basis_ends(parts, agreed.terms, now), until.value_or(base::Time::max()));
    return consent::begin(agreed, *agreed.consent, means, now, ends);
}

consent::Consent grant(const Parts& parts, store::WriteSession& session, const Answered& answered, Means means,
                       base::Time now) {
    const consent::AccessRequest& request = answered.request;
    consent::Consent consent = consent_of(parts, request, means, answered.until, now);
    parts.records.consents.add(session, consent, answered.person.data_key);
    parts.records.journal.append(session, consent_fact("consent.granted", consent, now));
    parts.timers.schedule(session, {timer_consent_expiry, consent.id.bucket(), consent.id.bytes()}, consent.expires);
    // Access on a ground is shown in the cabinet; a message about each would warn those whom the law lets be looked at.
    if (means != Means::ground) {
        const bool attested =
            means == Means::own_means || means == Means::proactive || means == Means::own_means_unbound;
        const auto text = attested ? channel::attested_text : channel::granted_text;
        tell(
            parts, session, to_decider(answered),
            [text, until = parts.zone.date(consent.expires)](const channel::Subject& about, channel::Style style) {
                return text(about, until, style);
            },
            now);
    }
    return consent;
}

void refuse(const Parts& parts, store::WriteSession& session, const Answered& answered, base::Time now) {
    tell(parts, session, to_decider(answered), channel::refused_text, now);
}

}  // namespace kelisim::access
