// SPDX-License-Identifier: Apache-2.0
#include "ledger/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace kelisim::ledger {

std::string Checkpoint::to_text() const {
    return fmt::format("{}\n{}\n{}\n", origin, size, base::to_base64(root));
}

std::optional<Checkpoint> parse_checkpoint(std::string_view text) {
    // "a sequence of at least three non-empty lines, separated by newlines"; extension lines "MUST be non-empty" too.
    if (!text.ends_with('\n') || text.starts_with('\n') || text.find("\n\n") != std::string_view::npos) {
        return std::nullopt;
    }
    const auto next = [&text]() {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        return line;
    };
    const std::string_view origin = next();
    // "with no leading zeroes (unless the tree is empty, in which case the tree size is 0)"
    const auto size = base::parse_integer(next());
    const auto root = base::from_base64(next());
    if (origin.empty() || !size || !root || root->size() != sizeof(Digest)) return std::nullopt;
    Checkpoint checkpoint{.origin = std::string(origin), .size = static_cast<std::uint64_t>(*size)};
    std::copy(root->begin(), root->end(), checkpoint.root.begin());
    if (checkpoint.size == 0 && checkpoint.root != Frontier{}.root()) return std::nullopt;
    return checkpoint;
}

}  // namespace kelisim::ledger
