// SPDX-License-Identifier: Apache-2.0
#include "streamed.hpp"

#include <utility>

namespace kelisim::gateway {

boost::asio::awaitable<std::optional<std::string_view>> CountedContent::next() {
    const auto piece = co_await from_.next();
    if (piece) {
        digest_.add(base::as_bytes(*piece));
        bytes_ += piece->size();
        whole_ = piece->empty();
    }
    co_return piece;
}

Passed CountedContent::passed() {
    return {.whole = whole_, .digest = digest_.finish(), .bytes = bytes_};
}

boost::asio::awaitable<std::optional<std::string_view>> AnsweredContent::next() {
    const auto piece = co_await counted_.next();
    if (!piece)
        end(End::owner_broke_off);
    else if (piece->empty())
        end(End::whole);
    co_return piece;
}

void AnsweredContent::end(End how) {
    if (const Ended ended = std::exchange(ended_, nullptr)) ended(how, counted_.passed());
}

}  // namespace kelisim::gateway
