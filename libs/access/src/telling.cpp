// SPDX-License-Identifier: Apache-2.0
#include "telling.hpp"

#include "decider.hpp"
#include "payload.hpp"

namespace kelisim::access {

void tell(const Parts& parts, store::WriteSession& session, const Telling& telling, const Wording& wording,
          base::Time now) {
    const people::Person& reader = telling.reader.person;
    if (!reader.phone) return;
    const bool own = telling.reader.id == telling.person.id;
    const channel::Subject about{.organisation = telling.terms.organisation_name,
                                 .purpose = telling.terms.purpose_name,
                                 .ward = own ? std::string() : telling.person.person.name};
    const base::Time due = telling.hour == Hour::any ? now : parts.quiet_hours.may_write(now, parts.zone);
    notify(parts, session, *reader.phone, wording(about, {reader.language, parts.script}), telling.entity, now, due);
}

void tell_decider(const Parts& parts, store::WriteSession& session, const records::Consents::Found& found,
                  const Wording& wording, Hour hour, base::Time now) {
    const auto decider = decider_of(parts, session, found.subject);
    if (!decider) return;
    tell(parts, session,
         {.reader = *decider,
          .person = found.subject,
          .terms = found.consent.terms,
          .entity = found.consent.id,
          .hour = hour},
         wording, now);
}

}  // namespace kelisim::access
