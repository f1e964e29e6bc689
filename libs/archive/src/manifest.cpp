// SPDX-License-Identifier: Apache-2.0
#include "archive/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace kelisim::archive {

namespace {

constexpr std::string_view title = "kelisim archive 1";

// Words of the next line, which begins with `name`; nothing when it does not.
class Lines {
public:
    explicit Lines(std::string_view text) : left_(text) {}

    std::vector<std::string_view> next(std::string_view name, std::size_t words) {
        const auto end = left_.find('\n');
        std::string_view line = left_.substr(0, end);
        left_ = end == std::string_view::npos ? std::string_view() : left_.substr(end + 1);
        std::vector<std::string_view> found;
        for (;;) {
            const auto space = line.find(' ');
            found.push_back(line.substr(0, space));
            if (space == std::string_view::npos) break;
            line = line.substr(space + 1);
        }
        right_ = right_ && found.size() == words + 1 && found.front() == name;
        found.resize(words + 1);
        return found;
    }
    std::int64_t number(std::string_view word) {
        const auto value = base::parse_integer(word);
        right_ = right_ && value;
        return value.value_or(0);
    }
    crypto::Digest digest(std::string_view word) {
        const auto bytes = base::from_base64(word);
        crypto::Digest digest{};
        right_ = right_ && bytes && bytes->size() == digest.size();
        if (right_) std::ranges::copy(*bytes, digest.begin());
        return digest;
    }
    bool right() const { return right_; }

private:
    std::string_view left_;
    bool right_ = true;
};

}  // namespace

std::string Manifest::to_text() const {
    std::string text = fmt::format("{}\nledger {}\nnumber {}\nprevious {}\nleaves {} {}\njournal {} {}\ntime {} {}\n",
                                   title, ledger, number, base::to_base64(previous), first_leaf, last_leaf, first_seq,
                                   last_seq, base::to_micros(began), base::to_micros(ended));
    for (std::size_t i = 0; i < tables.size(); ++i)
        text +=
            fmt::format("table {} {} {}\n", table_names.at(i), tables.at(i).rows, base::to_base64(tables.at(i).root));
    return text;
}

crypto::Digest Manifest::hash() const {
    return crypto::sha256(base::as_bytes(to_text()));
}

std::optional<Manifest> Manifest::parse(std::string_view text) {
    Lines lines(text);
    Manifest manifest;
    lines.next("kelisim", 2);
    manifest.ledger = lines.next("ledger", 1)[1];
    manifest.number = lines.number(lines.next("number", 1)[1]);
    manifest.previous = lines.digest(lines.next("previous", 1)[1]);
    const auto range = [&](std::string_view name, std::int64_t& first, std::int64_t& last) {
        const auto words = lines.next(name, 2);
        first = lines.number(words[1]);
        last = lines.number(words[2]);
    };
    range("leaves", manifest.first_leaf, manifest.last_leaf);
    range("journal", manifest.first_seq, manifest.last_seq);
    std::int64_t began = 0, ended = 0;
    range("time", began, ended);
    manifest.began = base::from_micros(began);
    manifest.ended = base::from_micros(ended);
    for (Table& table : manifest.tables) {
        const auto words = lines.next("table", 3);
        table = {.rows = lines.number(words[2]), .root = lines.digest(words[3])};
    }
    // One spelling each: whatever was read loosely above does not come out the same.
    if (!lines.right() || manifest.to_text() != text) return std::nullopt;
    return manifest;
}

}  // namespace kelisim::archive
