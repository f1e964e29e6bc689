// SPDX-License-Identifier: Apache-2.0
#include "channel/cabinet_texts.hpp"

#include <gmock/gmock.h>

#include "base/limits.hpp"

namespace kelisim::channel {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Subject about{.organisation = {"Оқу банкі", "Учебный банк"},
                    .purpose = {"Несие өтінімін қарау", "Рассмотрение заявки на кредит"}};

std::vector<std::string> all(Style style) {
    return {sign_in_code_text("012345", style),
            answer_code_text("012345", about, style),
            extension_code_text("012345", about, style),
            paused_text(about, style),
            resumed_text(about, style),
            withdrawn_text(about, style),
            extended_text(about, "21.12.2026", style),
            restored_text(about, style),
            question_answered_text(about, style)};
}

// LAW-36.2
TEST(CabinetTexts, NameTheWardToTheRepresentative) {
    Subject of_ward = about;
    of_ward.ward = "Дочь";
    const Style ru{.language = base::Language::ru, .script = Script::cyrillic};
    for (const std::string& text :
         {answer_code_text("012345", of_ward, ru), extension_code_text("012345", of_ward, ru), paused_text(of_ward, ru),
          resumed_text(of_ward, ru), withdrawn_text(of_ward, ru), extended_text(of_ward, "21.12.2026", ru),
          restored_text(of_ward, ru), question_answered_text(of_ward, ru)}) {
        EXPECT_THAT(text, testing::StartsWith("О том, кого вы представляете (Дочь): "));
        EXPECT_THAT(text, Not(HasSubstr("Ваши данные")));
        EXPECT_LE(size_of(text).segments, base::limits::sms_segments_max) << text;
    }
}

// LAW-36.3a: a code is for one thing, and its text says for which.
TEST(CabinetTexts, ACodeSaysWhatItIsFor) {
    EXPECT_THAT(answer_code_text("012345", about, {.language = base::Language::ru}),
                AllOf(HasSubstr("012345"), HasSubstr("Учебный банк"), HasSubstr("на кредит")));
    EXPECT_THAT(extension_code_text("012345", about, {.language = base::Language::kk}),
                AllOf(HasSubstr("012345"), HasSubstr("Оқу банкі"), HasSubstr("ұзарту")));
    EXPECT_THAT(sign_in_code_text("012345", {.language = base::Language::en}), HasSubstr("012345"));
}

TEST(CabinetTexts, HaveNoHoleAndFitAnSmsInEachLanguageAndScript) {
    for (const auto language : {base::Language::kk, base::Language::ru, base::Language::en}) {
        for (const auto script : {Script::cyrillic, Script::latin}) {
            for (const std::string& text : all({.language = language, .script = script})) {
                EXPECT_THAT(text, Not(HasSubstr("{")));
                EXPECT_THAT(text, Not(HasSubstr(", .")));
                EXPECT_LE(size_of(text).segments, base::limits::sms_segments_max) << text;
            }
        }
    }
}

}  // namespace
}  // namespace kelisim::channel
