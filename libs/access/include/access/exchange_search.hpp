// SPDX-License-Identifier: Apache-2.0
// The operator looks for messages between systems: when they came, from whom, for which service, and what came of them, never
// what they say (418-V ст.46(1)). Who looked, why and by what stands in the journal before anything is shown.
#pragma once

#include <optional>
#include <string>

#include "access/supervision.hpp"
#include "records/exchanges.hpp"
#include "records/refused_messages.hpp"

namespace kelisim::access {

extern const base::Reason exchange_search_span;
extern const base::Reason exchange_search_sender_missing;
extern const base::Reason exchange_search_reason_missing;
extern const base::Reason exchange_unknown;
extern const base::Reason exchange_export_reason_missing;

// Empty parts are not asked for. A messageId is of its sender, who is the party then.
struct ExchangeQuestion {
    std::string reason;
    std::string message_id = {}, service = {}, party = {};
    std::optional<base::RawId> session = {};
    std::optional<base::Time> from = {}, to = {};  // nothing: as far back as there is; until now
};

// Of messages that were refused before they were taken, and so are no exchanges.
struct RefusedQuestion {
    std::string reason;
    std::optional<records::Door> door = {};
    std::string sender = {}, code = {};
    std::optional<base::Time> from = {}, to = {};
};

// Thread-safe.
class ExchangeSearch {
public:
    explicit ExchangeSearch(const Parts& parts) : parts_(parts) {}

    // Inside a unit, durable before the answer is looked for.
    base::Result<records::ExchangeFilter> begin(store::WriteSession& session, const Official& by,
                                                const ExchangeQuestion& question, base::Time now) const;
    records::ExchangePage find(store::ReadSession& session, const records::ExchangeFilter& filter,
                               const PageWanted& wanted) const;

    base::Result<records::RefusedFilter> begin_refused(store::WriteSession& session, const Official& by,
                                                       const RefusedQuestion& question, base::Time now) const;
    records::RefusedPage find_refused(store::ReadSession& session, const records::RefusedFilter& filter,
                                      const PageWanted& wanted) const;

    // The evidence of one exchange is to be handed out; with what was said to the authorized body alone. Inside a unit, durable
    // before anything is read.
    base::Result<records::Exchange> begin_export(store::WriteSession& session, const Official& by,
                                                 records::ExchangeId id, std::string_view reason, base::Time now) const;

private:
    Parts parts_;
};

}  // namespace kelisim::access
