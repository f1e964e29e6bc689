// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "world/world.hpp"

namespace kelisim::world {

namespace {

constexpr std::size_t persons_max = 1'000'000;

// A number of the 1800s with a right check digit, of a day and order that entropy gives; nothing where there is none.
std::optional<std::string> random_iin(base::Entropy& entropy) {
    std::array<std::uint8_t, 8> random{};
    entropy.fill(random);
    const int year = random[0] % 100, month = random[1] % 12 + 1, day = random[2] % 28 + 1, sex = random[3] % 2 + 1;
    const int order = (random[4] << 16 | random[5] << 8 | random[6]) % 10'000;
    const std::string eleven = fmt::format("{:02}{:02}{:02}{}{:04}", year, month, day, sex, order);
    for (char digit = '0'; digit <= '9'; ++digit) {
        if (base::Iin::parse(eleven + digit).has_value()) return eleven + digit;
    }
    return std::nullopt;
}

}  // namespace

std::string generate(std::size_t count, base::Entropy& entropy) {
    if (count > persons_max) throw std::invalid_argument("a world has at most a million persons");
    std::string out(default_world());
    std::set<std::string> taken;
    for (const people::Person& person : load(out, "world.toml").persons)
        taken.emplace(person.iin.reveal());
    for (std::size_t made = 0; made < count;) {
        const auto iin = random_iin(entropy);
        if (!iin || !taken.insert(*iin).second) continue;
        ++made;
        const auto born = base::Iin::parse(*iin)->birth_date();
        out += fmt::format(
            "\n[[person]]\niin = \"{}\"\nsurname = \"Сынақ\"\nname = \"№ {}\"\nbirth_date = \"{:04}-{:02}-{:02}\"\n"
            "gender = \"{}\"\nlanguage = \"{}\"\nphone = \"+7701{:07}\"\n",
            *iin, made, static_cast<int>(born.year()), static_cast<unsigned>(born.month()),
            static_cast<unsigned>(born.day()), (*iin)[6] == '1' ? "male" : "female", made % 2 == 0 ? "ru" : "kk", made);
    }
    return out;
}

}  // namespace kelisim::world
