// SPDX-License-Identifier: Apache-2.0
#include "gateway/quotas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace kelisim::gateway {

const base::Reason over_quota{"gateway_over_quota",
                              base::Kind::too_many,
                              "RFC 6585 section 4",
                              {"Жүйе шлюзді тым жиі шақырады. Қолдану саналған жоқ.",
                               "Система обращается к шлюзу слишком часто. Обращение не засчитано.",
                               "The system calls the gateway too often. The use was not counted."}};

namespace {

constexpr std::int64_t per_second_max = 1'000'000, per_day_max = 10'000'000'000;
constexpr std::int64_t day_seconds = 86'400;

// How long one call takes to come back.
base::Duration step_of(const Quota& quota) {
    return base::Duration{std::chrono::seconds{1}} / quota.per_second;
}

// Nobody is told to come back too early.
std::int64_t seconds_up(base::Duration length) {
    return std::chrono::ceil<std::chrono::seconds>(length).count();
}

}  // namespace

std::optional<Quota> parse_quota(std::string_view text) {
    std::array<std::int64_t, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const bool last = i + 1 == numbers.size();
        const std::size_t end = last ? text.size() : text.find('/');
        if (end == std::string_view::npos) return std::nullopt;
        const auto number = base::parse_integer(text.substr(0, end));
        if (!number) return std::nullopt;
        numbers[i] = *number;
        text.remove_prefix(last ? end : end + 1);
    }
    const auto [per_second, burst, per_day] = numbers;
    if (per_second < 1 || per_second > per_second_max || burst < 1 || burst > per_second_max) return std::nullopt;
    if (per_day < 0 || per_day > per_day_max) return std::nullopt;
    return Quota{.per_second = per_second, .burst = burst, .per_day = per_day};
}

Quotas::Verdict Quotas::take(std::string_view system, base::Time now) {
    const auto own = own_.find(system);
    Verdict verdict{.quota = own == own_.end() ? common_ : own->second};
    const Quota& quota = verdict.quota;
    const base::Duration step = step_of(quota), whole = step * quota.burst;
    const std::int32_t today = zone_.day_number(now);
    if (quota.per_day > 0) verdict.day_over = zone_.end_of_day(zone_.day(now)) - now;

    const std::lock_guard lock(mutex_);
    auto at = spent_.find(system);
    if (at == spent_.end()) at = spent_.try_emplace(std::string(system)).first;
    Spent& spent = at->second;
    // All back; or of a clock that was set back since.
    if (spent.back < now || spent.back > now + whole) spent.back = now;
    if (spent.day != today) {
        spent.day = today;
        spent.on_day = 0;
    }
    const bool in_burst = spent.back + step <= now + whole;
    const bool in_day = quota.per_day == 0 || spent.on_day < quota.per_day;
    verdict.admitted = in_burst && in_day;
    if (verdict.admitted) {
        spent.back += step;
        ++spent.on_day;
    } else {
        ++refused_;
        verdict.wait = in_day ? spent.back + step - whole - now : verdict.day_over;
    }
    verdict.burst_back = spent.back - now;
    verdict.burst_left = (whole - verdict.burst_back) / step;
    verdict.day_left = quota.per_day == 0 ? 0 : quota.per_day - spent.on_day;
    return verdict;
}

std::uint64_t Quotas::refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

void add_quota_fields(http::Response& response, const Quotas::Verdict& verdict) {
    const Quota& quota = verdict.quota;
    const std::int64_t window = (quota.burst + quota.per_second - 1) / quota.per_second;
    std::string policy = fmt::format(R"("burst";q={};w={})", quota.burst, window);
    std::string left = fmt::format(R"("burst";r={};t={})", verdict.burst_left, seconds_up(verdict.burst_back));
    if (quota.per_day > 0) {
        policy += fmt::format(R"(, "day";q={};w={})", quota.per_day, day_seconds);
        left += fmt::format(R"(, "day";r={};t={})", verdict.day_left, seconds_up(verdict.day_over));
    }
    response.headers.push_back({"RateLimit-Policy", std::move(policy)});
    response.headers.push_back({"RateLimit", std::move(left)});
    if (!verdict.admitted) add_retry_after(response, verdict.wait);
}

void add_retry_after(http::Response& response, base::Duration wait) {
    response.headers.push_back({"Retry-After", std::to_string(std::max<std::int64_t>(1, seconds_up(wait)))});
}

}  // namespace kelisim::gateway
