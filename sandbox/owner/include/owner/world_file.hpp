// SPDX-License-Identifier: Apache-2.0
// Tables of a world file as a registry reads them: what is missing or wrong is a base::Outage with its line, because a registry
// with half of its entries would refuse the others for a reason that is none.
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/iin.hpp"
#include "base/result.hpp"

namespace kelisim::owner {

[[noreturn]] void wrong(const toml::node& where, std::string_view what);

// `table[key]`, which has to be there.
std::string text(const toml::table& table, std::string_view key);
base::Iin iin(const toml::table& table, std::string_view key);
std::string bin(const toml::table& table, std::string_view key);
bool flag(const toml::table& table, std::string_view key, bool otherwise);

toml::table parse_world(const std::string& file);
// The tables of that name, in their order; none is none.
void each_table(const toml::table& of, std::string_view name, const std::function<void(const toml::table&)>& visit);

}  // namespace kelisim::owner
