// SPDX-License-Identifier: Apache-2.0
#include "owner/world_file.hpp"

#include <fmt/format.h>

namespace kelisim::owner {

void wrong(const toml::node& where, std::string_view what) {
    throw base::Outage(fmt::format("world file, line {}: {}", where.source().begin.line, what));
}

std::string text(const toml::table& table, std::string_view key) {
    const auto value = table[key].value<std::string>();
    if (!value || value->empty()) wrong(table, fmt::format("{} is missing or no text", key));
    return *value;
}

base::Iin iin(const toml::table& table, std::string_view key) {
    const auto parsed = base::Iin::parse(text(table, key));
    if (!parsed) wrong(table, fmt::format("{} is no IIN", key));
    return *parsed;
}

std::string bin(const toml::table& table, std::string_view key) {
    std::string given = text(table, key);
    if (base::Bin::parse(given).has_error()) wrong(table, fmt::format("{} is no BIN", key));
    return given;
}

bool flag(const toml::table& table, std::string_view key, bool otherwise) {
    const auto node = table[key];
    if (!node) return otherwise;
    const auto value = node.value<bool>();
    if (!value) wrong(table, fmt::format("{} is neither true nor false", key));
    return *value;
}

toml::table parse_world(const std::string& file) {
    try {
        return toml::parse_file(file);
    } catch (const toml::parse_error& error) {
        throw base::Outage(
            fmt::format("world file {}, line {}: {}", file, error.source().begin.line, error.description()));
    }
}

void each_table(const toml::table& of, std::string_view name, const std::function<void(const toml::table&)>& visit) {
    const toml::node* list = of.get(name);
    if (list == nullptr) return;
    if (!list->is_array()) wrong(*list, fmt::format("{} is no list of tables", name));
    for (const auto& node : *list->as_array()) {
        const auto* table = node.as_table();
        if (table == nullptr) wrong(node, fmt::format("{} is no table", name));
        visit(*table);
    }
}

}  // namespace kelisim::owner
