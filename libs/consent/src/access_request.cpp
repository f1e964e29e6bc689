// SPDX-License-Identifier: Apache-2.0
#include "consent/access_request.hpp"

#include "base/limits.hpp"

namespace kelisim::consent {

using base::Kind;
using base::Reason;
using base::Result;

const Reason request_closed{
    "request_closed",
    Kind::conflict,
    "94-V art. 8",
    {"Сұрау бойынша шешім қабылданып қойған.", "По запросу уже есть решение.", "The request is already decided."}};
const Reason request_expired{"request_expired",
                             Kind::conflict,
                             "94-V art. 8",
                             {"Сұраудың мерзімі өтті.", "Срок запроса истёк.", "The request has expired."}};
const Reason request_life_out_of_bounds{
    "request_life_out_of_bounds",
    Kind::invalid,
    "CIBA Core 1.0 section 7.1",
    {"Сұрау мерзімі рұқсат етілген шектен тыс.", "Срок жизни запроса вне допустимых границ.",
     "The life of the request is out of bounds."}};

bool may_follow(RequestState from, RequestState to) {
    switch (from) {
        case RequestState::recorded:
            return to != RequestState::recorded;
        case RequestState::asked:
            return to != RequestState::recorded && to != RequestState::asked && to != RequestState::stopped;
        default:
            return false;  // every other state is an end
    }
}

bool open(const AccessRequest& request) {
    return request.state == RequestState::recorded || request.state == RequestState::asked;
}

namespace {

Result<void> move(AccessRequest& request, RequestState to) {
    if (!may_follow(request.state, to)) return base::Refusal(request_closed);
    request.state = to;
    return {};
}

Result<void> move_in_time(AccessRequest& request, RequestState to, base::Time now) {
    if (open(request) && now >= request.expires) return base::Refusal(request_expired);
    return move(request, to);
}

}  // namespace

Result<std::chrono::seconds> request_life(std::optional<std::int64_t> wanted_seconds) {
    using namespace base::limits;
    if (!wanted_seconds) return request_life_default;
    if (*wanted_seconds < request_life_min.count() || *wanted_seconds > request_life_max.count()) {
        return base::Refusal(request_life_out_of_bounds);
    }
    return std::chrono::seconds{*wanted_seconds};
}

Result<void> mark_asked(AccessRequest& request, base::Time now) {
    return move_in_time(request, RequestState::asked, now);
}

Result<void> answer(AccessRequest& request, Answer answer, std::optional<ConsentId> consent, base::Time now) {
    const auto to = answer == Answer::yes ? RequestState::granted : RequestState::refused;
    const auto moved = move_in_time(request, to, now);
    if (moved.has_value()) request.consent = consent;
    return moved;
}

Result<void> expire(AccessRequest& request, base::Time now) {
    // Asked again too early, by a clock that was moved back, it stays open.
    if (now < request.expires) return base::Refusal(request_closed);
    return move(request, RequestState::expired);
}

Result<void> mark_undeliverable(AccessRequest& request, base::Time now) {
    return move_in_time(request, RequestState::undeliverable, now);
}

Result<void> cancel(AccessRequest& request, base::Time now) {
    return move_in_time(request, RequestState::cancelled, now);
}

Result<void> stop(AccessRequest& request) {
    return move(request, RequestState::stopped);
}

}  // namespace kelisim::consent
