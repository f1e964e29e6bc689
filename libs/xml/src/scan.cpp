// SPDX-License-Identifier: Apache-2.0
#include "scan.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace kelisim::xml {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool same_letters(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return low(x) == low(y);
    });
}

// What the XML declaration says of the encoding must be what the bytes are: the forms of a reader that believes it and of
// one that does not would differ.
bool declares_another_encoding(std::string_view text) {
    if (!text.starts_with("<?xml") || text.find_first_of(blanks) != 5) return false;
    const std::string_view declaration = text.substr(0, text.find("?>"));
    const std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos) return false;
    const std::size_t quote = declaration.find_first_of("'\"", at);
    if (quote == std::string_view::npos) return true;
    const std::size_t end = declaration.find(declaration[quote], quote + 1);
    if (end == std::string_view::npos) return true;
    const std::string_view name = declaration.substr(quote + 1, end - quote - 1);
    return !same_letters(name, "utf-8") && !same_letters(name, "us-ascii");
}

class Scan {
public:
    Scan(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

    const base::Reason* run() {
        while (at_ < text_.size()) {
            const std::size_t open = text_.find('<', at_);
            if (open == std::string_view::npos) break;
            at_ = open + 1;
            if (const auto* reason = construct()) return reason;
        }
        return nullptr;
    }

private:
    bool rest_starts_with(std::string_view word) const { return text_.substr(at_).starts_with(word); }

    const base::Reason* skip_past(std::string_view end) {
        const std::size_t found = text_.find(end, at_);
        if (found == std::string_view::npos) return &xml_malformed;
        at_ = found + end.size();
        return nullptr;
    }

    const base::Reason* construct() {
        if (rest_starts_with("/")) {
            if (!scopes_.empty()) {
                in_scope_ -= scopes_.back();
                scopes_.pop_back();
            }
            return skip_past(">");
        }
        if (++nodes_ > limits_.nodes_max) return &xml_too_many_nodes;
        if (rest_starts_with("!--")) return at_ += 3, skip_past("-->");
        if (rest_starts_with("![CDATA[")) return skip_past("]]>");
        if (rest_starts_with("?")) return skip_past("?>");
        if (rest_starts_with("!DOCTYPE")) return &xml_document_type;
        if (rest_starts_with("!")) return &xml_malformed;
        return start_tag();
    }

    const base::Reason* start_tag() {
        std::size_t attributes = 0, declarations = 0;
        std::size_t word = at_;  // where the name of the next attribute may begin
        for (;;) {
            const std::size_t found = text_.find_first_of("<>'\"", at_);
            if (found == std::string_view::npos || text_[found] == '<') return &xml_malformed;
            at_ = found + 1;
            if (text_[found] == '>') break;
            const std::size_t end = text_.find(text_[found], at_);
            if (end == std::string_view::npos) return &xml_malformed;
            if (text_.substr(word, found - word).find("xmlns") != std::string_view::npos) ++declarations;
            at_ = word = end + 1;
            if (++attributes > limits_.attributes_max || ++attributes_ > limits_.attributes_total_max)
                return &xml_too_many_attributes;
        }
        if (in_scope_ + declarations > limits_.namespaces_max) return &xml_too_many_attributes;
        if (scopes_.size() + 1 > limits_.depth_max) return &xml_too_deep;
        if (text_[at_ - 2] == '/') return nullptr;
        scopes_.push_back(declarations);
        in_scope_ += declarations;
        return nullptr;
    }

    std::string_view text_;
    const Limits& limits_;
    std::size_t at_ = 0, nodes_ = 0, attributes_ = 0, in_scope_ = 0;
    std::vector<std::size_t> scopes_;  // namespace declarations of each element that is open
};

}  // namespace

const base::Reason* objection_to(std::string_view text, const Limits& limits) {
    if (text.size() > limits.bytes_max) return &xml_too_large;
    if (text.find('\0') != std::string_view::npos || !base::valid_utf8(text) || declares_another_encoding(text))
        return &xml_encoding;
    return Scan(text, limits).run();
}

}  // namespace kelisim::xml
