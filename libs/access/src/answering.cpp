// SPDX-License-Identifier: Apache-2.0
#include "access/answering.hpp"

namespace kelisim::access {

std::optional<base::Refusal> Answering::answer(store::WriteSession& session, const Acting& acting,
                                               const CabinetAnswer& given, base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    const auto state = parts_.records.requests.state(session, given.request);
    if (!state || state->subject != acting.whose) return base::Refusal(cabinet_not_found);
    if (given.answer == consent::Answer::yes) {
        const auto whose = confirming_.use(session, given.request, records::CodeKind::answer, given.code, now);
        if (whose != acting.by) return base::Refusal(code_wrong);
    }
    const auto answered = answers_.answer(session,
                                          {.request = given.request,
                                           .by = acting.by,
                                           .answer = given.answer,
                                           .services = given.services,
                                           .fields = given.fields,
                                           .means = consent::Means::cabinet_code,
                                           .heard = now},
                                          now);
    if (answered.has_error()) return answered.error();
    return std::nullopt;
}

}  // namespace kelisim::access
