// SPDX-License-Identifier: Apache-2.0
#include "base/entropy.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/result.hpp"

namespace kelisim::base {

namespace {

void fill_from_system(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            throw Outage("the system gives no entropy");
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

// Bytes for one thread, taken from the system so many at once: a decision needs a dozen ids, salts and nonces, and each
// call costs more than what it brings. The system gives up to 256 without being interrupted (getrandom(2)).
class Supply {
public:
    Supply() = default;
    ~Supply() { wipe(bytes_); }
    Supply(const Supply&) = delete;
    Supply& operator=(const Supply&) = delete;

    void hand_out(std::span<std::uint8_t> out) {
        if (out.size() > left_) {
            left_ = 0;  // first: a failure must not leave bytes that were handed out before
            fill_from_system(bytes_);
            left_ = bytes_.size();
        }
        const auto next = std::span(bytes_).subspan(left_ - out.size(), out.size());
        std::copy(next.begin(), next.end(), out.begin());
        wipe(next);  // a key that was made of them has no second copy here
        left_ -= out.size();
    }

    static constexpr std::size_t bytes = 256;

private:
    static void wipe(std::span<std::uint8_t> used) noexcept {
        // Volatile, or the compiler drops stores that nobody reads.
        for (std::uint8_t& byte : used)
            const_cast<volatile std::uint8_t&>(byte) = 0;
    }

    std::array<std::uint8_t, bytes> bytes_{};
    std::size_t left_ = 0;  // of bytes_, its first
};

}  // namespace

void SystemEntropy::fill(std::span<std::uint8_t> out) {
    if (out.size() > Supply::bytes) return fill_from_system(out);
    thread_local Supply supply;
    supply.hand_out(out);
}

void SeededEntropy::fill(std::span<std::uint8_t> out) {
    for (auto& byte : out)
        byte = static_cast<std::uint8_t>(engine_());
}

}  // namespace kelisim::base
