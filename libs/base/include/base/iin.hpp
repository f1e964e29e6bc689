// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <string_view>

#include "base/result.hpp"

namespace kelisim::base {

extern const Reason iin_malformed;
extern const Reason bin_malformed;

// Twelve digits whose last is the check digit (two rounds of weights, the second when the first gives 10).
class TwelveDigits {
public:
    std::string_view reveal() const { return {digits_.data(), digits_.size()}; }
    auto operator<=>(const TwelveDigits&) const = default;

protected:
    std::array<char, 12> digits_{};
};

// Individual identification number: YYMMDD of birth, century and sex (1 and 2: 1800s, 3 and 4: 1900s, 5 and 6: 2000s;
// odd: male), four digits of order, check digit. Personal data: no stream operator and no formatter.
class Iin : public TwelveDigits {
public:
    static Result<Iin> parse(std::string_view text);
    std::chrono::year_month_day birth_date() const;
};

// Business identification number: YYMM of registration, kind (4 resident legal person, 5 non-resident,
// 6 joint entrepreneurs), sign (0 head, 1 branch, 2 representation, 3 farm), five digits of order, check digit.
class Bin : public TwelveDigits {
public:
    static Result<Bin> parse(std::string_view text);
};

}  // namespace kelisim::base
