// SPDX-License-Identifier: Apache-2.0
#include "yaml.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>
#include <vector>

#include "base/text.hpp"
#include "openapi.hpp"

namespace kelisim::publication {

using base::Kind;
using base::Reason;
using boost::json::value;

const Reason yaml_malformed{
    "publication_yaml_malformed",
    Kind::invalid,
    "YAML 1.2",
    {"Файл дұрыс YAML емес.", "Файл не является правильным YAML.", "The file is no proper YAML."}};
const Reason yaml_beyond_json{
    "publication_yaml_beyond_json",
    Kind::invalid,
    "OpenAPI 3.1.0 section 4.3",
    {"YAML-да JSON-да жоқ нәрсе бар: тег, екінші құжат, << біріктіруі, күрделі кілт, ақырсыз сан немесе өзіне сілтеме.",
     "В YAML есть то, чего нет в JSON: тег, второй документ, слияние <<, сложный ключ, бесконечное число или ссылка на "
     "себя.",
     "The YAML holds what JSON cannot: a tag, a second document, a merge (<<), a key that is no text, an infinite "
     "number, or a "
     "reference to itself."}};
const Reason yaml_key_twice{"publication_yaml_key_twice",
                            Kind::invalid,
                            "YAML 1.2 section 3.2.1.1",
                            {"Бір кілт екі рет тұр.", "Один ключ стоит дважды.", "A key stands twice."}};
const Reason yaml_too_large{"publication_yaml_too_large",
                            Kind::invalid,
                            "",
                            {"YAML тым үлкен, тым терең немесе сілтемелері тым көп көбейеді.",
                             "YAML слишком велик, слишком глубок или слишком разрастается по ссылкам.",
                             "The YAML is too large, too deep, or grows too much by its aliases."}};

namespace {

// OpenAPI documents of whole ministries have some ten thousand.
constexpr std::size_t nodes_max = 100'000;

struct Stop {
    const Reason& why;
    YAML::Mark at;
};

// yaml-cpp counts columns in bytes, and people count characters.
Position position_of(std::string_view text, const YAML::Mark& mark) {
    const auto counted = [](int number) { return static_cast<std::size_t>(std::max(number, 0)); };
    const std::size_t line = counted(mark.line);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::size_t i = 0; i < line && !text.empty(); ++i)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    const std::string_view before = text.substr(0, counted(mark.column));
    const auto characters = std::ranges::count_if(before, [](char c) { return (c & 0xC0) != 0x80; });
    return {.line = line + 1, .column = static_cast<std::size_t>(characters) + 1};
}

// yaml-cpp 0.7.0 makes single bytes 85 and A0 of the escapes \N and \_. The text came as UTF-8, so such a byte where a character begins is
// one of these.
std::string as_utf8(const std::string& text) {
    if (base::valid_utf8(text)) return text;
    std::string out;
    std::size_t rest = 0;  // of a character
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (rest > 0) {
            --rest;
        } else if (byte == 0x85 || byte == 0xA0) {
            out += '\xC2';
        } else {
            rest = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
        }
        out += c;
    }
    return out;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

constexpr double beyond = std::numeric_limits<double>::infinity();

// "[-+]? [0-9]+", "0o [0-7]+", "0x [0-9a-fA-F]+" (10.3.2). Too large a decimal one is a number that is not whole, as in JSON.
std::optional<value> integer_of(std::string_view text) {
    const bool octal = text.starts_with("0o"), hexadecimal = text.starts_with("0x");
    std::string_view digits = text;
    if (octal || hexadecimal)
        digits.remove_prefix(2);
    else if (text.starts_with('+'))
        digits.remove_prefix(1);
    const bool decimal = is_digits(digits.starts_with('-') && text.starts_with('-') ? digits.substr(1) : digits);
    if (!octal && !hexadecimal && !decimal) return std::nullopt;
    if ((octal || hexadecimal) && digits.starts_with('-')) return std::nullopt;
    const char* const last = digits.data() + digits.size();
    const int radix = octal ? 8 : hexadecimal ? 16 : 10;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), last, number, radix);
    if (end != last || error == std::errc::invalid_argument) return std::nullopt;
    if (error == std::errc()) return value(number);
    std::uint64_t large = 0;
    if (std::from_chars(digits.data(), last, large, radix).ec == std::errc()) return value(large);
    return octal || hexadecimal ? std::optional<value>(beyond) : std::nullopt;
}

