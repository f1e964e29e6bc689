// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace kelisim::telemetry {

namespace {

std::string escaped(std::string_view value) {
    std::string out;
    for (char c : value) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void Exposition::counter(std::string_view name, std::string_view help) {
    family(name, "counter", help);
}
void Exposition::gauge(std::string_view name, std::string_view help) {
    family(name, "gauge", help);
}
void Exposition::histogram(std::string_view name, std::string_view help) {
    family(name, "histogram", help);
}

void Exposition::sample(std::string_view suffix, const Labels& labels, std::string_view value) {
    std::string list;
    for (const auto& [name, text] : labels) {
        list += fmt::format("{}{}=\"{}\"", list.empty() ? "" : ",", name, escaped(text));
    }
    if (!list.empty()) list = "{" + list + "}";
    text_ += fmt::format("{}{}{} {}\n", name_, suffix, list, value);
}

void Exposition::count(std::uint64_t value, const Labels& labels) {
    sample("_total", labels, fmt::to_string(value));
}
void Exposition::value(double value, const Labels& labels) {
    sample("", labels, fmt::format("{}", value));
}

void Exposition::buckets(const std::vector<std::pair<double, std::uint64_t>>& cumulative, double sum_seconds,
                         std::uint64_t count, const Labels& labels) {
    for (const auto& [bound, below] : cumulative) {
        Labels with_bound = labels;
        with_bound.emplace_back("le", std::isinf(bound) ? "+Inf" : fmt::format("{}", bound));
        sample("_bucket", with_bound, fmt::to_string(below));
    }
    sample("_count", labels, fmt::to_string(count));
    sample("_sum", labels, fmt::format("{}", sum_seconds));
}

std::string Exposition::finish() && {
    return std::move(text_) + "# EOF\n";
}

}  // namespace kelisim::telemetry
