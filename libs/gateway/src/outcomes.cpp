// SPDX-License-Identifier: Apache-2.0
#include "gateway/outcomes.hpp"

namespace kelisim::gateway {

namespace {

template <class Unit>
void submit(store::Writer& writer, Unit unit, std::atomic<std::uint64_t>& lost) {
    try {
        store::submit(writer, std::move(unit), [&lost](store::Outcome<std::monostate> outcome) noexcept {
            if (outcome.index() == 1) ++lost;
        });
    } catch (const store::Unavailable&) {
        ++lost;
    }
}

}  // namespace

void Outcomes::book(consent::UseId id, consent::UseState state, std::optional<records::StoredAnswer> answer) {
    const base::Time now = clock_.now();
    auto unit = [&uses = uses_, id, state, answer = std::move(answer), now](store::WriteSession& session) {
        uses.conclude(session, id, state, answer, now);
    };
    submit(writer_, std::move(unit), lost_);
}

void Outcomes::note(records::Exchange exchange) {
    const base::Time now = clock_.now();
    auto unit = [&exchanges = exchanges_, exchange = std::move(exchange), now](store::WriteSession& session) {
        exchanges.note(session, exchange, now);
    };
    submit(writer_, std::move(unit), lost_);
}

}  // namespace kelisim::gateway
