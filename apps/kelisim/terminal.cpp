// SPDX-License-Identifier: Apache-2.0
#include "terminal.hpp"

#include <cstdlib>
#include <fstream>

namespace kelisim::app {

namespace fs = std::filesystem;
using base::Language;
using base::Text;

namespace {

// POSIX: LC_ALL before LC_MESSAGES before LANG; "kk_KZ.UTF-8" begins with the language.
Language language_of_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        const std::string_view locale(value);
        return base::parse_language(locale.substr(0, locale.find_first_of("_.@"))).value_or(Language::en);
    }
    return Language::en;
}

}  // namespace

Language language_wanted(const std::optional<std::string>& asked) {
    return asked ? base::parse_language(*asked).value_or(Language::en) : language_of_environment();
}

std::string_view pick(const Text& text, Language language) {
    if (language == Language::en) return text.en;
    return language == Language::kk ? text.kk : text.ru;
}

// What a terminal would take for a command is not passed on: the file may be anybody's.
std::string printable(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n') || byte == 0x7f) c = '?';
    }
    return text;
}

std::string read_bounded(const fs::path& file, std::size_t bytes_max) {
    std::ifstream in(file, std::ios::binary);
    if (!in || fs::is_directory(file)) throw base::Outage("cannot read " + file.string());
    std::string text(bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

}  // namespace kelisim::app
