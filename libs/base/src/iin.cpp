// SPDX-License-Identifier: Apache-2.0
#include "base/iin.hpp"

#include <algorithm>
#include <optional>

namespace kelisim::base {

const Reason iin_malformed{
    "iin_malformed",
    Kind::invalid,
    "236/НК п.2(5)",
    {"ЖСН 12 цифрдан тұрады, бақылау цифры дұрыс болуы керек.", "ИИН состоит из 12 цифр с верной контрольной цифрой.",
     "An IIN has 12 digits with a right check digit."}};
const Reason bin_malformed{
    "bin_malformed",
    Kind::invalid,
    "236/НК п.2(4)",
    {"БСН 12 цифрдан тұрады, бақылау цифры дұрыс болуы керек.", "БИН состоит из 12 цифр с верной контрольной цифрой.",
     "A BIN has 12 digits with a right check digit."}};

namespace {

constexpr std::array<int, 11> first_weights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr std::array<int, 11> second_weights = {3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2};

int digit(std::string_view text, std::size_t at) {
    return text[at] - '0';
}
int two_digits(std::string_view text, std::size_t at) {
    return digit(text, at) * 10 + digit(text, at + 1);
}

int weighted(std::string_view text, const std::array<int, 11>& weights) {
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        sum += digit(text, i) * weights[i];
    return sum % 11;
}

// A number for which both rounds give 10 is never issued.
bool checks(std::string_view text) {
    int control = weighted(text, first_weights);
    if (control == 10) control = weighted(text, second_weights);
    return control != 10 && control == digit(text, 11);
}

bool twelve_checked_digits(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 12 && std::all_of(text.begin(), text.end(), is_digit) && checks(text);
}

std::optional<std::chrono::year_month_day> birth_date_of(std::string_view text) {
    const int century_and_sex = digit(text, 6);
    if (century_and_sex < 1 || century_and_sex > 6) return std::nullopt;
    const int century = 1800 + (century_and_sex - 1) / 2 * 100;
    const std::chrono::year_month_day date{std::chrono::year{century + two_digits(text, 0)},
                                           std::chrono::month{static_cast<unsigned>(two_digits(text, 2))},
                                           std::chrono::day{static_cast<unsigned>(two_digits(text, 4))}};
    if (!date.ok()) return std::nullopt;
    return date;
}

}  // namespace

Result<Iin> Iin::parse(std::string_view text) {
    if (!twelve_checked_digits(text) || !birth_date_of(text)) return Refusal(iin_malformed);
    Iin iin;
    std::copy(text.begin(), text.end(), iin.digits_.begin());
    return iin;
}

std::chrono::year_month_day Iin::birth_date() const {
    return birth_date_of(reveal()).value();
}

Result<Bin> Bin::parse(std::string_view text) {
    if (!twelve_checked_digits(text)) return Refusal(bin_malformed);
    const int month = two_digits(text, 2);
    const bool registered = month >= 1 && month <= 12;
    const bool kind = digit(text, 4) >= 4 && digit(text, 4) <= 6;
    const bool sign = digit(text, 5) <= 3;
    if (!registered || !kind || !sign) return Refusal(bin_malformed);
    Bin bin;
    std::copy(text.begin(), text.end(), bin.digits_.begin());
    return bin;
}

}  // namespace kelisim::base
