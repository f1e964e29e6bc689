// SPDX-License-Identifier: Apache-2.0
// Messages between systems: each is taken once, and what came of it is evidence (1277 п.9; 307/НК п.2(15)). By sender, so its
// units are apart from those of the person whom a message may be about.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "access/parts.hpp"
#include "records/exchange_bodies.hpp"

namespace kelisim::access {

extern const base::Reason message_id_reused;
extern const base::Reason message_in_progress;

struct Incoming {
    std::string sender, service;  // system key; as the message named it
    std::string message_id;       // of the sender's system
    crypto::Digest digest{};      // of the message in its canonical form
    std::size_t bytes = 0;
    base::Time received;
    std::optional<base::RawId> session = {};  // that the gateway gave it
};

struct Conclusion {
    records::ExchangeState state{};
    std::optional<base::Time> forwarded = {}, replied = {};
    std::optional<crypto::Digest> response = {};  // SHA-256 of what the sender was given
    std::size_t response_bytes = 0;
    std::string kept = {};  // for a repeat, where the answer stands nowhere else
    records::WireDigests wire = {};
    std::optional<records::SealedBodies> bodies = {};  // where the policy of the service keeps them
};

// Thread-safe; every function runs inside a unit.
class Exchanges {
public:
    explicit Exchanges(const Parts& parts) : parts_(parts) {}

    struct Answered {
        base::Time received;  // when it came first
        std::string kept;     // empty: it stands where the decision about it is kept
    };
    // A message that is new, or that came to nothing before: what it does is kept apart by its id there too. Refused when its
    // id came with other bytes, or while the first one is under way.
    using Decision = std::variant<records::Exchange, Answered, base::Refusal>;
    Decision begin(store::WriteSession& session, const Incoming& message, base::Time now) const;
    void conclude(store::WriteSession& session, records::Exchange exchange, const Conclusion& conclusion,
                  base::Time now) const;

    // A call that the decision about a use is recorded of in the person's books, and that is not claimed by its id here. Its outcome,
    // its times but the last, and its digests are the caller's to tell; its id too.
    void note(store::WriteSession& session, records::Exchange exchange, base::Time now) const;

    // Destroys kept messages whose time is over, a bounded amount at a time.
    void sweep_bodies(store::WriteSession& session, base::Time now) const;
    // What was cut off is concluded as unknown, so that it has its fact too.
    void give_up(store::WriteSession& session, base::Time now) const;

private:
    void record(store::WriteSession& session, records::Exchange exchange, const std::optional<base::Time>& kept_until,
                base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
