// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "base/iin.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::people {

extern const base::Reason not_askable;

enum class LifeStatus { alive, dead, missing };

// A number in international form: '+', 8 to 15 digits (ITU-T E.164). Personal data.
class Phone {
public:
    Phone() = default;
    static std::optional<Phone> parse(std::string_view text);
    const std::string& reveal() const { return text_; }
    bool operator==(const Phone&) const = default;

private:
    std::string text_;
};

// Personal data as a whole: no stream operator, no formatter.
struct Person {
    base::Iin iin;
    std::string surname, name, patronymic;
    base::Language language = base::Language::kk;
    std::optional<Phone> phone;  // the number registered in the base of mobile citizens
    LifeStatus life_status = LifeStatus::alive;
    bool capable = true;
    bool minor = false;
    std::optional<base::Iin> representative;
};

// Whether anybody can be asked for this person's data. One reason for an unknown, a dead and a missing person and for one
// whose representative is not known, so that an answer never tells which it is.
bool reachable(const Person& person);

// Of full age and capable. For one who is not, the legal representative decides (418-V ст.36(2)).
bool decides_alone(const Person& person);

}  // namespace kelisim::people
