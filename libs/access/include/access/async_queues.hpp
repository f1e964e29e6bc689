// SPDX-License-Identifier: Apache-2.0
// Messages of the asynchronous channel (wire.md A4): each is taken once, waits in the order of its queue until its receiver has
// acknowledged it, and comes again until then. What cannot be delivered goes to the operator's list; nothing that was accepted
// is lost. In the keyspace of parties; the use that a conversation stands on is booked in a unit of its own.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "access/cabinet.hpp"
#include "access/parts.hpp"
#include "access/registry_changes.hpp"

namespace kelisim::access {

extern const base::Reason receiver_queue_full;
extern const base::Reason conversation_unknown;
extern const base::Reason conversation_answered;
extern const base::Reason async_message_unknown;
extern const base::Reason async_message_settled;
extern const base::Reason async_message_use_over;

// A message as it came, with the ids that it gets if it is new.
struct Posted {
    records::AsyncMessageId id;
    records::ConversationId conversation;  // of a REQUEST: to be begun; of the others: that the sender named
    std::string sender, service;
    records::AsyncKind kind{};
    std::string own_id = {};  // the sender's; empty: none
    crypto::Digest digest{};  // of the message in its canonical form
    std::int64_t bytes = 0;
    std::string content = {};                           // what waits; opaque here
    std::string receiver = {};                          // of a REQUEST: the owner's system
    std::vector<records::ConversationPart> parts = {};  // of a REQUEST: what was decided about it before
    bool gives_data = false;                            // of the owner: the answer that uses are counted for
    base::RawId session;                                // sessionId that the gateway gave it
    crypto::Digest received = {};                       // SHA-256 of the bytes as they came
};

struct AsyncRules {
    std::int64_t waiting_max = 0;  // messages of one receiver; one more is refused
    std::set<std::string> pushed;  // systems that are called; the others ask
};

// Why an attempt failed.
struct AsyncFailure {
    std::string code;
    bool arrived = true;   // whether the message may have
    bool refused = false;  // by a fault of the receiver's own
};

// Thread-safe; every function runs inside a unit.
class AsyncQueues {
public:
    AsyncQueues(const Parts& parts, AsyncRules rules) : parts_(parts), rules_(std::move(rules)) {}

    struct Taken {
        records::AsyncMessageId id;
        records::ConversationId conversation;
    };
    // What a message was given when it came before; refused where its own id came with other words.
    base::Result<std::optional<Taken>> earlier(store::ReadSession& session, const Posted& posted, base::Time now) const;
    base::Result<void> has_room(store::ReadSession& session, std::string_view receiver, std::int64_t bytes) const;
    // The conversation that a message which is no REQUEST belongs to; only those who talk in it know it.
    base::Result<records::Conversation> conversation_of(store::ReadSession& session, const Posted& posted) const;
    base::Result<Taken> accept(store::WriteSession& session, const Posted& posted, base::Time now) const;

    // What of it went over the wire; of one that waits.
    void note_wire(store::WriteSession& session, records::AsyncMessageId id, const records::AsyncWire& wire) const;
    // Before the message leaves. False when it does not wait any more.
    bool attempt(store::WriteSession& session, records::AsyncMessageId id) const;
    void note_failure(store::WriteSession& session, records::AsyncMessageId id, const AsyncFailure& failure,
                      base::Time now) const;
    // Nothing happens when it is delivered already.
    base::Result<void> deliver(store::WriteSession& session, records::AsyncMessageId id, base::Time now) const;
    // What the receiver says by sendDeliveryNotification that it did not take: it may come again, or may not.
    base::Result<void> put_back(store::WriteSession& session, records::AsyncMessageId id, base::Time now) const;
    base::Result<void> refuse(store::WriteSession& session, records::AsyncMessageId id, base::Time now) const;
    // Its consent ended. What an attempt before may have brought is not known to be nobody's use.
    base::Result<void> stop(store::WriteSession& session, records::AsyncMessageId id, base::Time now) const;
    // The gateway does not hand it over, for a reason that may go away again: the operator may let it wait anew.
    base::Result<void> withhold(store::WriteSession& session, records::AsyncMessageId id, const base::Reason& why,
                                base::Time now) const;
    // Whether a message may still go on its way: no consent that its conversation stands on was ended.
    bool stands(store::ReadSession& session, const records::AsyncMessage& message) const;
    bool stands(store::ReadSession& session, const records::Conversation& conversation) const;
    // Of a REQUEST about several persons that does not stand, and some of whose consents do: the numbers of the tokens that are to
    // be left out of it. Empty: it stops, or it stands.
    std::vector<std::int64_t> to_leave_out(store::ReadSession& session, const records::AsyncMessage& message) const;
    // `content`: the message without them. False, and nothing happens, when others are to be left out by now.
    bool leave_out(store::WriteSession& session, records::AsyncMessageId id, const std::vector<std::int64_t>& numbers,
                   std::string_view content) const;
    // Whom a conversation is about whose request went on under their consents.
    std::vector<base::Iin> subjects_of(store::ReadSession& session, const records::Conversation& conversation) const;

    void give_up(store::WriteSession& session, base::Time now) const;  // what waited for too long
    // Uses that are concluded and not booked. To be booked in a unit of the person's, and noted in one after it:
    // twice is no harm.
    std::vector<records::BookedPart> to_book(store::ReadSession& session) const;
    void book(store::WriteSession& session, const records::BookedPart& part, base::Time now) const;
    void note_booked(store::WriteSession& session, const records::BookedPart& part) const;

    // What the operator sees and does: never what a message says (418-V ст.46(1)).
    Page<records::AsyncMessage> given_up(store::ReadSession& session, const PageWanted& wanted) const;
    std::optional<records::AsyncMessage> given_up(store::ReadSession& session, records::AsyncMessageId id) const;
    // Who looked, at the list or at one of them; before it is shown.
    void note_look(store::WriteSession& session, const std::optional<records::AsyncMessageId>& id,
                   const RegistryChanges::Order& by, base::Time now) const;
    base::Result<void> replay(store::WriteSession& session, records::AsyncMessageId id,
                              const RegistryChanges::Order& order, base::Time now) const;
    base::Result<void> give_back(store::WriteSession& session, records::AsyncMessageId id,
                                 const RegistryChanges::Order& order, base::Time now) const;

    const AsyncRules& rules() const { return rules_; }

private:
    void end(store::WriteSession& session, records::AsyncMessage message, records::AsyncState state,
             std::string_view why, base::Time now) const;
    // As an exchange, for searches and evidence.
    void record(store::WriteSession& session, const records::AsyncMessage& message, base::Time now) const;
    void tell_sender(store::WriteSession& session, const records::AsyncMessage& message, base::Time now) const;
    void set_pace(store::WriteSession& session, const records::AsyncMessage& message, bool well, base::Time now) const;

    Parts parts_;
    AsyncRules rules_;
};

// How long a queue rests after so many failures in a row.
base::Duration async_delay(std::int64_t failures);

}  // namespace kelisim::access
