// SPDX-License-Identifier: Apache-2.0
// The operating log (307/НК п.2(18)): one JSON object a line on standard error. Messages are a catalogue: what happened
// has an id, and the text for the operator stands in contracts/log-messages.csv.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace kelisim::telemetry {

enum class Level { info, warning, error };

struct Message {
    std::string_view id;  // "SERVER_STARTED", in contracts/log-messages.csv
    Level level;
};

// A text whose characters cannot come from a person: literals of the program, ids, and error texts of our own Outages,
// which are written without personal data.
class SafeText {
public:
    template <std::size_t size>
    SafeText(const char (&literal)[size]) : text_(literal, size - 1) {}  // NOLINT: a literal is safe
    SafeText(const base::RawId& id) : text_(id.to_string()) {}           // NOLINT: ids are random
    static SafeText of_program(std::string_view text) { return SafeText(std::string(text)); }
    const std::string& text() const { return text_; }

private:
    explicit SafeText(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

struct Field {
    std::string_view name;
    std::variant<std::int64_t, SafeText> value;

    template <std::integral Number>
    Field(std::string_view n, Number number) : name(n), value(static_cast<std::int64_t>(number)) {}
    Field(std::string_view n, SafeText text) : name(n), value(std::move(text)) {}
};

// Thread-safe.
class Log {
public:
    virtual ~Log() = default;
    virtual void write(const Message& message, std::initializer_list<Field> fields = {}) = 0;
};

// {"at":..., "level":..., "message":..., fields...}
std::string to_line(base::Time at, const Message& message, std::initializer_list<Field> fields);

std::unique_ptr<Log> log_to_stderr(const base::Clock& clock);

}  // namespace kelisim::telemetry
