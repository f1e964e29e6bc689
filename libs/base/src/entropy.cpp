// SPDX-License-Identifier: Apache-2.0
#include "base/entropy.hpp"

#include <sys/random.h>

#include <cerrno>

#include "base/result.hpp"

namespace kelisim::base {

void SystemEntropy::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            throw Outage("the system gives no entropy");
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

void SeededEntropy::fill(std::span<std::uint8_t> out) {
    for (auto& byte : out)
        byte = static_cast<std::uint8_t>(engine_());
}

}  // namespace kelisim::base
