// SPDX-License-Identifier: Apache-2.0
#include "channel/sms.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <map>

namespace kelisim::channel {

namespace {

// 3GPP TS 23.038 6.2.1, without the escape; and 6.2.1.1, each of which costs the escape as well.
constexpr std::u16string_view gsm7_alphabet =
    u"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    u"abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u16string_view gsm7_extension = u"\f^{}\\[~]|€";

constexpr std::size_t gsm7_single = 160, gsm7_part = 153;
constexpr std::size_t ucs2_single = 70, ucs2_part = 67;

icu::UnicodeString utf16(std::string_view text) {
    return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

// Septets of a character; 0 when the alphabet lacks it.
std::size_t septets(UChar32 c) {
    if (c > 0xffff) return 0;
    const auto letter = static_cast<char16_t>(c);
    if (gsm7_alphabet.find(letter) != std::u16string_view::npos) return 1;
    return gsm7_extension.find(letter) != std::u16string_view::npos ? 2 : 0;
}

std::size_t code_units(UChar32 c) {
    return c > 0xffff ? 2 : 1;
}

template <class Width>
Size packed(const icu::UnicodeString& text, Encoding encoding, std::size_t single, std::size_t part, Width width) {
    Size size{.encoding = encoding, .units = 0, .segments = 1};
    std::size_t used = 0;  // of the current part
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const std::size_t units = width(text.char32At(i));
        size.units += units;
        if (used + units > part) {
            ++size.segments;
            used = 0;
        }
        used += units;
    }
    if (size.units <= single) size.segments = 1;
    return size;
}

bool fits_gsm7(const icu::UnicodeString& text) {
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        if (septets(text.char32At(i)) == 0) return false;
    }
    return true;
}

// Plain letters only: no diacritic that the 7-bit alphabet lacks. Kazakh letters as they sound, without digraphs where
// people write none.
const std::map<char32_t, std::string_view>& latin_letters() {
    static const std::map<char32_t, std::string_view> letters = {
        {U'а', "a"},  {U'б', "b"},  {U'в', "v"},  {U'г', "g"},  {U'д', "d"},  {U'е', "e"}, {U'ё', "e"}, {U'ж', "zh"},
        {U'з', "z"},  {U'и', "i"},  {U'й', "i"},  {U'к', "k"},  {U'л', "l"},  {U'м', "m"}, {U'н', "n"}, {U'о', "o"},
        {U'п', "p"},  {U'р', "r"},  {U'с', "s"},  {U'т', "t"},  {U'у', "u"},  {U'ф', "f"}, {U'х', "h"}, {U'ц', "ts"},
        {U'ч', "ch"}, {U'ш', "sh"}, {U'щ', "sh"}, {U'ъ', ""},   {U'ы', "y"},  {U'ь', ""},  {U'э', "e"}, {U'ю', "yu"},
        {U'я', "ya"}, {U'ә', "a"},  {U'ғ', "g"},  {U'қ', "q"},  {U'ң', "n"},  {U'ө', "o"}, {U'ұ', "u"}, {U'ү', "u"},
        {U'һ', "h"},  {U'і', "i"},  {U'«', "\""}, {U'»', "\""}, {U'№', "No"}, {U'–', "-"}, {U'—', "-"}, {U'’', "'"},
    };
    return letters;
}

void append_latin(icu::UnicodeString& out, UChar32 c) {
    const auto& letters = latin_letters();
    const UChar32 lower = u_tolower(c);
    const auto at = letters.find(static_cast<char32_t>(lower));
    if (at == letters.end()) {
        out.append(c);
        return;
    }
    icu::UnicodeString latin = utf16(at->second);
    // A capital of two letters is written "Zh", as at the head of a name.
    if (lower != c && !latin.isEmpty()) latin.replace(0, 1, icu::UnicodeString(u_toupper(latin.char32At(0))));
    out.append(latin);
}

}  // namespace

Size size_of(std::string_view text) {
    const icu::UnicodeString wide = utf16(text);
    if (fits_gsm7(wide)) return packed(wide, Encoding::gsm7, gsm7_single, gsm7_part, septets);
    return packed(wide, Encoding::ucs2, ucs2_single, ucs2_part, code_units);
}

std::string transliterate(std::string_view text) {
    const icu::UnicodeString wide = utf16(text);
    icu::UnicodeString out;
    for (std::int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1))
        append_latin(out, wide.char32At(i));
    std::string utf8;
    return out.toUTF8String(utf8);
}

}  // namespace kelisim::channel
