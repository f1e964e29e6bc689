// SPDX-License-Identifier: Apache-2.0
#include "http_signatures/structured.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace kelisim::http_signatures {

namespace {

constexpr std::size_t integer_digits_max = 15;  // RFC 9651 3.3.1

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_token_letter(char c) {
    return is_letter(c) || is_digit(c) || std::string_view(":/!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_key_letter(char c) {
    return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}

// Each function takes its part from the front and says whether it was one.
class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    bool dictionary(Dictionary& members) {
        skip(" ");
        while (!rest_.empty()) {
            Member one;
            if (!member(one) || has(members, one.key)) return false;
            members.push_back(std::move(one));
            skip(" \t");
            if (rest_.empty()) return true;
            if (!took(',')) return false;
            skip(" \t");
            if (rest_.empty()) return false;  // "If input_string is empty, there is a trailing comma; fail parsing."
        }
        return true;
    }

private:
    template <class Keyed>
    static bool has(const std::vector<Keyed>& all, const std::string& key) {
        return std::any_of(all.begin(), all.end(), [&key](const Keyed& one) { return one.key == key; });
    }

    void skip(std::string_view letters) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(letters), rest_.size()));
    }
    bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool took(char c) {
        if (!at(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    template <class Is>
    std::string_view run(Is is) {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is);
        const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(found.size());
        return found;
    }

    bool member(Member& one) {
        if (!key(one.key)) return false;
        if (!took('=')) {
            Item item{.value = true, .parameters = {}};
            if (!parameters(item.parameters)) return false;
            one.value = std::move(item);
            return true;
        }
        if (at('(')) return inner_list(one.value.emplace<InnerList>());
        return item(one.value.emplace<Item>());
    }

    bool key(std::string& text) {
        if (rest_.empty() || !(is_lower(rest_.front()) || rest_.front() == '*')) return false;
        text = run(is_key_letter);
        return true;
    }

    bool inner_list(InnerList& list) {
        if (!took('(')) return false;
        while (true) {
            skip(" ");
            if (took(')')) return parameters(list.parameters);
            if (!item(list.items.emplace_back())) return false;
            if (!at(' ') && !at(')')) return false;
        }
    }

    bool item(Item& one) { return bare_item(one.value) && parameters(one.parameters); }

    bool parameters(Parameters& all) {
        while (took(';')) {
            skip(" ");
            Parameter one{.key = {}, .value = true};
            if (!key(one.key) || has(all, one.key)) return false;
            if (took('=') && !bare_item(one.value)) return false;
            all.push_back(std::move(one));
        }
        return true;
    }

    bool bare_item(BareItem& value) {
        if (rest_.empty()) return false;
        const char first = rest_.front();
        if (first == '"') return string(value.emplace<std::string>());
        if (first == ':') return bytes(value.emplace<base::Bytes>());
        if (first == '?') return boolean(value.emplace<bool>());
        if (first == '-' || is_digit(first)) return integer(value.emplace<std::int64_t>());
        if (!is_letter(first) && first != '*') return false;
        value = Token{std::string(run(is_token_letter))};
        return true;
    }

    bool string(std::string& text) {
        rest_.remove_prefix(1);
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') return true;
            if (c < ' ' || c > '~') return false;
            if (c != '\\') {
                text += c;
            } else {
                if (!at('"') && !at('\\')) return false;
                text += rest_.front();
                rest_.remove_prefix(1);
            }
        }
        return false;
    }

    bool bytes(base::Bytes& value) {
        rest_.remove_prefix(1);
        const std::size_t end = rest_.find(':');
        if (end == std::string_view::npos) return false;
        auto decoded = base::from_base64(rest_.substr(0, end));
        if (!decoded) return false;
        value = std::move(*decoded);
        rest_.remove_prefix(end + 1);
        return true;
    }

    bool boolean(bool& value) {
        rest_.remove_prefix(1);
        value = at('1');
        return took('1') || took('0');
    }

    bool integer(std::int64_t& value) {
        const bool negative = took('-');
        const std::string_view digits = run(is_digit);
        if (digits.empty() || digits.size() > integer_digits_max || at('.')) return false;
        value = 0;
        for (const char digit : digits)
            value = value * 10 + (digit - '0');
        if (negative) value = -value;
        return true;
    }

    std::string_view rest_;
};

std::string quoted(const std::string& text) {
    std::string all = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') all += '\\';
        all += c;
    }
    return all + '"';
}

std::string serialize(const BareItem& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
    if (const auto* token = std::get_if<Token>(&value)) return token->text;
    if (const auto* bytes = std::get_if<base::Bytes>(&value)) return ":" + base::to_base64(*bytes) + ":";
    return std::get<bool>(value) ? "?1" : "?0";
}

std::string serialize(const Parameters& parameters) {
    std::string all;
    for (const Parameter& one : parameters) {
        all += ';' + one.key;
        if (one.value != BareItem(true)) all += '=' + serialize(one.value);
    }
    return all;
}

}  // namespace

std::optional<Dictionary> parse_dictionary(std::string_view field) {
    Dictionary members;
    while (field.ends_with(' '))
        field.remove_suffix(1);
    if (field.size() > field_bytes_max || !Parser(field).dictionary(members)) return std::nullopt;
    return members;
}

std::string serialize(const Item& item) {
    return serialize(item.value) + serialize(item.parameters);
}

std::string serialize(const InnerList& list) {
    std::string all = "(";
    for (const Item& item : list.items) {
        if (all.size() > 1) all += ' ';
        all += serialize(item);
    }
    return all + ')' + serialize(list.parameters);
}

}  // namespace kelisim::http_signatures
