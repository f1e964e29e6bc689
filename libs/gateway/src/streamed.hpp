// SPDX-License-Identifier: Apache-2.0
// Content that passes a gateway which keeps none of it: what it was is known by its digest when it ends.
#pragma once

#include <functional>
#include <memory>

#include "crypto/hash_stream.hpp"
#include "http/content.hpp"

namespace kelisim::gateway {

// How content ended, and what of it passed.
struct Passed {
    bool whole = false;
    crypto::Digest digest{};
    std::uint64_t bytes = 0;
};

// Of a request, on its way to the owner.
class CountedContent final : public http::Content {
public:
    // `from` outlives it.
    explicit CountedContent(http::Content& from) : from_(from) {}

    boost::asio::awaitable<std::optional<std::string_view>> next() override;
    std::optional<std::uint64_t> length() const override { return from_.length(); }
    // Once.
    Passed passed();

private:
    http::Content& from_;
    crypto::Sha256 digest_;
    std::uint64_t bytes_ = 0;
    bool whole_ = false;
};

// Of an answer, on its way to the caller.
class AnsweredContent final : public http::Content {
public:
    // Why the answer ended where it did.
    enum class End { whole, owner_broke_off, caller_left };
    // `ended` is called once, at the latest when the content is dropped, and does not throw.
    using Ended = std::function<void(End, const Passed&)>;

    AnsweredContent(std::unique_ptr<http::Content> from, Ended ended)
        : from_(std::move(from)), counted_(*from_), ended_(std::move(ended)) {}
    ~AnsweredContent() override { end(End::caller_left); }

    boost::asio::awaitable<std::optional<std::string_view>> next() override;
    std::optional<std::uint64_t> length() const override { return from_->length(); }

private:
    void end(End how);

    const std::unique_ptr<http::Content> from_;
    CountedContent counted_;
    Ended ended_;
};

}  // namespace kelisim::gateway
