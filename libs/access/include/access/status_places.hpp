// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "records/records.hpp"

namespace kelisim::access {

// Gives each access token its place in a status list (draft-ietf-oauth-status-list), and knows which lists changed since
// somebody built them. Which places are taken is known here alone: after a restart a new list begins, and one database
// has one process that issues. Thread-safe.
class StatusPlaces {
public:
    // Inside a unit. A place that no token has, at random within the list that is open: "choose non-sequential,
    // pseudo-random or random indices" (Unlinkability). A list takes tokens of one kind, for limits::status_list_window or
    // lasting_status_list_window, up to limits::status_list_tokens_max, and is served until the last of them is over. A unit that is undone leaves its place unused for ever.
    records::StatusPlace take(store::WriteSession& session, const records::Records& records, records::TokenKind kind,
                              base::Entropy& entropy, base::Time now);

    // After the commit that changed a status in this list.
    void changed(std::int64_t list);
    // How often that was; a copy that was built after reading this number is right as long as it stays.
    std::uint64_t changes(std::int64_t list) const;
    // Drops what it knows of lists other than these.
    void keep_only(const std::vector<std::int64_t>& live);

private:
    struct Open {
        std::int64_t number = 0;
        base::Time closes;
        std::size_t taken = 0;
        std::vector<bool> places;
        bool durable = false;  // its row was committed
    };
    Open open(store::ReadSession& session, const records::Records& records, base::Time closes) const;

    mutable std::mutex mutex_;
    std::optional<Open> brief_, lasting_;  // by kind of token
    std::unordered_map<std::int64_t, std::uint64_t> changes_;
};

}  // namespace kelisim::access
