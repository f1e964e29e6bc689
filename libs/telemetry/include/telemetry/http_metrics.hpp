// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "http/server.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace kelisim::telemetry {

// Counts requests by route pattern and status class, and logs what failed: never a target, a header or a body.
class HttpMetrics final : public http::Observer {
public:
    explicit HttpMetrics(Log& log) : log_(log) {}

    void finished(const http::Finished& exchange) noexcept override;
    void accepting_failed(std::string_view what) noexcept override;
    void failed(const http::Request& request, std::exception_ptr failure) noexcept override;
    void handshake_ended(http::HandshakeEnd end, std::string_view why) noexcept override;

    void expose(Exposition& exposition) const;

private:
    static constexpr std::array<double, 9> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 10};
    struct Series {
        std::array<std::uint64_t, bounds.size() + 1> in_bucket{};
        double sum = 0;
        std::uint64_t count = 0;
    };
    using Key = std::pair<std::string, int>;  // pattern, status

    Log& log_;
    mutable std::mutex mutex_;
    std::map<Key, Series> series_;
    std::map<http::HandshakeEnd, std::uint64_t> handshakes_;
    std::chrono::steady_clock::time_point refusal_logged_{};
    std::atomic<std::uint64_t> failures_{0};
};

}  // namespace kelisim::telemetry
