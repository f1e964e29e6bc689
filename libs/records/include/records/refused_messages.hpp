// SPDX-License-Identifier: Apache-2.0
// Messages between systems that were refused before they were taken: they are no exchanges, so they are counted (MON/INT-2.18).
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/entropy.hpp"
#include "base/id.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// By which way they came. Stored by number.
enum class Door { soap_sync, soap_async, rest };
BOOST_DESCRIBE_ENUM(Door, soap_sync, soap_async, rest)

// What is known of who sent them. Stored by number.
enum class Standing {
    unknown,         // nobody, or nobody who is registered
    claimed,         // a registered system is named, and nothing proves it
    proven,          // by signature, password or token
    not_told_apart,  // more senders and reasons in this minute than are counted apart
};
BOOST_DESCRIBE_ENUM(Standing, unknown, claimed, proven, not_told_apart)

// What is counted together. Nothing of it is text of a stranger's.
struct RefusedKind {
    base::Time minute;  // its beginning
    Door door{};
    Standing standing{};
    std::string sender = {};  // system key; empty: none is known
    std::string code = {};    // of the first reason; empty: not told apart

    auto operator<=>(const RefusedKind&) const = default;
};

struct RefusedMessage {
    base::RawId id;
    RefusedKind kind;
    std::int64_t times = 0;
};

// What an operator may search by; parts that are not given are empty.
struct RefusedFilter {
    base::Time from, to;  // minutes within [from, to)
    std::optional<Door> door = {};
    std::string sender = {}, code = {};
};

struct RefusedPage {
    std::vector<RefusedMessage> items;     // newest first
    std::optional<base::RawId> next = {};  // where to go on; also on a page that is not full
};

// Thread-safe: without state of its own.
class RefusedMessages {
public:
    explicit RefusedMessages(base::Entropy& entropy) : entropy_(entropy) {}

    void count(store::WriteSession& session, const RefusedKind& kind, std::int64_t times) const;
    // At most `max`, of before `before`. Looks at a bounded number of rows, so that no question holds a reader for long.
    RefusedPage search(store::ReadSession& session, const RefusedFilter& filter,
                       const std::optional<base::RawId>& before, std::size_t max) const;
    void forget_before(store::WriteSession& session, base::Time at) const;

private:
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
