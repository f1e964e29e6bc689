// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/exchanges.hpp"

namespace kelisim::records {

// The messages of one exchange, each empty where there was none.
using Messages = std::array<std::string, exchange_messages>;

// Sealed under a key of their own, which is destroyed with them.
struct SealedBodies {
    ExchangeId exchange;
    base::Time expires;
    std::int64_t bytes = 0;
    base::Bytes key = {};  // wrapped
    std::array<base::Bytes, exchange_messages> sealed = {};
};

// What exchanges said, where the policy of a service keeps it. Nothing here is searched. Thread-safe: without state of its own.
class ExchangeBodies {
public:
    ExchangeBodies(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    // Outside of units, because a message may be long.
    SealedBodies seal(ExchangeId exchange, base::Time expires, const Messages& messages) const;
    // Once for an exchange.
    void add(store::WriteSession& session, const SealedBodies& bodies) const;
    // Nothing where none are kept, or not any more: the clock decides, not the sweep.
    std::optional<SealedBodies> find(store::ReadSession& session, ExchangeId exchange, base::Time now) const;
    Messages open(const SealedBodies& bodies) const;  // throws Damaged

    struct Expired {
        ExchangeId exchange;
        std::int64_t bytes = 0;
    };
    // The oldest first, at most `max`.
    std::vector<Expired> expired(store::ReadSession& session, base::Time now, std::size_t max) const;
    // Destroys key and messages.
    void remove(store::WriteSession& session, ExchangeId exchange) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
