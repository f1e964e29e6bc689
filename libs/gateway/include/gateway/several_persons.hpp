// SPDX-License-Identifier: Apache-2.0
// The pure part of a message about several persons, each of whom has a security token in it: InfoAbtToken/tokens{Code, PublicKey}
// (wire.md B5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entropy.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"
#include "soap/business_data.hpp"
#include "soap/fault.hpp"

namespace kelisim::gateway {

extern const base::Reason tokens_many;
extern const base::Reason tokens_misplaced;
extern const base::Reason token_person_twice;
extern const base::Reason data_signed;

// Whether a message is about one person, whom its data name, or about several, each of whom has a token in it.
enum class Persons { one, several };

// White space inside is left out; empty: none there.
struct TokenEntry {
    std::string token, public_key;
};

struct PersonsCall {
    std::vector<TokenEntry> entries;  // of each `tokens`, in the order of the document: their numbers, from 1
    std::vector<base::Iin> persons;   // whoever is named anywhere in the data
};
// A Code, PublicKey or kdpToken anywhere else is refused, and one that stands twice: an owner might take a token that nobody has
// decided about.
base::Result<PersonsCall> read_persons_call(const soap::BusinessData& data);

// Whether the sender signed the document: then it is the owner's as it is, or nobody's.
bool is_signed(const soap::BusinessData& data);
// The same, with nothing in these entries. They stay where they are, so that a number means the same one to the owner.
base::Result<soap::Data> with_emptied(const soap::BusinessData& data, const std::vector<std::size_t>& numbers,
                                      soap::DataForm form);

// A token that was refused.
struct LeftOut {
    std::size_t number = 0;
    base::Refusal why;
};
// Each reason once.
base::Refusal all_reasons(const std::vector<LeftOut>& left_out);
// A token that was refused, as it is remembered.
struct RefusedToken {
    std::size_t number = 0;
    std::string codes;  // of the reasons, with commas between
};
RefusedToken remembered(const LeftOut& left_out);
// For status/message of the answer: which tokens, and why where the text has room for it.
std::string in_words(const std::vector<RefusedToken>& refused);
// For subError of a fault: one inside the other, each with its number and every reason.
std::vector<soap::ErrorInfo> as_errors(const std::vector<LeftOut>& left_out, std::string_view code, base::Time now);

// An answer about several persons, to be kept under the key of each: all of these parts together open it, and any number less
// tells nothing, so that with the data of one person the answer is gone. Nothing for one that is too long to be kept.
std::optional<std::vector<std::string>> split_answer(std::string_view answer, std::size_t persons,
                                                     base::Entropy& entropy);
// Nothing unless they are all the parts of one answer.
std::optional<std::string> joined_answer(const std::vector<std::string>& parts);

}  // namespace kelisim::gateway
