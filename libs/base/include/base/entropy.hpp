// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <span>

namespace kelisim::base {

// The one source of randomness, made in the composition root. Thread-safe. Throws Outage when the system gives none:
// an id or a salt is never weaker than asked for.
class Entropy {
public:
    virtual ~Entropy() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

// getrandom(2), through a small supply of each thread that is wiped as it is used. Not for a process that forks without
// exec: both would go on with the same bytes.
class SystemEntropy final : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override;
};

// Repeatable from its seed; for tests and simulation only. Not thread-safe.
class SeededEntropy final : public Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> out) override;

private:
    std::mt19937_64 engine_;
};

}  // namespace kelisim::base
