// SPDX-License-Identifier: Apache-2.0
#include "channel/reply.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "channel/words.hpp"
#include "skeleton.hpp"

namespace kelisim::channel {

namespace {

// A letter of one alphabet for its look-alike of the other and for the Kazakh letter that a keyboard lacks, so that
// words are compared as they look. Applied to what people write and to the words below alike.
char16_t skeleton(char16_t letter) {
    constexpr std::u16string_view from = u"асеіһкмнортухѕәқғңөұүёй";
    constexpr std::u16string_view to = u"aceihkmhoptyxsakгhoyyeи";
    static_assert(from.size() == to.size());
    const auto at = from.find(letter);
    return at == std::u16string_view::npos ? letter : to[at];
}

icu::UnicodeString skeleton_of(const icu::UnicodeString& text) {
    icu::UnicodeString out;
    for (std::int32_t i = 0; i < text.length(); ++i)
        out.append(skeleton(text[i]));
    return out;
}

// The words people use; a word stands here only when it can mean nothing else.
const std::vector<icu::UnicodeString>& words(Word meaning) {
    static const auto made = [](std::initializer_list<const char16_t*> list) {
        std::vector<icu::UnicodeString> out;
        for (const char16_t* word : list)
            out.push_back(skeleton_of(icu::UnicodeString(word)));
        return out;
    };
    static const std::vector<icu::UnicodeString> yes =
        made({u"иә", u"ия", u"иа", u"ia", u"iya", u"да", u"da", u"yes", u"келісемін", u"kelisemin", u"согласен",
              u"согласна", u"soglasen", u"soglasna"});
    static const std::vector<icu::UnicodeString> no = made({u"жоқ", u"joq", u"jok", u"zhok", u"zhoq", u"нет", u"net",
                                                            u"no", u"келіспеймін", u"kelispeimin", u"отказ", u"otkaz"});
    return meaning == Word::yes ? yes : no;
}

// Compatibility forms and letter case away (Unicode NFKC_Casefold): full-width digits and emoji variants become plain.
std::optional<icu::UnicodeString> folded(std::string_view text,
                                         std::size_t bytes_max = base::limits::sms_reply_bytes_max) {
    if (text.size() > bytes_max || !base::valid_utf8(text)) return std::nullopt;
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
    if (U_FAILURE(error)) throw base::Outage("ICU has no NFKC_Casefold data");
    const auto size = static_cast<std::int32_t>(text.size());
    const icu::UnicodeString out =
        normalizer->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), size)), error);
    if (U_FAILURE(error)) return std::nullopt;
    return out;
}

// Runs of letters and digits; everything else separates.
std::vector<icu::UnicodeString> tokens_of(const icu::UnicodeString& text) {
    std::vector<icu::UnicodeString> tokens;
    bool inside = false;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const UChar32 c = text.char32At(i);
        const bool letter = u_isalnum(c);
        if (letter && !inside) tokens.emplace_back();
        if (letter) tokens.back().append(c);
        inside = letter;
    }
    return tokens;
}

std::optional<Number> number_of(const icu::UnicodeString& token) {
    constexpr int digits_max = 2;
    if (token.countChar32() > digits_max) return std::nullopt;
    int value = 0;
    for (std::int32_t i = 0; i < token.length(); i = token.moveIndex32(i, 1)) {
        const std::int32_t digit = u_charDigitValue(token.char32At(i));
        if (digit < 0) return std::nullopt;
        value = value * 10 + digit;
    }
    return Number{value};
}

bool is_word(const icu::UnicodeString& token, Word meaning) {
    const auto& list = words(meaning);
    return std::find(list.begin(), list.end(), skeleton_of(token)) != list.end();
}

Reply meaning_of(const icu::UnicodeString& token) {
    if (const auto number = number_of(token)) return *number;
    for (const Word word : {Word::yes, Word::no}) {
        if (is_word(token, word)) return word;
    }
    return Unclear{};
}

// A digit of any script as the plain one.
UChar32 plain_digit(UChar32 c) {
    const std::int32_t digit = u_charDigitValue(c);
    return digit < 0 ? c : '0' + digit;
}

}  // namespace

std::optional<std::string> joined_skeleton(std::string_view text) {
    const auto plain = folded(text);
    if (!plain) return std::nullopt;
    icu::UnicodeString joined;
    for (std::int32_t i = 0; i < plain->length(); i = plain->moveIndex32(i, 1)) {
        const UChar32 c = plain->char32At(i);
        if (u_isalnum(c)) joined.append(plain_digit(c));
    }
    std::string out;
    skeleton_of(joined).toUTF8String(out);
    return out;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    const auto plain = folded(text, text.size());
    if (!plain) return words;
    for (const icu::UnicodeString& token : tokens_of(*plain))
        skeleton_of(token).toUTF8String(words.emplace_back());
    return words;
}

Reply read_reply(std::string_view text) {
    const auto plain = folded(text);
    if (!plain) return Unclear{};
    const auto tokens = tokens_of(*plain);
    if (tokens.empty()) return Unclear{};
    const Reply first = meaning_of(tokens.front());
    // "да да" says one thing, "да нет" says nothing.
    const bool agree = std::all_of(tokens.begin(), tokens.end(), [&](const auto& t) { return meaning_of(t) == first; });
    return agree ? first : Reply{Unclear{}};
}

}  // namespace kelisim::channel
