// SPDX-License-Identifier: Apache-2.0
#include "access/answering.hpp"

namespace kelisim::access {

using records::CodeKind;

std::optional<base::Refusal> Answering::answer(store::WriteSession& session, const Acting& acting,
                                               const CabinetAnswer& given, base::Time now) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    const auto state = parts_.records.requests.state(session, given.request);
    if (!state || state->subject != acting.whose) return base::Refusal(cabinet_not_found);
    const AnswerCommand command{.request = given.request,
                                .by = acting.by,
                                .answer = given.answer,
                                .services = given.services,
                                .fields = given.fields,
                                .means = consent::Means::cabinet_code,
                                .heard = now};
    // What is refused anyway is refused without spending the code, and in the same words whether it was right or wrong;
    // a wrong one counts all the same.
    const auto prepared = answers_.prepare(session, command, now);
    if (given.answer == consent::Answer::yes) {
        const CodeKind kind = CodeKind::answer;
        const auto whose = confirming_.check(session, given.request, kind, given.code, now);
        if (prepared.has_value() && whose != acting.by) return base::Refusal(code_wrong);
        if (prepared.has_value()) confirming_.spend(session, given.request, kind);
    }
    if (prepared.has_error()) return prepared.error();
    answers_.answer(session, command, now).value();
    return std::nullopt;
}

}  // namespace kelisim::access
