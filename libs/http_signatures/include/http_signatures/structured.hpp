// SPDX-License-Identifier: Apache-2.0
// Structured fields (RFC 9651) as far as RFC 9421 and RFC 9530 need them: dictionaries of byte sequences and inner lists,
// with parameters. Decimals, dates and display strings occur in neither and are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"

namespace kelisim::http_signatures {

inline constexpr std::size_t field_bytes_max = 16384;

struct Token {
    std::string text;
    bool operator==(const Token&) const = default;
};
using BareItem = std::variant<std::int64_t, std::string, Token, base::Bytes, bool>;

struct Parameter {
    std::string key;
    BareItem value;
    bool operator==(const Parameter&) const = default;
};
using Parameters = std::vector<Parameter>;

struct Item {
    BareItem value;
    Parameters parameters;
    bool operator==(const Item&) const = default;
};
struct InnerList {
    std::vector<Item> items;
    Parameters parameters;
    bool operator==(const InnerList&) const = default;
};
struct Member {
    std::string key;
    std::variant<Item, InnerList> value;
    bool operator==(const Member&) const = default;
};
using Dictionary = std::vector<Member>;

// RFC 9651 4.2.2. Stricter than it in one thing: a key that comes twice refuses the field, where the RFC lets the last one
// win, because what stands before us may have read the first.
std::optional<Dictionary> parse_dictionary(std::string_view field);

// RFC 9651 4.1.3 and 4.1.1.1. Precondition: it came from the parser, or holds what the parser would take.
std::string serialize(const Item& item);
std::string serialize(const InnerList& list);

}  // namespace kelisim::http_signatures
