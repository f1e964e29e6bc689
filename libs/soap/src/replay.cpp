// SPDX-License-Identifier: Apache-2.0
#include "soap/replay.hpp"

#include "base/bytes.hpp"

namespace kelisim::soap {

base::Result<void> ReplayWindow::in_time(const MessageMark& message, base::Time now) const {
    if (message.date < now - age_max) return base::Refusal(soap_message_stale);
    if (message.date > now + ahead_max) return base::Refusal(soap_message_from_future);
    return {};
}

base::Result<Arrival> ReplayWindow::admit(const MessageMark& message, base::Time now, MessageMemory& memory) const {
    if (auto timely = in_time(message, now); !timely) return timely.error();
    const auto known = memory.remember(message, message.date + age_max, now);
    if (!known) return Arrival::first;
    if (*known == message.digest) return Arrival::repeated;
    return base::Refusal(soap_message_id_reused);
}

ProcessMemory::ProcessMemory(std::size_t messages_max) : messages_max_(messages_max) {}

void ProcessMemory::make_room(base::Time now) {
    std::erase_if(entries_, [&](const auto& each) { return each.second.until < now; });
    if (entries_.size() >= messages_max_) throw base::Outage("the memory of SOAP messages is full");
}

std::optional<crypto::Digest> ProcessMemory::remember(const MessageMark& message, base::Time until, base::Time now) {
    // Hashed apart, so that no choice of sender and id runs into another.
    const crypto::Digest sender = crypto::sha256(base::as_bytes(message.sender));
    const crypto::Digest key = crypto::sha256({sender, base::as_bytes(message.id)});
    const std::lock_guard lock(mutex_);
    const std::string name(base::as_text(key));
    const auto found = entries_.find(name);
    if (found != entries_.end() && found->second.until >= now) return found->second.digest;
    if (found != entries_.end()) entries_.erase(found);
    if (entries_.size() >= messages_max_) make_room(now);
    entries_.emplace(name, Entry{message.digest, until});
    return std::nullopt;
}

}  // namespace kelisim::soap
