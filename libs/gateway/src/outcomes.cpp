// SPDX-License-Identifier: Apache-2.0
#include "gateway/outcomes.hpp"

namespace kelisim::gateway {

void Outcomes::book(consent::UseId id, consent::UseState state, std::optional<records::StoredAnswer> answer) {
    const base::Time now = clock_.now();
    auto unit = [&uses = uses_, id, state, answer = std::move(answer), now](store::WriteSession& session) {
        uses.conclude(session, id, state, answer, now);
    };
    try {
        store::submit(writer_, std::move(unit), [this](store::Outcome<std::monostate> outcome) noexcept {
            if (outcome.index() == 1) ++lost_;
        });
    } catch (const store::Unavailable&) {
        ++lost_;
    }
}

}  // namespace kelisim::gateway
