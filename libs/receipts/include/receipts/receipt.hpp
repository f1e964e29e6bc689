// SPDX-License-Identifier: Apache-2.0
// Receipts after ISO/IEC TS 27560:2023 as JSON-LD with terms of the Data Privacy Vocabulary (DPV 2), and the same in the
// words of people. One for each end of a request, for each event of a consent, and for each use of the data.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/iin.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "consent/consent.hpp"
#include "ledger/merkle.hpp"

namespace kelisim::receipts {

inline constexpr std::string_view receipt_type = "kelisim-receipt+jwt";  // `typ` of the signature (RFC 7515 4.1.9)

// The entry of the journal that a receipt speaks of, opened: whoever holds the receipt can show that it is in the ledger
// and that it says the same. Salt and fact tell of this one entry alone.
struct Opened {
    std::string log;  // name of the ledger (C2SP tlog-checkpoint, origin)
    ledger::Salt salt{};
    std::string fact;                // as the journal wrote it
    base::Time at;                   // when it happened, as the fact says
    std::optional<base::Time> ends;  // of a request or consent, as the fact says
};
// Reads the time and the end from a fact; nothing for a text that is no fact.
std::optional<Opened> open(std::string log, const ledger::Salt& salt, std::string fact);

struct Of {
    std::string issuer;  // of the service that signs
    const base::Iin& subject;
    base::Language language;  // of the person; all three are there, this one first
    const registry::Registry& registry;
    const base::Zone& zone;       // in which the words tell times
    std::optional<Opened> entry;  // nothing for what the journal does not tell apart: then only the signature speaks
};

// What happened after the grant, oldest first; as the journal names it: "consent.withdrawn".
struct Event {
    std::string kind;
    base::Time at;
};

// One call for the data, or one look at one's own.
struct Use {
    consent::UseId id;
    std::string event;  // of the journal: "use.delivered", "use.refused", "own_look.reserved"
    base::Time at;      // when it was made; the entry knows better
    std::string receiver, service;
    std::vector<std::string> fields, acts;
    const consent::Consent* consent = nullptr;          // none for a look at one's own data
    std::vector<const base::Reason*> refused_for = {};  // of a call that was refused
};

// Of a request that ended. Nothing while it can still be answered: there is nothing to keep of it yet.
std::optional<boost::json::object> of_request(const Of& of, const consent::AccessRequest& request);

// Of a consent as it stood after event number `number` of `events` (0: the grant itself). Nothing when there is no such.
std::optional<boost::json::object> of_consent(const Of& of, const consent::Consent& consent,
                                              const std::vector<Event>& events, std::size_t number);

boost::json::object of_use(const Of& of, const Use& use);

// The receipt in one language, a line for each thing that it says. Total: what it does not find it leaves out.
std::string in_words(const boost::json::object& receipt, base::Language language, const base::Zone& zone);

}  // namespace kelisim::receipts
