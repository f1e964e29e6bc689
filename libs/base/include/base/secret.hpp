// SPDX-License-Identifier: Apache-2.0
// Values that must not reach a log, a metric, an error text or a URL. They have no stream operator and no formatter;
// whoever needs the content says so with reveal(), which is greppable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kelisim::base {

// Data of a person (IIN, name, phone, answers). Comparable, never printable.
template <class T>
class Personal {
public:
    Personal() = default;
    explicit Personal(T value) : value_(std::move(value)) {}
    const T& reveal() const { return value_; }
    bool operator==(const Personal&) const = default;

private:
    T value_{};
};

// Key material, passwords, codes, tokens. Wiped when it ends; compared only by the constant-time compare of crypto/.
template <class T>
class Secret {
public:
    Secret() = default;
    explicit Secret(T value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(Secret&& other) noexcept {
        if (this == &other) return *this;
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
        return *this;
    }
    ~Secret() { wipe(); }

    const T& reveal() const { return value_; }
    bool operator==(const Secret&) const = delete;

private:
    void wipe() noexcept {
        // Volatile, or the compiler drops stores to memory that is about to die.
        for (auto& element : value_)
            const_cast<volatile std::remove_reference_t<decltype(element)>&>(element) = 0;
    }

    T value_{};
};

}  // namespace kelisim::base
