// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using ExchangeId = base::Id<struct ExchangeTag>;

// Stored by number.
enum class ExchangeState {
    begun,
    answered,  // the sender was given an answer of the service
    refused,   // by us, before anything was forwarded
    failed,    // the service was not reached, or gave nothing
    unknown,  // cut off: the process ended, or could not write what came of it; on the asynchronous channel: it may have arrived
    delivered,  // acknowledged by its receiver, on the asynchronous channel
};
BOOST_DESCRIBE_ENUM(ExchangeState, begun, answered, refused, failed, unknown, delivered)

// How it came. Stored by number.
enum class ExchangeWire { soap, rest, soap_async };
BOOST_DESCRIBE_ENUM(ExchangeWire, soap, rest, soap_async)

// What goes over the wire in one exchange, in the order of time. Stored by number.
enum class ExchangeMessage { request_received, request_forwarded, answer_received, answer_sent };
inline constexpr std::size_t exchange_messages = 4;
// SHA-256 of each with its envelope and its signature, of its content over REST (what Content-Digest of RFC 9530 is of); nothing where
// there was none.
using WireDigests = std::array<std::optional<Digest>, exchange_messages>;

// A message between systems that passes the gateway (1277 п.9), in the keyspace of its sender. Nothing of what it says.
struct Exchange {
    ExchangeId id;
    std::string sender;   // system key
    std::string service;  // as the message named it
    Digest
        message{};  // blind index of the sender's message id; over REST of its Idempotency-Key, else of our Request-Id
    // SHA-256 of the message in its canonical form; over REST of method, target and content, in place of which stands its SHA-256 where it
    // passed as it came, and kdp-person and kdp-fields where there is none; on the asynchronous channel of the message as it came.
    Digest request{};
    std::int64_t request_bytes = 0;
    base::Time received;
    ExchangeState state = ExchangeState::begun;
    std::optional<base::Time> forwarded = {}, replied = {}, concluded = {};
    std::optional<Digest> response = {};
    std::int64_t response_bytes = 0;
    std::string kept = {};                    // the answer, for a repeat; empty: none is kept here
    std::optional<base::RawId> session = {};  // sessionId that the gateway gave it
    std::string owner = {};  // of a concluded one: the system behind the service, or the receiver; empty: none
    WireDigests wire = {};   // of a concluded one
    ExchangeWire came_over = ExchangeWire::soap;
};

// What an operator may search by; parts that are not given are empty.
struct ExchangeFilter {
    base::Time from, to;                 // received within [from, to), to the millisecond
    std::optional<Digest> message = {};  // blind index
    std::optional<base::RawId> session = {};
    std::string service = {};
    std::string party = {};  // sender or owner
};

struct ExchangePage {
    std::vector<Exchange> items;           // newest first
    std::optional<base::RawId> next = {};  // where to go on; also on a page that is not full
};

// Kept for as long as a repeat counts. Thread-safe: without state of its own.
class Exchanges {
public:
    Exchanges(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    Digest message_of(std::string_view sender, std::string_view message_id) const;
    std::optional<Exchange> find(store::ReadSession& session, std::string_view sender, const Digest& message) const;
    // In place of one with the same message id.
    void put(store::WriteSession& session, const Exchange& exchange) const;
    // Those under way that came before `at`, at most `max`.
    std::vector<Exchange> begun_before(store::ReadSession& session, base::Time at, std::size_t max) const;
    // For the searches of operators: as it ended; what was given up may end after all.
    void record(store::WriteSession& session, const Exchange& exchange) const;
    std::optional<Exchange> recorded(store::ReadSession& session, ExchangeId id) const;
    // At most `max`, of before `before`. Looks at a bounded number of exchanges, so that no question holds a reader for long.
    ExchangePage search(store::ReadSession& session, const ExchangeFilter& filter,
                        const std::optional<base::RawId>& before, std::size_t max) const;
    void forget_records_before(store::WriteSession& session, base::Time at) const;
    void forget_before(store::WriteSession& session, base::Time at) const;

private:
    Exchange read(const store::Row& row) const;

    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
