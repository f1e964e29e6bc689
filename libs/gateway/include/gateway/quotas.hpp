// SPDX-License-Identifier: Apache-2.0
// How often one system may call through the gateway, on all channels together: so many calls a second with a burst, and so many
// on a calendar day. It shields the owners and the other callers; what a consent or a connection lets pass is counted elsewhere,
// durably.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "http/message.hpp"

namespace kelisim::gateway {

extern const base::Reason over_quota;

// Numbers of calls.
struct Quota {
    std::int64_t per_second = 10'000;  // that come back, after a burst
    std::int64_t burst = 10'000;       // at once
    std::int64_t per_day = 0;          // 0: no bound
};

// "50/100/200000": a second, at once, a day. Nothing for what is none, or out of its bounds.
std::optional<Quota> parse_quota(std::string_view text);

// Forgotten at a restart. Thread-safe; the zone outlives it.
class Quotas {
public:
    // `own`: of single systems, by key.
    Quotas(const base::Zone& zone, Quota common, std::map<std::string, Quota, std::less<>> own)
        : zone_(zone), common_(common), own_(std::move(own)) {}

    struct Verdict {
        Quota quota;
        bool admitted = false;
        std::int64_t burst_left = 0, day_left = 0;  // calls; of the day only where it is bounded
        base::Duration burst_back{};                // until the whole burst is back
        base::Duration day_over{};                  // until the next day begins
        base::Duration wait{};                      // of one that was refused: before that none is admitted
    };
    // Counts one call, unless there have been too many: those cost nothing. `system` is registered, so that there are not many. A
    // clock that was set back holds nobody up.
    Verdict take(std::string_view system, base::Time now);

    std::uint64_t refused() const;

private:
    struct Spent {
        base::Time back{};  // when all calls of the burst are back
        std::int32_t day = 0;
        std::int64_t on_day = 0;
    };

    const base::Zone& zone_;
    const Quota common_;
    const std::map<std::string, Quota, std::less<>> own_;
    mutable std::mutex mutex_;
    std::map<std::string, Spent, std::less<>> spent_;
    std::uint64_t refused_ = 0;
};

// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-09), and Retry-After for one that was refused.
void add_quota_fields(http::Response& response, const Quotas::Verdict& verdict);
// RFC 9110 10.2.3: in whole seconds, one at least.
void add_retry_after(http::Response& response, base::Duration wait);

}  // namespace kelisim::gateway
