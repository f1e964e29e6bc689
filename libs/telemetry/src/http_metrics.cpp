// SPDX-License-Identifier: Apache-2.0
#include "telemetry/http_metrics.hpp"

#include <algorithm>
#include <limits>

#include "base/result.hpp"

namespace kelisim::telemetry {

namespace {

constexpr Message http_failed{"HTTP_REQUEST_FAILED", Level::error};
constexpr Message http_outage{"HTTP_REQUEST_OUTAGE", Level::warning};
constexpr Message accept_failed{"HTTP_ACCEPT_FAILED", Level::error};
constexpr Message certificate_refused{"TLS_CERTIFICATE_REFUSED", Level::warning};

// Anybody can be refused as often as they like: the counter has all of them.
constexpr std::chrono::seconds refusal_log_pause{1};

using End = http::HandshakeEnd;
constexpr std::array all_ends = {End::done,
                                 End::late,
                                 End::too_many,
                                 End::plain_http,
                                 End::nothing_in_common,
                                 End::no_certificate,
                                 End::certificate_refused,
                                 End::broken};

std::string_view name_of(End end) {
    switch (end) {
        case End::done:
            return "done";
        case End::late:
            return "late";
        case End::too_many:
            return "too_many";
        case End::plain_http:
            return "plain_http";
        case End::nothing_in_common:
            return "nothing_in_common";
        case End::no_certificate:
            return "no_certificate";
        case End::certificate_refused:
            return "certificate_refused";
        case End::broken:
            return "broken";
    }
    return "broken";
}

}  // namespace

void HttpMetrics::finished(const http::Finished& exchange) noexcept {
    const double seconds = std::chrono::duration<double>(exchange.duration).count();
    const auto bucket =
        static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin());
    const std::lock_guard lock(mutex_);
    Series& series = series_[{std::string(exchange.pattern), exchange.status}];
    ++series.in_bucket[bucket];
    series.sum += seconds;
    ++series.count;
}

void HttpMetrics::accepting_failed(std::string_view what) noexcept {
    log_.write(accept_failed, {{"what", SafeText::of_program(what)}});
}

void HttpMetrics::failed(const http::Request& request, std::exception_ptr failure) noexcept {
    ++failures_;
    const SafeText id = SafeText::of_program(request.id);
    try {
        std::rethrow_exception(failure);
    } catch (const base::Outage& outage) {
        log_.write(http_outage, {{"request", id}, {"what", SafeText::of_program(outage.what())}});
    } catch (const std::exception& error) {
        // The text of a foreign exception may quote what it choked on: its type has to do.
        log_.write(http_failed, {{"request", id}, {"type", SafeText::of_program(typeid(error).name())}});
    } catch (...) {
        log_.write(http_failed, {{"request", id}, {"type", "not an exception"}});
    }
}

void HttpMetrics::handshake_ended(http::HandshakeEnd end, std::string_view why) noexcept {
    {
        const auto now = std::chrono::steady_clock::now();
        const std::lock_guard lock(mutex_);
        ++handshakes_[end];
        if (end != End::certificate_refused || now - refusal_logged_ < refusal_log_pause) return;
        refusal_logged_ = now;
    }
    log_.write(certificate_refused, {{"why", SafeText::of_program(why)}});
}

void HttpMetrics::expose(Exposition& exposition) const {
    const std::lock_guard lock(mutex_);
    exposition.histogram("kelisim_http_request_duration_seconds", "From the first byte to the written answer.");
    for (const auto& [key, series] : series_) {
        const Labels labels{{"route", key.first.empty() ? "none" : key.first}, {"status", std::to_string(key.second)}};
        std::vector<std::pair<double, std::uint64_t>> cumulative;
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < series.in_bucket.size(); ++i) {
            below += series.in_bucket[i];
            cumulative.emplace_back(i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity(), below);
        }
        exposition.buckets(cumulative, series.sum, series.count, labels);
    }
    exposition.counter("kelisim_http_failures", "Handlers that failed.");
    exposition.count(failures_.load());
    exposition.counter("kelisim_tls_handshakes", "TLS handshakes by how they ended.");
    for (const auto end : all_ends) {
        const auto at = handshakes_.find(end);
        exposition.count(at == handshakes_.end() ? 0 : at->second, {{"end", std::string(name_of(end))}});
    }
}

}  // namespace kelisim::telemetry
