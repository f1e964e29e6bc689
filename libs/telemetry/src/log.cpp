// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace kelisim::telemetry {

namespace {

std::string_view name_of(Level level) {
    switch (level) {
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

class StderrLog final : public Log {
public:
    explicit StderrLog(const base::Clock& clock)
        : clock_(clock), logger_("kelisim", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
        logger_.set_pattern("%v");
        logger_.flush_on(spdlog::level::info);
    }

    void write(const Message& message, std::initializer_list<Field> fields) override {
        logger_.info("{}", to_line(clock_.now(), message, fields));
    }

private:
    const base::Clock& clock_;
    spdlog::logger logger_;
};

}  // namespace

std::string to_line(base::Time at, const Message& message, std::initializer_list<Field> fields) {
    boost::json::object line{{"at", base::to_iso8601(at)}, {"level", name_of(message.level)}, {"message", message.id}};
    for (const Field& field : fields) {
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
            line[field.name] = *number;
        } else {
            line[field.name] = std::get<SafeText>(field.value).text();
        }
    }
    return boost::json::serialize(line);
}

std::unique_ptr<Log> log_to_stderr(const base::Clock& clock) {
    return std::make_unique<StderrLog>(clock);
}

}  // namespace kelisim::telemetry
