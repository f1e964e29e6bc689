// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "crypto/seal.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What happened to a consent after it was given, for its person to read. The grant stands in the consent itself.
// Thread-safe: without state.
class ConsentEvents {
public:
    explicit ConsentEvents(base::Entropy& entropy) : entropy_(entropy) {}

    struct Event {
        base::Time at;
        std::string kind;  // of the journal: "consent.withdrawn"
        boost::json::object details;
    };
    void add(store::WriteSession& session, consent::ConsentId consent, std::string_view kind,
             const boost::json::object& details, const crypto::SealKey& data_key, base::Time now) const;
    // Oldest first; throws Damaged when one does not open.
    std::vector<Event> all(store::ReadSession& session, consent::ConsentId consent,
                           const crypto::SealKey& data_key) const;

private:
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
