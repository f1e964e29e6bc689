// SPDX-License-Identifier: Apache-2.0
// The words of the contact centre 1414 (236/НК п.7(1)): who asks, for what, how long, how to say yes and no. The texts
// are ours; in Kazakh and Russian as 418-V ст.38(3) asks, English beside them.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "channel/sms.hpp"
#include "registry/entries.hpp"

namespace kelisim::channel {

// In which letters and language one person is written to.
struct Style {
    base::Language language = base::Language::kk;
    Script script = Script::cyrillic;
};

// The two digits that answer one open question; each open question on a phone has its own pair, so that a single digit
// is never ambiguous: 1 and 2, 3 and 4, ...
struct Choices {
    int yes = 1, no = 2;
    bool operator==(const Choices&) const = default;
};
Choices choices_of_slot(int slot);

struct Question {
    registry::Name organisation;
    std::string bin;
    std::vector<registry::Name> services;
    registry::Name purpose;
    base::Period term;
    std::int64_t uses_max = 1;
    std::string answer_by;  // local, as shown: "22.11 15:40"
    Choices choices;
    std::string ward = {};   // given name of the one whose data they are, where the representative is asked
    std::string code = {};   // the one-time code that says yes; empty: the digit does
    std::string check = {};  // channel::check_code
};

std::string question_text(const Question& question, Style style);

// One clarifying SMS for all questions that are open on the phone.
struct OpenQuestion {
    registry::Name organisation;
    Choices choices;
    bool by_code = false;
    std::string ward = {};  // as in the question
};
std::string clarifying_text(const std::vector<OpenQuestion>& open, Style style);

// Receipts: each end of a request is told to the person.
struct Subject {
    registry::Name organisation, purpose;
    std::string ward = {};  // given name of the one whom it concerns, where the representative is told (418-V ст.36(2))
};
std::string granted_text(const Subject& about, std::string_view until, Style style);  // until: local day, "21.12.2026"
std::string refused_text(const Subject& about, Style style);
std::string expired_text(const Subject& about, Style style);
// An organisation confirmed the consent with means of its own: the person is told, and what to do if it was not them.
std::string attested_text(const Subject& about, std::string_view until, Style style);
// Access on a ground of the law, of which a law let the person be told only now. when: local day of the access.
std::string disclosed_text(const Subject& about, std::string_view when, Style style);
// The answer came after another way had been used.
std::string answered_elsewhere_text(const Subject& about, Style style);
// After a wrong one-time code; `left`: attempts that remain.
std::string wrong_code_text(int left, Style style);
std::string code_attempts_over_text(const Subject& about, Style style);
// To one who sent the check code of a message.
std::string genuine_text(const Subject& about, Style style);
std::string not_genuine_text(Style style);
// The reply came when no question was open: a late answer revives nothing, and the person is told.
std::string nothing_open_text(Style style);

}  // namespace kelisim::channel
