// SPDX-License-Identifier: Apache-2.0
#include "access/profile.hpp"

#include "facts.hpp"

namespace kelisim::access {

base::Result<void> Profile::set_language(store::WriteSession& session, const Acting& acting, base::Language language,
                                         base::Time now) const {
    auto actors = may_look(parts_, session, acting);
    if (!actors) return base::Refusal(cabinet_not_found);
    if (actors->whose.person.language == language) return {};
    actors->whose.person.language = language;
    parts_.records.subjects.update(session, actors->whose);
    parts_.records.journal.append(session, person_fact("person.language_set", acting.whose, acting.by, now));
    return {};
}

base::Result<void> Profile::block(store::WriteSession& session, const Acting& acting, std::string_view bin,
                                  base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    if (parts_.registry.organisation(bin) == nullptr) return base::Refusal(cabinet_not_found);
    if (!parts_.records.asker_blocks.block(session, acting.whose, bin, now)) return {};
    parts_.records.journal.append(session, person_fact("person.asker_blocked", acting.whose, acting.by, now));
    return {};
}

base::Result<void> Profile::unblock(store::WriteSession& session, const Acting& acting, std::string_view bin,
                                    base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    if (!parts_.records.asker_blocks.unblock(session, acting.whose, bin)) return base::Refusal(cabinet_not_found);
    parts_.records.journal.append(session, person_fact("person.asker_unblocked", acting.whose, acting.by, now));
    return {};
}

}  // namespace kelisim::access
