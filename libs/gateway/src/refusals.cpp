// SPDX-License-Identifier: Apache-2.0
#include "gateway/refusals.hpp"

#include <utility>

namespace kelisim::gateway {

using records::Door;
using records::RefusedKind;
using records::Standing;

Refusals::Refusals(const records::RefusedMessages& messages, store::Writer& writer, const base::Clock& clock)
    : messages_(messages), writer_(writer), clock_(clock), thread_([this] { work(); }) {}

Refusals::~Refusals() {
    stop();
}

void Refusals::stop() {
    if (!thread_.joinable()) return;
    alarm_.close();
    thread_.join();
    write_or_note();
}

void Refusals::count(Door door, const KnownSender& sender, const base::Reason& why, base::Time at) {
    RefusedKind kind{.minute = std::chrono::floor<std::chrono::minutes>(at), .door = door, .standing = {}};
    kind.code = why.code;
    if (sender.system != nullptr) {
        kind.standing = sender.proven ? Standing::proven : Standing::claimed;
        kind.sender = sender.system->key;
    }
    {
        const std::lock_guard lock(mutex_);
        const auto known = counts_.find(kind);
        if (known != counts_.end()) {
            ++known->second;
        } else if (has_room(kind.minute)) {
            counts_.emplace(std::move(kind), 1);
        } else {
            count_together(door, kind.minute, 1);
        }
    }
    alarm_.expect(at + refusals_written_every);
}

// What was written goes once its minute is over: until then it holds its place, so that the bound is one of the minute.
bool Refusals::has_room(base::Time minute) {
    if (minute != minute_) {
        minute_ = minute;
        std::erase_if(counts_, [&](const auto& each) { return each.second == 0 && each.first.minute < minute; });
    }
    const base::Time hour = std::chrono::floor<std::chrono::hours>(minute);
    if (hour != hour_) {
        hour_ = hour;
        rows_of_hour_ = 0;
    }
    if (counts_.size() >= refused_kinds_max || rows_of_hour_ >= refused_rows_hour_max) return false;
    ++rows_of_hour_;
    return true;
}

// Under the minute of the first, so that they stay few while nothing can be written.
void Refusals::count_together(Door door, base::Time minute, std::int64_t times) {
    Together& together = together_.at(static_cast<std::size_t>(door));
    if (together.times == 0) together.minute = minute;
    together.times += times;
}

Refusals::Counts Refusals::take() {
    Counts taken;
    const std::lock_guard lock(mutex_);
    for (auto& [kind, times] : counts_) {
        if (times > 0) taken.emplace(kind, std::exchange(times, 0));
    }
    for (std::size_t i = 0; i < together_.size(); ++i) {
        const Together together = std::exchange(together_.at(i), {});
        if (together.times == 0) continue;
        taken.emplace(RefusedKind{.minute = together.minute, .door = Door(i), .standing = Standing::not_told_apart},
                      together.times);
    }
    return taken;
}

void Refusals::put_back(const Counts& counts) {
    const std::lock_guard lock(mutex_);
    for (const auto& [kind, times] : counts) {
        const bool apart =
            kind.standing != Standing::not_told_apart && (counts_.contains(kind) || counts_.size() < refused_kinds_max);
        if (apart)
            counts_[kind] += times;
        else
            count_together(kind.door, kind.minute, times);
    }
}

void Refusals::write() {
    const std::lock_guard lock(writing_);
    const Counts counts = take();
    if (counts.empty()) return;
    try {
        store::run(writer_, [&](store::WriteSession& session) {
            for (const auto& [kind, times] : counts)
                messages_.count(session, kind, times);
            return true;
        });
    } catch (...) {
        put_back(counts);
        throw;
    }
    ++units_;
}

void Refusals::write_or_note() noexcept {
    try {
        write();
    } catch (const std::exception&) {
        ++failed_;
    }
}

void Refusals::work() {
    while (alarm_.sleep(clock_, std::nullopt)) {
        const auto before = failed_.load();
        write_or_note();
        // The store is away: the counts are kept, and the thread lives on.
        if (failed_ != before) alarm_.expect(clock_.now() + refusals_written_every);
    }
}

}  // namespace kelisim::gateway
