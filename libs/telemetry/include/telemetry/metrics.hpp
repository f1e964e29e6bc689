// SPDX-License-Identifier: Apache-2.0
// OpenMetrics 1.0 text. Names and label names are contracts/metrics.txt; label values come from the program only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kelisim::telemetry {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// Builds one exposition; a family is begun before its samples.
class Exposition {
public:
    void counter(std::string_view name, std::string_view help);
    void gauge(std::string_view name, std::string_view help);
    void histogram(std::string_view name, std::string_view help);
    // Of the family begun last.
    void count(std::uint64_t value, const Labels& labels = {});
    void value(double value, const Labels& labels = {});
    // `buckets`: cumulative counts up to each bound in seconds; the last one is +Inf.
    void buckets(const std::vector<std::pair<double, std::uint64_t>>& cumulative, double sum_seconds,
                 std::uint64_t count, const Labels& labels = {});

    std::string finish() &&;  // ends with "# EOF"

private:
    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(std::string_view suffix, const Labels& labels, std::string_view value);

    std::string text_, name_;
};

}  // namespace kelisim::telemetry
