// SPDX-License-Identifier: Apache-2.0
#include "gateway/owners.hpp"

#include <chrono>
#include <stdexcept>

#include "http/pause.hpp"

namespace kelisim::gateway {

const base::Reason owner_resting{
    "gateway_owner_resting",
    base::Kind::too_many,
    "",
    {"Деректер иесі бірнеше рет жауап бермеді, біраз уақыт оған сұрау жіберілмейді. Қолдану саналған жоқ.",
     "Владелец данных несколько раз не ответил, некоторое время к нему не обращаются. Обращение не засчитано.",
     "The data owner failed several times and is not asked for a while. The use was not counted."}};

namespace {

using Held = OwnerRoute::Held;
using SteadyClock = std::chrono::steady_clock;

// Long enough for a server that is being replaced to listen again; a caller hardly notices.
constexpr std::chrono::milliseconds before_repeat{200};
// With less time than this a repeat would only be a second failure.
constexpr std::chrono::milliseconds repeat_takes{1'000};

OwnerStep step_of(http::Step step) {
    switch (step) {
        case http::Step::resolving:
            return OwnerStep::resolving;
        case http::Step::waiting:
        case http::Step::connecting:
            return OwnerStep::connecting;
        case http::Step::handshake:
            return OwnerStep::handshake;
        case http::Step::answering:
            return OwnerStep::answering;
    }
    return OwnerStep::answering;
}

// More waiting in our own queue helps nobody.
bool may_repeat(const http::Failure& failure, Repeat repeat) {
    if (failure.lost == http::Lost::not_sent) return failure.step != http::Step::waiting;
    return failure.lost == http::Lost::no_answer && repeat == Repeat::when_in_doubt;
}

}  // namespace

void Owners::add(const OwnerWay& way, OwnerAddress address) {
    ways_.try_emplace(way, std::make_unique<Kept>(std::move(address), parts_.rules));
}

Owners::Kept& Owners::kept(const OwnerWay& way) const {
    return *ways_.at(way);
}

std::optional<Owners::Rests> Owners::resting(const OwnerWay& way) const {
    const auto left = kept(way).route.resting(parts_.clock.now());
    return left ? std::optional(Rests{*left}) : std::nullopt;
}

boost::asio::awaitable<Owners::Asked> Owners::ask(OwnerWay way, http::Outgoing request) {
    Kept& to = kept(way);
    if (const auto left = to.route.enter(parts_.clock.now())) co_return Rests{*left};
    request.upstream = to.address.upstream;
    const auto due = SteadyClock::now() + request.limits.deadline;
    http::Outcome outcome = co_await parts_.client.exchange(request);
    const auto* lost = std::get_if<http::Failure>(&outcome);
    if (lost != nullptr && may_repeat(*lost, to.address.repeat) &&
        SteadyClock::now() + before_repeat + repeat_takes < due) {
        ++repeated_;
        co_await http::pause(before_repeat);
        request.limits.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(due - SteadyClock::now());
        // What is said of the two together is what is said of the one that was heard more of.
        const bool in_doubt = lost->lost != http::Lost::not_sent;
        outcome = co_await parts_.client.exchange(std::move(request));
        if (auto* again = std::get_if<http::Failure>(&outcome); again != nullptr && in_doubt)
            again->lost = again->lost == http::Lost::not_sent ? http::Lost::no_answer : again->lost;
    }
    if (auto* answer = std::get_if<http::Answer>(&outcome)) co_return std::move(*answer);
    auto& failure = std::get<http::Failure>(outcome);
    // Who finds no place among our own connections has learned nothing of the owner.
    if (failure.step == http::Step::waiting)
        to.route.unheard();
    else
        to.route.failed(step_of(failure.step), Held::against_owner, failure.why, parts_.clock.now());
    co_return std::move(failure);
}

void Owners::judged(const OwnerWay& way, int status) {
    constexpr int internal_error = 500, bad_gateway = 502, gateway_timeout = 504;
    OwnerRoute& route = kept(way).route;
    const base::Time now = parts_.clock.now();
    if (status < internal_error) return route.went_well(now);
    // A call over which its system stumbles may be one caller's alone, and must not shut the others out; these say that it is down.
    const bool down = status >= bad_gateway && status <= gateway_timeout;
    route.failed(OwnerStep::serving, down ? Held::against_owner : Held::not_against_owner,
                 "status " + std::to_string(status), now);
}

std::vector<Owners::Row> Owners::rows() const {
    std::vector<Row> rows;
    const base::Time now = parts_.clock.now();
    for (const auto& [way, kept] : ways_)
        rows.push_back({.way = way, .upstream = kept->address.upstream, .health = kept->route.health(now)});
    return rows;
}

}  // namespace kelisim::gateway
