// SPDX-License-Identifier: Apache-2.0
// Receipts after ISO/IEC TS 27560:2023 as JSON-LD with terms of the Data Privacy Vocabulary (DPV 2). One for each end of a
// request, and one for each event of a consent: the grant, a pause, a withdrawal, ...
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/iin.hpp"
#include "consent/consent.hpp"

namespace kelisim::receipts {

// What happened after the grant, oldest first; as the journal names it: "consent.withdrawn".
struct Event {
    std::string kind;
    base::Time at;
};

struct Of {
    std::string issuer;  // of the service that signs
    const base::Iin& subject;
};

// Of a request that ended. Nothing while it can still be answered: there is nothing to keep of it yet.
std::optional<boost::json::object> of_request(const Of& of, const consent::AccessRequest& request);

// Of a consent as it stood after event number `number` of `events` (0: the grant itself). Nothing when there is no such.
std::optional<boost::json::object> of_consent(const Of& of, const consent::Consent& consent,
                                              const std::vector<Event>& events, std::size_t number);

}  // namespace kelisim::receipts
