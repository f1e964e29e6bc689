// SPDX-License-Identifier: Apache-2.0
// A consent changed after it was given: the one place where its parties are told of it.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "access/parts.hpp"

namespace kelisim::access {

// Names of journal entries, of events in the history and of what parties are told; never changed.
namespace change {
inline constexpr std::string_view paused = "consent.paused";
inline constexpr std::string_view resumed = "consent.resumed";
inline constexpr std::string_view withdrawn = "consent.withdrawn";
inline constexpr std::string_view extended = "consent.extended";
inline constexpr std::string_view restored = "consent.restored";
inline constexpr std::string_view deletion_confirmed = "consent.deletion_confirmed";
inline constexpr std::string_view expired = "consent.expired";
inline constexpr std::string_view exhausted = "consent.exhausted";
inline constexpr std::string_view invalidated = "consent.invalidated";
inline constexpr std::string_view erased =
    "consent.erased";  // the person's data are no more, and the consent with them
}  // namespace change

// Writes the consent as it is now, with the event for its history and the entry in the journal, and tells the parties.
// `details` hold `object_by` where the initiator may object until then.
void record_change(const Parts& parts, store::WriteSession& session, const records::Consents::Found& found,
                   std::string_view change, const boost::json::object& details, base::Time now);

// Tells those who hold the consent: by a notice, but for what they brought about themselves, and by a signed event. `due`: until when they may object.
void tell_parties(const Parts& parts, store::WriteSession& session, const consent::Consent& consent,
                  std::string_view change, base::Time now, std::optional<base::Time> due = {});

}  // namespace kelisim::access
