// SPDX-License-Identifier: Apache-2.0
// Messages of the asynchronous channel that wait for their receivers (wire.md A4): in one queue for each receiver and service, in
// the keyspace of parties.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "consent/use.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using AsyncMessageId = base::Id<struct AsyncMessageTag>;  // messageId
using ConversationId = base::Id<struct ConversationTag>;  // correlationId
using AsyncNoticeId = base::Id<struct AsyncNoticeTag>;

// Stored by number, both.
enum class AsyncKind { request, notification, update, response };
BOOST_DESCRIBE_ENUM(AsyncKind, request, notification, update, response)
enum class AsyncState {
    waiting,
    delivered,  // acknowledged by its receiver
    stopped,    // refused by it for good, or its consent ended before
    given_up,   // the term is over: in the list of the operator, who may let it wait anew
    returned,   // the operator gave it back to its sender
};
BOOST_DESCRIBE_ENUM(AsyncState, waiting, delivered, stopped, given_up, returned)

// What went over the wire after a message was taken, of the newest attempt.
struct AsyncWire {
    std::optional<base::Time> forwarded = {};  // pushed or handed out
    std::optional<base::Time> replied = {};    // acknowledged, or answered otherwise
    // SHA-256 of the whole, with envelope and signature; nothing of what is neither signed nor brings a secret, and could be tried out.
    std::optional<Digest> forwarded_sha256 = {}, replied_sha256 = {};
};

// What is evidence of a message.
struct AsyncEvidence {
    base::RawId session;  // sessionId that the gateway gave it
    Digest named{};       // blind index of its messageId: the sender's, or ours where the sender gave none
    Digest received{};    // SHA-256 of it as it came, with envelope and signature or password
    AsyncWire wire = {};
};

// What is known of a message beside what it says.
struct AsyncMessage {
    AsyncMessageId id;
    std::string receiver, service;  // system key; service key
    std::int64_t position = 0;      // in their queue
    std::string sender;
    ConversationId conversation;
    AsyncKind kind{};
    Digest key{};     // blind index of the sender's own id, or of the digest
    Digest digest{};  // of the message in its canonical form
    std::int64_t bytes = 0;
    base::Time accepted, since;  // since: waiting from then on
    AsyncState state = AsyncState::waiting;
    std::int64_t attempts = 0;
    std::int64_t reached = 0;   // of them those that may have arrived
    std::int64_t refusals = 0;  // faults of the receiver
    std::optional<base::Time> ended = {};
    std::string error = {};                      // code of the newest failure
    std::optional<AsyncEvidence> evidence = {};  // nothing of one that came before it was kept
};

struct AsyncQueue {
    std::string receiver, service;
    std::int64_t last = 0;  // position
    std::int64_t waiting = 0, bytes = 0;
    std::int64_t failures = 0;  // since the last that went well
    base::Time next;            // no attempt before
};

// What became of one token of the REQUEST that began a conversation.
struct ConversationPart {
    std::int64_t number = 0;  // of the token in the message; 0: the only one, of a person whom the data name
    std::optional<consent::UseId> use = {};  // nothing: it was refused
    std::string refused = {};                // codes of the reasons; of a use too that was taken back while it waited
    std::optional<consent::UseState> outcome = {};  // of the use, once it is known
};

struct Conversation {
    ConversationId id;
    std::string initiator, owner, service;  // system keys; service key
    base::Time begun;
    std::optional<consent::UseState> outcome = {};  // once it is known, of every use that has none of its own
    std::vector<ConversationPart> parts = {};       // in the order of their numbers; none: under no use
};

struct BookedPart {
    ConversationId conversation;
    std::int64_t number = 0;
    consent::UseId use;
    consent::UseState outcome{};
};

// That a message of the receiver's came into a state.
struct AsyncNotice {
    AsyncNoticeId id;
    std::string receiver;
    AsyncMessageId message;
    AsyncState state{};
    std::string error = {};
    base::Time made;
    std::int64_t failures = 0;
    base::Time next;
};

// Thread-safe: without state of its own.
class AsyncMessages {
public:
    AsyncMessages(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    Digest key_of(std::string_view sender, std::string_view what) const;
    // Puts the message at the end of its queue.
    void add(store::WriteSession& session, AsyncMessage message, std::string_view content) const;
    std::optional<AsyncMessage> find(store::ReadSession& session, AsyncMessageId id) const;
    // The newest one under this key that was accepted after `from`.
    std::optional<AsyncMessage> find(store::ReadSession& session, std::string_view sender, const Digest& key,
                                     base::Time from) const;
    // Nothing once it was removed.
    std::optional<std::string> content(store::ReadSession& session, const AsyncMessage& message) const;
    void forget_content(store::WriteSession& session, AsyncMessageId id) const;
    // Of a message that waits.
    void replace_content(store::WriteSession& session, const AsyncMessage& message, std::string_view content) const;
    // Its state, counts, times and error, and what went over the wire.
    void update(store::WriteSession& session, const AsyncMessage& message) const;
    // In the order of the queue.
    std::vector<AsyncMessage> waiting(store::ReadSession& session, std::string_view receiver, std::string_view service,
                                      std::size_t max) const;
    std::vector<AsyncMessage> waiting_since_before(store::ReadSession& session, base::Time at, std::size_t max) const;
    std::vector<AsyncMessage> given_up(store::ReadSession& session, const std::optional<base::RawId>& before,
                                       std::size_t max) const;

    std::vector<AsyncQueue> queues_of(store::ReadSession& session, std::string_view receiver) const;
    // Where anything waits, the one that is due first before the others.
    std::vector<AsyncQueue> queues(store::ReadSession& session) const;
    // More or fewer messages wait.
    void count(store::WriteSession& session, const AsyncMessage& message, int more) const;
    void set_pace(store::WriteSession& session, const AsyncQueue& queue) const;

    void begin(store::WriteSession& session, const Conversation& conversation) const;
    std::optional<Conversation> conversation(store::ReadSession& session, ConversationId id) const;
    // Once: a later one changes nothing.
    void set_outcome(store::WriteSession& session, ConversationId id, consent::UseState outcome) const;
    // One of several persons goes no further; the others do.
    void leave_out(store::WriteSession& session, ConversationId id, std::int64_t part, std::string_view why,
                   consent::UseState outcome) const;
    // Whose use is to be booked.
    std::vector<BookedPart> to_book(store::ReadSession& session, std::size_t max) const;
    void set_booked(store::WriteSession& session, const BookedPart& part) const;
    // Those under a use that have no outcome yet; without their parts.
    std::vector<Conversation> open_before(store::ReadSession& session, base::Time at, std::size_t max) const;

    void add(store::WriteSession& session, const AsyncNotice& notice) const;
    std::vector<AsyncNotice> notices_due(store::ReadSession& session, base::Time now, std::size_t max) const;
    std::optional<base::Time> next_notice(store::ReadSession& session, base::Time after) const;
    void put_off(store::WriteSession& session, const AsyncNotice& notice) const;
    void remove(store::WriteSession& session, const AsyncNotice& notice) const;

    // Settled messages and their conversations, and notices, older than `at`.
    void forget_before(store::WriteSession& session, base::Time at) const;

    struct Totals {
        std::int64_t waiting = 0, given_up = 0;
        std::optional<base::Time> oldest = {};
    };
    Totals totals(store::ReadSession& session) const;

private:
    base::Bytes sealed(const AsyncMessage& message, std::string_view content) const;

    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