// "[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?"
std::optional<value> fraction_of(std::string_view text) {
    std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    const std::string_view unsigned_part = digits.starts_with('-') ? digits.substr(1) : digits;
    const bool begins =
        !unsigned_part.empty() &&
        ((unsigned_part[0] >= '0' && unsigned_part[0] <= '9') ||
         (unsigned_part[0] == '.' && unsigned_part.size() > 1 && unsigned_part[1] >= '0' && unsigned_part[1] <= '9'));
    if (!begins || (text.starts_with('+') && digits.starts_with('-'))) return std::nullopt;
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) return std::nullopt;
    if (error == std::errc()) return value(number);
    const bool tiny = digits.find("e-") != std::string_view::npos || digits.find("E-") != std::string_view::npos;
    return value(tiny ? 0.0 : beyond);
}

// What a plain scalar stands for in the core schema; nothing for what no JSON can hold.
std::optional<value> resolved(const std::string& text) {
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return value(nullptr);
    if (is_one_of(text, {"true", "True", "TRUE"})) return value(true);
    if (is_one_of(text, {"false", "False", "FALSE"})) return value(false);
    const std::string_view bare =
        text.starts_with('-') || text.starts_with('+') ? std::string_view(text).substr(1) : text;
    if (is_one_of(bare, {".inf", ".Inf", ".INF"}) || is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::nullopt;
    auto number = integer_of(text);
    if (!number) number = fraction_of(text);
    if (!number) return value(text);
    const double* fraction = number->if_double();
    return fraction != nullptr && std::isinf(*fraction) ? std::nullopt : number;
}

bool is_standard(std::string_view tag, std::string_view name) {
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    return tag.starts_with(standard) && tag.substr(standard.size()) == name;
}

// Puts the events of one document together. Throws Stop.
class Builder final : public YAML::EventHandler {
public:
    bool begun() const { return begun_; }
    value take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (begun_) throw Stop{yaml_beyond_json, mark};
        begun_ = true;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { put(mark, nullptr, anchor, 1, 0); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& raw) override {
        const std::string text = as_utf8(raw);
        if (is_key_next()) return put_key(mark, tag, anchor, text);
        auto scalar = scalar_of(tag, text);
        if (!scalar) throw Stop{yaml_beyond_json, mark};
        put(mark, std::move(*scalar), anchor, 1, text.size());
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto kept = kept_.find(anchor);
        // One that is still open holds itself.
        if (kept == kept_.end()) throw Stop{yaml_beyond_json, mark};
        const Kept& copy = kept->second;
        spend(mark, copy.nodes, copy.bytes);
        if (copy.depth + open_.size() > openapi_depth_max) throw Stop{yaml_too_large, mark};
        place(mark, value(copy.what), copy.nodes, copy.bytes, copy.depth);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, "seq", boost::json::array(), anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, "map", boost::json::object(), anchor);
    }
    void OnMapEnd() override { close(); }

private:
    // What an alias costs each time.
    struct Kept {
        value what;
        std::size_t nodes, bytes, depth;
    };
    struct Open {
        value what;
        YAML::Mark at;
        YAML::anchor_t anchor;
        std::optional<std::string> key = {};  // of the next member
        std::size_t nodes = 1, bytes = 0, depth = 1;
    };

    static std::optional<value> scalar_of(std::string_view tag, const std::string& text) {
        if (tag == "!" || is_standard(tag, "str")) return value(text);
        auto plain = resolved(text);
        if (tag == "?" || !plain) return plain;
        const bool fits = (is_standard(tag, "null") && plain->is_null()) ||
                          (is_standard(tag, "bool") && plain->is_bool()) ||
                          (is_standard(tag, "int") && (plain->is_int64() || plain->is_uint64())) ||
                          (is_standard(tag, "float") && plain->is_number());
        return fits ? plain : std::nullopt;
    }

    bool is_key_next() const { return !open_.empty() && open_.back().what.is_object() && !open_.back().key; }

    void put_key(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor, const std::string& text) {
        // 200: is the member "200", as OpenAPI 3.1.0 section 4.3 has it.
        const bool plain = tag == "?", fine = plain || tag == "!" || is_standard(tag, "str");
        if (!fine || (plain && text == "<<")) throw Stop{yaml_beyond_json, mark};
        if (open_.back().what.get_object().contains(text)) throw Stop{yaml_key_twice, mark};
        spend(mark, 0, text.size());
        open_.back().bytes += text.size();
        open_.back().key = text;
        if (anchor == YAML::NullAnchor) return;
        if (auto scalar = scalar_of(tag, text))
            kept_.insert_or_assign(anchor, Kept{std::move(*scalar), 1, text.size(), 0});
    }

    void put(const YAML::Mark& mark, value what, YAML::anchor_t anchor, std::size_t nodes, std::size_t bytes) {
        spend(mark, nodes, bytes);
        if (anchor != YAML::NullAnchor) kept_.insert_or_assign(anchor, Kept{what, nodes, bytes, 0});
        place(mark, std::move(what), nodes, bytes, 0);
    }

    void open(const YAML::Mark& mark, std::string_view tag, std::string_view name, value empty, YAML::anchor_t anchor) {
        if (is_key_next()) throw Stop{yaml_beyond_json, mark};
        if (tag != "?" && tag != "!" && !tag.empty() && !is_standard(tag, name)) throw Stop{yaml_beyond_json, mark};
        spend(mark, 1, 0);
        if (open_.size() >= openapi_depth_max) throw Stop{yaml_too_large, mark};
        open_.push_back({.what = std::move(empty), .at = mark, .anchor = anchor});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (done.anchor != YAML::NullAnchor) {
            spend(done.at, done.nodes, done.bytes);
            kept_.insert_or_assign(done.anchor, Kept{done.what, done.nodes, done.bytes, done.depth});
        }
        place(done.at, std::move(done.what), done.nodes, done.bytes, done.depth);
    }

    void place(const YAML::Mark& mark, value what, std::size_t nodes, std::size_t bytes, std::size_t depth) {
        if (open_.empty()) {
            root_ = std::move(what);
            return;
        }
        Open& into = open_.back();
        into.nodes += nodes;
        into.bytes += bytes;
        into.depth = std::max(into.depth, depth + 1);
        if (auto* array = into.what.if_array()) {
            array->push_back(std::move(what));
            return;
        }
        if (!into.key) throw Stop{yaml_beyond_json, mark};
        into.what.get_object()[*into.key] = std::move(what);
        into.key.reset();
    }

    // Aliases are paid for as often as they stand.
    void spend(const YAML::Mark& mark, std::size_t nodes, std::size_t bytes) {
        nodes_ += nodes;
        bytes_ += bytes;
        if (nodes_ > nodes_max || bytes_ > openapi_bytes_max) throw Stop{yaml_too_large, mark};
    }

    bool begun_ = false;
    value root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Kept> kept_;
    std::size_t nodes_ = 0, bytes_ = 0;
};

Unread unread(std::string_view text, const Reason& why, const YAML::Mark& at) {
    return {.refusal = base::Refusal(why), .at = position_of(text, at)};
}

}  // namespace

std::variant<value, Unread> read_yaml(std::string_view text) {
    if (text.size() > openapi_bytes_max) return Unread{.refusal = base::Refusal(yaml_too_large), .at = {}};
    if (!base::valid_utf8(text) || text.find('\0') != std::string_view::npos)
        return Unread{.refusal = base::Refusal(yaml_malformed), .at = {}};
    Builder builder;
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop& stop) {
        return unread(text, stop.why, stop.at);
    } catch (const YAML::DeepRecursion& error) {
        return unread(text, yaml_too_large, error.mark);
    } catch (const YAML::Exception& error) {
        return unread(text, yaml_malformed, error.mark);
    }
    if (!builder.begun()) return Unread{.refusal = base::Refusal(yaml_malformed), .at = {}};
    return builder.take();
}

}  // namespace kelisim::publication
