// SPDX-License-Identifier: Apache-2.0
// The profile of ШЭП has nothing against a message that comes again (pki.md 3.2), so this is our rule: a sender's message id
// means one message, and a message is taken within days of its date. Both stand in the signed body.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "crypto/hash.hpp"

namespace kelisim::soap {

extern const base::Reason soap_message_stale;
extern const base::Reason soap_message_from_future;
extern const base::Reason soap_message_id_reused;  // with other bytes

struct MessageMark {
    std::string sender;     // whom the signature proves, so that nobody uses up the ids of others
    std::string id;         // requestInfo/messageId: of the sender's system, often no UUID (wire.md A8)
    crypto::Digest digest;  // of what was signed, trust::DocumentReport::content
    base::Time date;        // requestInfo/messageDate
};

enum class Arrival {
    first,
    repeated,  // the same bytes: the answer that was given is given again, nothing is done twice
};

// What is remembered of messages. Thread-safe.
class MessageMemory {
public:
    virtual ~MessageMemory() = default;
    // The digest that stands under (sender, id), or nothing after this one has been put there; in one step. It is kept until
    // `until`, and may then be forgotten. Throws base::Outage when it cannot be kept: a message that would not be remembered must
    // not be taken.
    virtual std::optional<crypto::Digest> remember(const MessageMark& message, base::Time until, base::Time now) = 0;
};

struct ReplayWindow {
    std::chrono::seconds age_max = base::limits::message_age_max;
    std::chrono::seconds ahead_max = base::limits::message_ahead_max;

    // The date alone. A memory must keep a message for as long as this lets it in: until date + age_max.
    base::Result<void> in_time(const MessageMark& message, base::Time now) const;
    base::Result<Arrival> admit(const MessageMark& message, base::Time now, MessageMemory& memory) const;
};

// Forgets at a restart, and knows nothing of other processes: right for one process whose senders' messages of before its
// start are refused or harmless, and for tests. At most `messages_max` at once; when it is full of messages that still count, it
// throws Outage rather than forget one.
class ProcessMemory final : public MessageMemory {
public:
    explicit ProcessMemory(std::size_t messages_max = base::limits::messages_remembered_max);
    std::optional<crypto::Digest> remember(const MessageMark& message, base::Time until, base::Time now) override;

private:
    struct Entry {
        crypto::Digest digest;
        base::Time until;
    };
    void make_room(base::Time now);

    std::mutex mutex_;
    std::size_t messages_max_;
    std::unordered_map<std::string, Entry> entries_;  // by the digest of sender and id
};

}  // namespace kelisim::soap
