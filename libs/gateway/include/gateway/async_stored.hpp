// SPDX-License-Identifier: Apache-2.0
// A message of the asynchronous channel while it waits, and what is said of its state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "records/async_messages.hpp"
#include "soap/async_channel.hpp"
#include "soap/envelope.hpp"

namespace kelisim::gateway {

// As it waits: the message, and the token beside it that its request was decided under.
std::string to_stored(const soap::AsyncMessage& message, std::string_view token, const base::Zone& zone);

// Read again to be handed over. The message is as good as the envelope lives.
struct StoredMessage {
    std::string token;
    soap::Envelope envelope;
    soap::AsyncMessage message;
};
// Throws records::Damaged.
StoredMessage from_stored(std::string_view content, const base::Zone& zone);

// With nothing in these entries of a message about several persons; nothing where the document was signed.
std::optional<std::string> without_tokens(std::string_view content, const std::vector<std::int64_t>& numbers,
                                          const base::Zone& zone);

soap::MessageState state_of(records::AsyncState state);
// Nobody has published codes of MessageStatusInfo (wire.md A2): these are ours, listed in docs/integration/soap.md.
soap::MessageStatus status_of(records::AsyncState state, std::string_view error, base::Time at);
// Likewise of a message in that conversation; a REQUEST about several persons that goes on without some of their tokens says which.
soap::MessageStatus status_of(const records::AsyncMessage& message, const std::optional<records::Conversation>& in,
                              records::AsyncState state, std::string_view error, base::Time at);

}  // namespace kelisim::gateway
