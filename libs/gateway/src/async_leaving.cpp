// SPDX-License-Identifier: Apache-2.0
#include "gateway/async_leaving.hpp"

#include "gateway/async_stored.hpp"
#include "registry/contours.hpp"

namespace kelisim::gateway {
namespace {

// By which side it came was looked at when it came, and is not looked at again.
const base::Reason* objection_to(const registry::Registry& registry, const records::AsyncMessage& message,
                                 std::string_view local_day) {
    const registry::System* sender = registry.system(message.sender);
    const registry::System* receiver = registry.system(message.receiver);
    const registry::IntegrationService* service = registry.service(message.service);
    if (sender == nullptr || receiver == nullptr || service == nullptr)
        throw records::Damaged("a message of who is not registered");
    if (!service->ended.empty()) return &consent::use_service_ended;
    const bool payment = service->kind == registry::ServiceKind::payment;
    const registry::Arriving arriving{.caller = *sender,
                                      .side = payment ? registry::Side::payment : registry::Side::external,
                                      .local_day = local_day};
    const auto objections = registry::contour_objections(registry, arriving, *service, *receiver);
    return objections.empty() ? nullptr : objections.front();
}

}  // namespace

Leaving look_at(store::ReadSession& session, const LeavingParts& parts, records::AsyncMessage message, base::Time now) {
    Leaving leaving{.message = std::move(message)};
    leaving.objection = objection_to(parts.registry, leaving.message, parts.zone.day(now));
    leaving.stands = parts.queues.stands(session, leaving.message);
    if (leaving.stands || leaving.objection != nullptr) return leaving;
    leaving.left_out = parts.queues.to_leave_out(session, leaving.message);
    if (leaving.left_out.empty()) return leaving;
    if (const auto content = parts.messages.content(session, leaving.message))
        leaving.without = without_tokens(*content, leaving.left_out, parts.zone);
    return leaving;
}

std::optional<std::string> take_out(store::WriteSession& session, const LeavingParts& parts, const Leaving& leaving,
                                    base::Time now) {
    const access::AsyncQueues& queues = parts.queues;
    const records::AsyncMessageId id = leaving.message.id;
    if (leaving.objection != nullptr) {
        (void)queues.withhold(session, id, *leaving.objection, now);  // unless it was settled meanwhile
        return std::nullopt;
    }
    if (!leaving.stands && !leaving.without) {
        (void)queues.stop(session, id, now);  // unless it was settled meanwhile
        return std::nullopt;
    }
    if (leaving.without && !queues.leave_out(session, id, leaving.left_out, *leaving.without)) return std::nullopt;
    if (!queues.attempt(session, id)) return std::nullopt;
    auto content = parts.messages.content(session, leaving.message);
    if (!content) throw records::Damaged("a message that waits has no content");
    return content;
}

}  // namespace kelisim::gateway
