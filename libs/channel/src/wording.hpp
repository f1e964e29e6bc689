// SPDX-License-Identifier: Apache-2.0
// What every text is put together with.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"
#include "channel/sms.hpp"
#include "channel/texts.hpp"

namespace kelisim::channel {

inline std::string_view pick(const base::Text& text, base::Language language) {
    if (language == base::Language::en) return text.en;
    return language == base::Language::kk ? text.kk : text.ru;
}

// Names are registered in Kazakh and Russian only; a reader of English is shown the Russian one.
inline const std::string& name_in(const registry::Name& name, base::Language language) {
    return language == base::Language::kk ? name.kk : name.ru;
}

inline std::string in_script(std::string text, Style style) {
    return style.script == Script::latin ? transliterate(text) : text;
}

// What a pattern is filled with beside {org}, {purpose} and {data}.
struct Filling {
    std::string_view until = {}, code = {};
};
// A text about one consent or request; about a ward it begins with whom it concerns.
std::string written(const base::Text& pattern, const Subject& about, Style style, const Filling& filling = {});

}  // namespace kelisim::channel
