// SPDX-License-Identifier: Apache-2.0
#include "gateway/owners.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <chrono>

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

constexpr telemetry::Message rests{"OWNER_RESTS", telemetry::Level::warning};
constexpr telemetry::Message asked_again{"OWNER_ASKED_AGAIN", telemetry::Level::info};
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
        case http::Step::sending:
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

void Owners::replace(OwnerAddresses addresses) {
    const auto before = ways();
    auto next = std::make_shared<Ways>();
    for (auto& [way, address] : addresses) {
        const auto known = before->find(way);
        next->emplace(way, known != before->end() && known->second->address == address
                               ? known->second
                               : std::make_shared<Kept>(std::move(address), parts_.rules));
    }
    const std::scoped_lock lock(mutex_);
    ways_ = std::move(next);
}

std::shared_ptr<const Owners::Ways> Owners::ways() const {
    const std::scoped_lock lock(mutex_);
    return ways_;
}

std::shared_ptr<Owners::Kept> Owners::kept(const OwnerWay& way) const {
    const auto all = ways();
    const auto found = all->find(way);
    return found == all->end() ? nullptr : found->second;
}

std::shared_ptr<Owners::Kept> Owners::kept(const OwnerWay& way, const http::Authority& upstream) const {
    auto found = kept(way);
    return found && found->address.upstream == upstream ? found : nullptr;
}

std::optional<Owners::Rests> Owners::resting(const OwnerWay& way) const {
    const auto to = kept(way);
    const auto left = to ? to->route.resting(parts_.clock.now()) : std::nullopt;
    return left ? std::optional(Rests{*left}) : std::nullopt;
}

boost::asio::awaitable<Owners::Asked> Owners::ask(OwnerWay way, http::Outgoing request) {
    const auto to = kept(way, request.upstream);
    if (to) {
        if (const auto left = to->route.enter(parts_.clock.now())) co_return Rests{*left};
    }
    const Repeat repeat = to ? to->address.repeat : Repeat::when_unheard;
    http::Outcome outcome = co_await exchange(repeat, std::move(request));
    if (auto* answer = std::get_if<http::Answer>(&outcome)) co_return std::move(*answer);
    auto& failure = std::get<http::Failure>(outcome);
    if (to) note(to->route, way, failure);
    co_return std::move(failure);
}

void Owners::note(OwnerRoute& route, const OwnerWay& way, const http::Failure& failure) const {
    // Who finds no place among our own connections, or sends in part what it began, has learned nothing of the owner.
    const bool unheard = failure.step == http::Step::waiting || failure.step == http::Step::sending;
    if (unheard) return route.unheard();
    const OwnerStep step = step_of(failure.step);
    tell(route.failed(step, Held::against_owner, failure.why, parts_.clock.now()), way, step);
}

boost::asio::awaitable<Owners::Streamed> Owners::stream(OwnerWay way, http::Outgoing request, http::Content* content) {
    const auto to = kept(way, request.upstream);
    if (to) {
        if (const auto left = to->route.enter(parts_.clock.now())) co_return Rests{*left};
    }
    http::StreamedOutcome outcome = co_await parts_.client.stream(std::move(request), content);
    if (auto* head = std::get_if<http::AnswerHead>(&outcome)) co_return std::move(*head);
    auto& failure = std::get<http::Failure>(outcome);
    if (to) note(to->route, way, failure);
    co_return std::move(failure);
}

void Owners::broke_off(const OwnerWay& way, const http::Authority& upstream) {
    const auto to = kept(way, upstream);
    if (!to) return;
    tell(to->route.failed(OwnerStep::answering, Held::against_owner, "the answer broke off", parts_.clock.now()), way,
         OwnerStep::answering);
}

boost::asio::awaitable<http::Outcome> Owners::exchange(Repeat repeat, http::Outgoing request) {
    const auto due = SteadyClock::now() + request.limits.deadline;
    http::Outcome outcome = co_await parts_.client.exchange(request);
    const auto* lost = std::get_if<http::Failure>(&outcome);
    const bool again =
        lost != nullptr && may_repeat(*lost, repeat) && SteadyClock::now() + before_repeat + repeat_takes < due;
    if (!again) co_return outcome;
    ++repeated_;
    co_await http::pause(before_repeat);
    request.limits.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(due - SteadyClock::now());
    // What is said of the two together is what is said of the one that was heard more of.
    const bool in_doubt = lost->lost != http::Lost::not_sent;
    outcome = co_await parts_.client.exchange(std::move(request));
    if (auto* second = std::get_if<http::Failure>(&outcome); second != nullptr && in_doubt)
        second->lost = second->lost == http::Lost::not_sent ? http::Lost::no_answer : second->lost;
    co_return outcome;
}

void Owners::judged(const OwnerWay& way, const http::Authority& upstream, int status) {
    constexpr int internal_error = 500, bad_gateway = 502, gateway_timeout = 504;
    const auto to = kept(way, upstream);
    if (!to) return;
    OwnerRoute& route = to->route;
    const base::Time now = parts_.clock.now();
    if (status < internal_error) return tell(route.went_well(now), way);
    // A call over which its system stumbles may be one caller's alone, and must not shut the others out; these say that it is down.
    const bool down = status >= bad_gateway && status <= gateway_timeout;
    tell(route.failed(OwnerStep::serving, down ? Held::against_owner : Held::not_against_owner,
                      "status " + std::to_string(status), now),
         way, OwnerStep::serving);
}

void Owners::tell(OwnerRoute::Turn turn, const OwnerWay& way, OwnerStep step) const {
    if (turn == OwnerRoute::Turn::none) return;
    const auto service = telemetry::SafeText::of_program(way.service);
    const auto wire = telemetry::SafeText::of_program(boost::describe::enum_to_string(way.wire, ""));
    if (turn == OwnerRoute::Turn::back)
        parts_.log.write(asked_again, {{"service", service}, {"wire", wire}});
    else
        parts_.log.write(rests, {{"service", service},
                                 {"wire", wire},
                                 {"step", telemetry::SafeText::of_program(boost::describe::enum_to_string(step, ""))}});
}

std::vector<std::string_view> Owners::wires(std::string_view service) const {
    std::vector<std::string_view> wires;
    const auto all = ways();
    for (const Wire wire : {Wire::rest, Wire::soap}) {
        const auto first = all->lower_bound({.wire = wire, .service = std::string(service)});
        const bool there = first != all->end() && first->first.wire == wire && first->first.service == service;
        if (there) wires.emplace_back(boost::describe::enum_to_string(wire, ""));
    }
    return wires;
}

std::vector<Owners::Row> Owners::rows() const {
    std::vector<Row> rows;
    const base::Time now = parts_.clock.now();
    const auto all = ways();
    for (const auto& [way, kept] : *all)
        rows.push_back({.way = way, .upstream = kept->address.upstream, .health = kept->route.health(now)});
    return rows;
}

}  // namespace kelisim::gateway
