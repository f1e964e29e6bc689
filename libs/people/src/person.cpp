// SPDX-License-Identifier: Apache-2.0
#include "people/person.hpp"

#include <algorithm>

namespace kelisim::people {

using base::Kind;
using base::Reason;

const Reason not_askable{"people_not_askable",
                         Kind::forbidden,
                         "236/НК п.2(5)",
                         {"Бұл адамнан келісім сұрау мүмкін емес.", "Запросить согласие этого лица невозможно.",
                          "This person cannot be asked for consent."}};
std::optional<Phone> Phone::parse(std::string_view text) {
    const bool length = text.size() >= 9 && text.size() <= 16;
    if (!length || text.front() != '+' || text[1] == '0') return std::nullopt;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!std::all_of(text.begin() + 1, text.end(), is_digit)) return std::nullopt;
    Phone phone;
    phone.text_ = text;
    return phone;
}

bool reachable(const Person& person) {
    return person.life_status == LifeStatus::alive;
}

bool decides_alone(const Person& person) {
    return person.capable && !person.minor;
}

}  // namespace kelisim::people
