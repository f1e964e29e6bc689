// SPDX-License-Identifier: Apache-2.0
#include "registry/grounds.hpp"

#include <algorithm>
#include <array>

namespace kelisim::registry {

namespace {

struct Ground {
    std::string_view code, kk, ru;
};

constexpr std::array grounds{
    Ground{"94-V:9(1)", "Құқық қорғау органдары мен соттардың қызметі",
           "Деятельность правоохранительных органов и судов"},
    Ground{"94-V:9(2)", "Мемлекеттік статистикалық қызмет", "Государственная статистическая деятельность"},
    Ground{"94-V:9(3)", "Статистика үшін иесіздендірілген деректер", "Обезличенные данные для статистики"},
    Ground{"94-V:9(4)", "Ратификацияланған халықаралық шарттар", "Ратифицированные международные договоры"},
    Ground{"94-V:9(5)", "Келісім алу мүмкін болмағанда адамның құқықтарын қорғау",
           "Защита прав человека, когда получить согласие невозможно"},
    Ground{"94-V:9(9)", "Қаржы нарығын реттеуші мен қаржы ұйымдары алатын мәліметтер",
           "Сведения, которые получают регулятор финансового рынка и финансовые организации"},
    Ground{"94-V:9(9-1)", "Салық және кеден органдарының қызметі", "Деятельность налоговых и таможенных органов"},
    Ground{"94-V:9(9-2)", "Ұлттық платформадағы резервтік көшірме", "Резервная копия на национальной платформе"},
};

}  // namespace

Name name_of_ground(std::string_view code) {
    const auto at = std::find_if(grounds.begin(), grounds.end(), [&](const Ground& g) { return g.code == code; });
    if (at == grounds.end()) return {std::string(code), std::string(code)};
    return {std::string(at->kk), std::string(at->ru)};
}

}  // namespace kelisim::registry
