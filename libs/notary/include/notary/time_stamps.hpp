// SPDX-License-Identifier: Apache-2.0
// Having a time-stamping authority (RFC 3161) stamp our checkpoints: one stamp is about every entry of the ledger before it, so about
// every exchange. What lacks its stamp is what the ledger holds beyond the newest stamp; nothing else has to be remembered.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/entropy.hpp"
#include "notary/witness.hpp"
#include "trust/policy.hpp"

namespace kelisim::notary {

// base::limits has those of witnesses; an authority is asked as they are, and may take longer.
inline constexpr std::chrono::seconds time_stamp_deadline{10};

struct TimeStampAddress {
    http::Prefix url;
    std::string policy = {};  // dotted, under which it is to be stamped; empty: whichever
};
// Nothing for a URL that is not http[s]://host[:port][/path], or a policy that is no dotted identifier.
std::optional<TimeStampAddress> parse_time_stamp_address(std::string_view url, std::string_view policy);

struct TimeStampParts {
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;  // of this machine, also where the service's is moved: the authority's runs by itself
    base::Entropy& entropy;
    telemetry::Log& log;
    const Board& board;
    Exchange exchange;
    const trust::Authorities& authorities;  // of the authority's certificate
};

struct TimeStampCounts {
    std::atomic<std::uint64_t> stamps{0};    // verified and stored
    std::atomic<std::uint64_t> failures{0};  // requests that brought none
};

// The conversation with the authority, without a thread. Used by one thread at a time, but for the counts.
class TimeStamping {
public:
    TimeStamping(TimeStampParts parts, TimeStampAddress address)
        : parts_(std::move(parts)), address_(std::move(address)) {}

    // True when all that the checkpoint is about has a stamp that is stored, this one or an earlier one. Throws
    // store::Unavailable and records::Damaged as the store does.
    bool stamp(const Published& checkpoint);

    const TimeStampCounts& counts() const { return counts_; }
    // As stamp() counts it; reports only the first of several in a row.
    void failed(std::string_view why);

private:
    const TimeStampParts parts_;
    const TimeStampAddress address_;
    TimeStampCounts counts_;
    bool failing_ = false;
};

// The thread: whatever the authority does or does not do, traffic and ledger go on.
class TimeStamper {
public:
    // `pace`: between two stamps at least.
    TimeStamper(TimeStampParts parts, TimeStampAddress address, std::chrono::milliseconds pace);
    // Waits for a request under way, at most time_stamp_deadline.
    ~TimeStamper() = default;

    const TimeStampCounts& counts() const { return stamping_.counts(); }

private:
    void work(const std::stop_token& stop);

    const Board& board_;
    const std::chrono::milliseconds pace_;
    TimeStamping stamping_;
    std::jthread thread_;  // last: it uses all of the above
};

// How far the stamps are behind.
struct TimeStampsMissing {
    std::optional<records::TimeStamp> newest = {};
    std::uint64_t entries = 0;              // of the ledger, without one
    std::optional<base::Time> oldest = {};  // when the first of them was written
};
TimeStampsMissing missing_time_stamps(store::ReadSession& session, const records::Records& records);

}  // namespace kelisim::notary
