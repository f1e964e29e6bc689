// SPDX-License-Identifier: Apache-2.0
#include "gateway/async_leaving.hpp"

#include "gateway/async_stored.hpp"

namespace kelisim::gateway {

Leaving look_at(store::ReadSession& session, const access::AsyncQueues& queues, const records::AsyncMessages& messages,
                records::AsyncMessage message, const base::Zone& zone) {
    Leaving leaving{.message = std::move(message)};
    leaving.stands = queues.stands(session, leaving.message);
    if (leaving.stands) return leaving;
    leaving.left_out = queues.to_leave_out(session, leaving.message);
    if (leaving.left_out.empty()) return leaving;
    if (const auto content = messages.content(session, leaving.message))
        leaving.without = without_tokens(*content, leaving.left_out, zone);
    return leaving;
}

std::optional<std::string> take_out(store::WriteSession& session, const access::AsyncQueues& queues,
                                    const records::AsyncMessages& messages, const Leaving& leaving, base::Time now) {
    const records::AsyncMessageId id = leaving.message.id;
    if (!leaving.stands && !leaving.without) {
        (void)queues.stop(session, id, now);  // unless it was settled meanwhile
        return std::nullopt;
    }
    if (leaving.without && !queues.leave_out(session, id, leaving.left_out, *leaving.without)) return std::nullopt;
    if (!queues.attempt(session, id)) return std::nullopt;
    auto content = messages.content(session, leaving.message);
    if (!content) throw records::Damaged("a message that waits has no content");
    return content;
}

}  // namespace kelisim::gateway
