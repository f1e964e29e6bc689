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
}

}  // namespace kelisim::telemetry
