// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kelisim::config {

using Value = std::variant<std::int64_t, std::string, std::vector<std::string>>;

// One key: everything that is known of it stands here, and the reference is printed from it.
struct Key {
    std::string_view name;  // "server.port"
    std::string_view description;
    Value fallback;
    std::int64_t min = 0, max = 0;              // of a number
    std::vector<std::string_view> one_of = {};  // of a text; empty: any
};

std::span<const Key> keys();            // of the service
std::span<const Key> connector_keys();  // of an access point beside an initiator's system

// Every key with its value. A secret is never among them: secrets are files of the data directory.
class Config {
public:
    static Config defaults(std::span<const Key> table = keys());
    std::int64_t number(std::string_view name) const;  // throws std::logic_error for a key that is not in the table
    const std::string& text(std::string_view name) const;
    const std::vector<std::string>& list(std::string_view name) const;
    const Value& value(std::string_view name) const;
    void set(std::string_view name, Value value);  // of the command line; throws std::logic_error as above

private:
    std::map<std::string, Value, std::less<>> values_;
};

struct Read {
    Config config = Config::defaults();
    std::vector<std::string> errors;  // each names its key and line; empty when the file is right
};

// Reads a TOML text; a wrong value leaves the default and says so, an unknown key is an error.
Read read(std::string_view toml, std::string_view file_name, std::span<const Key> table = keys());

// Every key with its meaning, bounds and default, as a TOML file that changes nothing.
std::string reference();
// The same with the values of a configuration of these keys.
std::string write(const Config& config, std::span<const Key> table);

}  // namespace kelisim::config
