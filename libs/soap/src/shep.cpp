// SPDX-License-Identifier: Apache-2.0
#include "soap/shep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace kelisim::soap {
namespace {

constexpr std::string_view digits = "0123456789";

// .NET writes seven digits of a second; the service keeps six.
std::string with_six_digits(std::string_view text) {
    std::string out(text);
    const std::size_t dot = out.find('.');
    if (dot == std::string::npos) return out;
    const std::size_t end = std::min(out.find_first_not_of(digits, dot + 1), out.size());
    if (end - dot > 7) out.erase(dot + 7, end - dot - 7);
    return out;
}

// What a clock on the wall of that zone shows, as an instant. Near a change of the offset the later offset counts.
base::Time on_the_wall(base::Time local, const base::Zone& zone) {
    const base::Time guess = local - zone.offset(local);
    return local - zone.offset(guess);
}

}  // namespace

Defects::Defects() {
    throw std::logic_error("defects asked of a message that was read");
}

Defects::Defects(std::vector<Defect> all) : all_(std::move(all)) {
    if (all_.empty()) throw std::logic_error("defects without a defect");
}

bool Defects::has(const base::Reason& reason) const {
    return std::ranges::any_of(all_, [&](const Defect& each) { return each.reason->code == reason.code; });
}

base::Refusal Defects::refusal() const {
    std::vector<const base::Reason*> reasons;
    for (const Defect& each : all_)
        if (std::ranges::find(reasons, each.reason) == reasons.end()) reasons.push_back(each.reason);
    return base::Refusal(std::move(reasons));
}

std::string Defects::in_words() const {
    std::string words;
    for (const Defect& each : all_) {
        if (!words.empty()) words += "; ";
        if (!each.where.empty()) words += each.where + ": ";
        words += each.reason->code;
    }
    return words;
}

void throw_exception_from_error(const Defects& defects, const boost::source_location&) {
    throw std::logic_error("a message with defects was used: " + defects.in_words());
}

std::optional<SessionId> SessionId::parse(std::string_view text) {
    if (text.size() >= 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
    if (text.size() != 36) return std::nullopt;
    std::string lower;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : (c < '0' || c > '9') && (c < 'a' || c > 'f')) return std::nullopt;
        lower += c;
    }
    return SessionId(std::move(lower));
}

std::optional<base::Time> parse_wire_time(std::string_view text, const base::Zone& zone) {
    constexpr std::size_t day_size = 10;  // 2026-01-15
    std::string whole = with_six_digits(text);
    if (text.size() >= day_size && (text.size() == day_size || text[day_size] != 'T'))
        whole.insert(day_size, "T00:00:00");  // xsd:date may have an offset as well
    const bool has_offset = whole.find_first_of("Z+-", std::min(day_size, whole.size())) != std::string::npos;
    if (!has_offset) whole += "Z";
    const auto time = base::parse_time(whole);
    if (!time) return std::nullopt;
    return has_offset ? *time : on_the_wall(*time, zone);
}

std::string to_wire_time(base::Time t, const base::Zone& zone) {
    const std::chrono::seconds offset = zone.offset(t);
    const auto local = std::chrono::floor<std::chrono::milliseconds>(t) + offset;
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<std::chrono::milliseconds> clock{local - day};
    const auto east = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset)).count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count(),
                       offset < std::chrono::seconds{0} ? '-' : '+', east / 60, east % 60);
}

}  // namespace kelisim::soap
