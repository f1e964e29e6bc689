// SPDX-License-Identifier: Apache-2.0
#include "wording.hpp"

#include <fmt/format.h>

namespace kelisim::channel {

namespace {

constexpr base::Text about_ward{"Сіз өкілдік ететін адам туралы ({ward}): ", "О том, кого вы представляете ({ward}): ",
                                "About {ward}, whom you represent: "};
constexpr base::Text your_data{"Деректеріңіз", "Ваши данные", "Your data"};
constexpr base::Text the_data{"Деректер", "Данные", "The data"};

}  // namespace

std::string written(const base::Text& pattern, const Subject& about, Style style, const Filling& filling) {
    const bool own = about.ward.empty();
    std::string text;
    if (!own) text = fmt::format(fmt::runtime(pick(about_ward, style.language)), fmt::arg("ward", about.ward));
    text += fmt::format(fmt::runtime(pick(pattern, style.language)),
                        fmt::arg("org", name_in(about.organisation, style.language)),
                        fmt::arg("purpose", name_in(about.purpose, style.language)),
                        fmt::arg("data", pick(own ? your_data : the_data, style.language)),
                        fmt::arg("until", filling.until), fmt::arg("code", filling.code));
    return in_script(std::move(text), style);
}

}  // namespace kelisim::channel
