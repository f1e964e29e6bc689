// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/consent.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// What became of an event that a receiver is to confirm; stored by number.
enum class EventStatus { waiting, confirmed, refused, given_up };
BOOST_DESCRIBE_ENUM(EventStatus, waiting, confirmed, refused, given_up)

// A change of a consent, to be told to one receiver as a Security Event Token (RFC 8417). Ids, names and times alone:
// nothing in it names the person.
struct SecurityEvent {
    base::RawId id;        // `jti` of the SET
    std::string receiver;  // system key
    base::RawId txn;       // of the change: the same for each of its receivers
    consent::ConsentId consent;
    consent::TokenId token;  // the newest of the consent that the receiver saw
    std::string change;      // as the journal names it: "consent.withdrawn"
    consent::ConsentState state{};
    int version = 1;
    base::Time at;
    std::optional<base::Time> due = {};  // until when the initiator may object

    EventStatus status = EventStatus::waiting;
    int attempts = 0;                     // times that it was handed over
    std::optional<base::Time> told = {};  // the first of them
    std::optional<base::Time> ended = {};
    std::string error = {};  // of the newest attempt, or of the receiver
};

// How a receiver gets its events.
struct EventStream {
    std::string receiver;
    std::string endpoint;  // pushed there (RFC 8935); empty: it polls (RFC 8936)
    std::int64_t waiting = 0;
    int failures = 0;  // attempts since the last that went well
    base::Time next;   // no attempt before
};

// The keyspace of parties. Thread-safe: without state.
class SecurityEvents {
public:
    // Again is no harm: the outbox delivers at least once. Over limits::events_waiting_max the receiver's oldest is given
    // up, and stays for the operator.
    void add(store::WriteSession& session, const SecurityEvent& event, base::Time now) const;
    // Oldest first.
    std::vector<SecurityEvent> waiting(store::ReadSession& session, std::string_view receiver, std::size_t max) const;
    // What to push next: the oldest; to a receiver that failed, the one that was tried least, so that a SET which it cannot
    // take does not keep the others from it.
    std::optional<SecurityEvent> to_push(store::ReadSession& session, const EventStream& stream) const;
    // Those about one consent, oldest first.
    std::vector<SecurityEvent> about(store::ReadSession& session, consent::ConsentId consent) const;
    // Whatever is not confirmed.
    void each_open(store::ReadSession& session, const std::function<void(const SecurityEvent&)>& visit) const;

    // Written before the event is handed over. False when it does not wait any more.
    bool attempt(store::WriteSession& session, const SecurityEvent& event, base::Time now) const;
    void note_error(store::WriteSession& session, const SecurityEvent& event, std::string_view error) const;
    // False when it does not wait: there is nothing to end.
    bool end(store::WriteSession& session, std::string_view receiver, const base::RawId& id, EventStatus status,
             std::string_view error, base::Time now) const;
    // What was refused or given up waits again, of one receiver or (empty) of all, and their streams are due at once.
    std::size_t replay(store::WriteSession& session, std::string_view receiver, base::Time now) const;
    // Gives up what has waited since before `instant`, so many at a time.
    std::size_t give_up_before(store::WriteSession& session, base::Time instant, base::Time now) const;

    std::optional<EventStream> stream(store::ReadSession& session, std::string_view receiver) const;
    void set_endpoint(store::WriteSession& session, std::string_view receiver, std::string_view endpoint,
                      base::Time now) const;
    void set_pace(store::WriteSession& session, std::string_view receiver, int failures, base::Time next) const;
    // Those with an endpoint and something to tell, the one that is due first before the others.
    std::vector<EventStream> streams_to_push(store::ReadSession& session) const;
    std::int64_t waiting_count(store::ReadSession& session) const;
};

}  // namespace kelisim::records
