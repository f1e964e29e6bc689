// SPDX-License-Identifier: Apache-2.0
#include "notary/time_stamps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "trust/time_stamp.hpp"

namespace kelisim::notary {

namespace limits = base::limits;

namespace {

constexpr telemetry::Message stamping_failed{"TIME_STAMP_FAILED", telemetry::Level::warning};
constexpr telemetry::Message stamping_returned{"TIME_STAMP_RETURNED", telemetry::Level::info};

constexpr int ok = 200;

// An object identifier as people write it.
bool is_dotted(std::string_view text) {
    constexpr std::string_view allowed = "0123456789.";
    return text.size() >= 3 && text.find_first_not_of(allowed) == std::string_view::npos && text[0] <= '2' &&
           text[1] == '.' && text.find("..") == std::string_view::npos && !text.ends_with('.');
}

std::string in_words(const trust::TimeStampReport& report) {
    const trust::Findings found = report.all();
    for (const trust::Finding& one : found.all()) {
        if (one.weight != trust::Weight::note) return std::string(one.reason->code);
    }
    return "it proves nothing";
}

}  // namespace

std::optional<TimeStampAddress> parse_time_stamp_address(std::string_view url, std::string_view policy) {
    const auto prefix = http::parse_http_prefix(url);
    if (!prefix || !(policy.empty() || is_dotted(policy))) return std::nullopt;
    return TimeStampAddress{.url = *prefix, .policy = std::string(policy)};
}

void TimeStamping::failed(std::string_view why) {
    ++counts_.failures;
    if (std::exchange(failing_, true)) return;
    parts_.log.write(stamping_failed, {{"why", telemetry::SafeText::of_program(why)}});
}

bool TimeStamping::stamp(const Published& checkpoint) {
    std::optional<records::TimeStamp> newest;
    parts_.readers.read([&](store::ReadSession& session) { newest = parts_.records.time_stamps.newest(session); });
    if (newest && newest->size >= checkpoint.checkpoint.size) return true;
    // The text alone: signatures of witnesses come and go beside it.
    const std::string text = ledger::parse_note(checkpoint.note).value().text;
    const auto request = trust::make_time_stamp_request(trust::DigestAlgorithm::sha256, {base::as_bytes(text)},
                                                        address_.policy, parts_.entropy);
    const http::Outcome outcome =
        parts_.exchange({.upstream = address_.url.upstream,
                         .method = "POST",
                         .target = address_.url.path.empty() ? "/" : address_.url.path,
                         .headers = {{"Content-Type", "application/timestamp-query"}},
                         .body = std::string(base::as_text(request.der)),
                         .limits = {.deadline = time_stamp_deadline, .body_bytes_max = limits::time_stamp_bytes_max}});
    if (const auto* lost = std::get_if<http::Failure>(&outcome)) return failed(lost->why), false;
    const auto& answer = std::get<http::Answer>(outcome);
    if (answer.status != ok) return failed(fmt::format("it answered {}", answer.status)), false;
    const base::Time now = parts_.clock.now();
    // Whether its certificate was taken back is asked by whoever judges the stamp: the answer changes, the stamp does not.
    const trust::Policy policy{.revocation_required = false};
    const auto response = trust::read_time_stamp_response(
        base::as_bytes(answer.body), request,
        {.authorities = parts_.authorities, .policy = policy, .revocation = nullptr, .at = now, .now = now});
    if (response.token.empty()) return failed(in_words(response.report)), false;
    store::run(parts_.writer, [&](store::WriteSession& session) {
        parts_.records.time_stamps.add(
            session,
            {.size = checkpoint.checkpoint.size, .note = text, .at = *response.report.at, .token = response.token});
    });
    ++counts_.stamps;
    if (std::exchange(failing_, false)) parts_.log.write(stamping_returned);
    return true;
}

TimeStamper::TimeStamper(TimeStampParts parts, TimeStampAddress address, std::chrono::milliseconds pace)
    : board_(parts.board),
      pace_(pace),
      stamping_(std::move(parts), std::move(address)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

void TimeStamper::work(const std::stop_token& stop) {
    board_.follow(pace_, stop, [this](const Published& newest) {
        try {
            return stamping_.stamp(newest);
        } catch (const std::exception&) {
            stamping_.failed("an error of our own");
            return false;
        }
    });
}

TimeStampsMissing missing_time_stamps(store::ReadSession& session, const records::Records& records) {
    TimeStampsMissing missing;
    missing.newest = records.time_stamps.newest(session);
    const std::uint64_t stamped = missing.newest ? missing.newest->size : 0;
    const std::uint64_t size = records.ledger.head(session).frontier.size();
    if (size <= stamped) return missing;
    missing.entries = size - stamped;
    const auto first = records.ledger.entry_of(session, static_cast<std::int64_t>(stamped));
    if (first) missing.oldest = records.journal.written(session, *first);
    return missing;
}

}  // namespace kelisim::notary
