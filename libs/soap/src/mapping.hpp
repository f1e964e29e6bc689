// SPDX-License-Identifier: Apache-2.0
// One description of each structure serves both directions: map(A& a, M& m) names its fields in the order of the schema, and
// `a` is a Reader or a Writer.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <utility>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "soap/shep.hpp"

namespace kelisim::soap {

template <class M, class T>
concept Of = std::same_as<std::remove_const_t<M>, T>;

// Bytes of one field when read. Over it the message is refused; nobody's id is that long.
struct Size {
    std::size_t bytes_max = base::limits::message_field_bytes_max;
    std::size_t characters_max = bytes_max;  // where the schema counts these
    std::size_t written_max = bytes_max;     // characters; the rest is left out
};
inline constexpr Size text_size{.bytes_max = base::limits::message_text_bytes_max};
inline constexpr Size no_size{.bytes_max = base::limits::channel_xml_bytes_max};

template <class E>
struct Word {
    std::string_view text;
    E value;
};

// Which reason tells that a field is missing; null: it may be.
using Missing = const base::Reason*;

class Reader {
public:
    struct Message {
        std::string_view ns;  // of its wrapper, or of the business document
        const base::Zone& zone;
        std::string_view data_ns = {};  // of `data`, where that ran on into what is in it
        std::vector<Defect> defects = {};
    };
    Reader(xml::Element at, Message& message, std::string path = {})
        : children_(at.children()), message_(message), path_(std::move(path)) {}

    void text(std::string_view name, std::string& into, Missing missing = nullptr, Size size = {});
    // What the schema wants, so that it is always written, and what others leave out all the same.
    void text_if_any(std::string_view name, auto& into, Size size = {}) { text(name, into, nullptr, size); }
    void text(std::string_view name, base::Secret<std::string>& into, Missing missing = nullptr, Size size = {});
    void text(std::string_view name, base::Personal<std::string>& into, Missing missing = nullptr, Size size = {});
    void texts(std::string_view name, std::vector<std::string>& into, std::size_t count_max, Missing missing);
    void time(std::string_view name, base::Time& into, Missing missing);
    // Left out where it cannot be read: for what others answer, and nobody decides by.
    void time_if_any(std::string_view name, std::optional<base::Time>& into);
    void time(std::string_view name, std::optional<base::Time>& into);
    void session(std::string_view name, std::optional<SessionId>& into);
    void session_if_any(std::string_view name, std::optional<SessionId>& into);
    void number(std::string_view name, std::optional<std::int64_t>& into);
    void number(std::string_view name, std::int64_t& into, Missing missing);
    void truth(std::string_view name, std::optional<bool>& into);
    void truth(std::string_view name, bool& into, Missing missing);
    void bytes(std::string_view name, base::Bytes& into, Missing missing);  // xsd:base64Binary

    template <class E>
    void word(std::string_view name, E& into, std::span<const Word<std::type_identity_t<E>>> words, Missing missing) {
        const std::optional<std::string> text = only_text(name, missing, {});
        if (!text) return;
        const auto found = std::ranges::find(words, std::string_view(*text), &Word<E>::text);
        if (found == words.end()) return fail(shep_value_unknown, name);
        into = found->value;
    }

    // A `data`, whatever it holds.
    void data(std::string_view name, Data& into);
    void data_if_any(std::string_view name, Data& into) { data(name, into); }

    template <class T>
    void part(std::string_view name, T& into, Missing missing, const base::Reason& twice = shep_field_twice) {
        const auto found = only(name, missing, twice);
        if (found) read_into(*found, name, into);
    }
    template <class T>
    void part(std::string_view name, std::optional<T>& into) {
        const auto found = only(name, nullptr, shep_field_twice);
        if (found && !empty(*found)) read_into(*found, name, into.emplace());
    }
    template <class T>
    void parts(std::string_view name, std::vector<T>& into, std::size_t count_max, Missing missing = nullptr) {
        for (const xml::Element each : all(name)) {
            if (empty(each)) continue;
            if (into.size() == count_max) return fail(count_max == 1 ? shep_field_twice : shep_too_many, name);
            read_into(each, name, into.emplace_back());
        }
        if (into.empty() && missing != nullptr) fail(*missing, name);
    }

    void fail(const base::Reason& reason, std::string_view name) {
        message_.defects.push_back({&reason, path_to(name)});
    }

private:
    static bool empty(xml::Element element) { return element.children().empty() && !element.has_text(); }

    template <class T>
    void read_into(xml::Element element, std::string_view name, T& into) {
        Reader reader(element, message_, path_to(name));
        map(reader, into);
    }

    std::string path_to(std::string_view name) const {
        return path_.empty() ? std::string(name) : path_ + "/" + std::string(name);
    }
    std::vector<xml::Element> all(std::string_view name);
    // None where it is absent or stands twice; both have been told where they must not be.
    std::optional<xml::Element> only(std::string_view name, Missing missing, const base::Reason& twice);
    // None where it is absent, empty, or wrong.
    std::optional<std::string> only_text(std::string_view name, Missing missing, Size size);
    std::optional<std::string> text_of(xml::Element element, std::string_view name, Size size);

    std::vector<xml::Element> children_;
    Message& message_;
    std::string path_;
};

class Writer {
public:
    // `prefix` stands before each name: "" for unqualified children, "k:".
    Writer(const base::Zone& zone, std::string prefix = {}) : zone_(zone), prefix_(std::move(prefix)) {}

    // The element that the body holds, and what is in it. Without a prefix it is in no namespace.
    template <class Content>
    std::string wrapped(std::string_view prefix, std::string_view ns, std::string_view name, Content content) {
        const std::string tag = prefix.empty() ? std::string(name) : std::string(prefix) + ":" + std::string(name);
        out_ += "<" + tag;
        if (!prefix.empty()) out_ += " xmlns:" + std::string(prefix) + "=\"" + std::string(ns) + "\"";
        out_ += ">";
        content(*this);
        out_ += "</" + tag + ">";
        return std::move(out_);
    }
    // Fields alone, for a `data` that holds them side by side.
    template <class T>
    std::string fields(const T& value) {
        map(*this, value);
        return std::move(out_);
    }

    void text(std::string_view name, const std::string& value, Missing missing = nullptr, Size size = {});
    void text_if_any(std::string_view name, std::string_view value, Size size = {}) { leaf(name, value, size); }
    void text_if_any(std::string_view name, const base::Personal<std::string>& value, Size size = {}) {
        leaf(name, value.reveal(), size);
    }
    void text(std::string_view name, const base::Secret<std::string>& value, Missing missing = nullptr,
              Size size = {}) {
        text(name, value.reveal(), missing, size);
    }
    void text(std::string_view name, const base::Personal<std::string>& value, Missing missing = nullptr,
              Size size = {}) {
        text(name, value.reveal(), missing, size);
    }
    void texts(std::string_view name, const std::vector<std::string>& values, std::size_t, Missing);
    void time(std::string_view name, base::Time value, Missing) { text(name, to_wire_time(value, zone_)); }
    void time(std::string_view name, const std::optional<base::Time>& value) {
        if (value) text(name, to_wire_time(*value, zone_));
    }
    void time_if_any(std::string_view name, const std::optional<base::Time>& value) { time(name, value); }
    void session(std::string_view name, const std::optional<SessionId>& value) {
        if (value) text(name, value->braced());
    }
    void session_if_any(std::string_view name, const std::optional<SessionId>& value) { session(name, value); }
    void number(std::string_view name, const std::optional<std::int64_t>& value) {
        if (value) text(name, std::to_string(*value));
    }
    void number(std::string_view name, std::int64_t value, Missing) { leaf(name, std::to_string(value)); }
    void truth(std::string_view name, const std::optional<bool>& value) {
        if (value) truth(name, *value, nullptr);
    }
    void truth(std::string_view name, bool value, Missing) { leaf(name, value ? "true" : "false"); }
    void bytes(std::string_view name, const base::Bytes& value, Missing) {
        leaf(name, base::to_base64(value), no_size);
    }

    template <class E>
    void word(std::string_view name, const E& value, std::span<const Word<std::type_identity_t<E>>> words, Missing) {
        leaf(name, std::string(std::ranges::find(words, value, &Word<E>::value)->text));
    }

    void data(std::string_view, const Data& value) { out_ += value.to_xml(); }
    void data_if_any(std::string_view name, const Data& value) {
        if (value.absent()) return leaf(name, "");
        data(name, value);
    }

    template <class T>
    void part(std::string_view name, const T& value, Missing, const base::Reason& = shep_field_twice) {
        open(name);
        map(*this, value);
        close(name);
    }
    template <class T>
    void part(std::string_view name, const std::optional<T>& value) {
        if (value) part(name, *value, nullptr);
    }
    template <class T>
    void parts(std::string_view name, const std::vector<T>& values, std::size_t, Missing = nullptr) {
        for (const T& each : values)
            part(name, each, nullptr);
    }

private:
    void leaf(std::string_view name, std::string_view value, Size size = {});
    void open(std::string_view name) { ((out_ += '<') += prefix_).append(name) += '>'; }
    void close(std::string_view name) { ((out_ += "</") += prefix_).append(name) += '>'; }

    const base::Zone& zone_;
    std::string prefix_;
    std::string out_;
};

// A text for XML: characters that XML 1.0 does not have, and bytes that are no UTF-8, become U+FFFD.
std::string escaped_text(std::string_view text);
std::string_view trimmed(std::string_view text);  // of the blanks of XML

// --- The body of a message

struct Named {
    std::string_view ns, name;
};
// The only element of a body; which of those that are expected, and in their namespace or in none.
Read<xml::Element> message_in(xml::Element body, std::span<const Named> expected);

// The message T in it, whose map() begins at the wrapper: at `request` or `response`.
template <class T>
Read<T> read_message(xml::Element wrapper, std::string_view ns, const base::Zone& zone) {
    Reader::Message message{.ns = ns, .zone = zone};
    T read{};
    Reader reader(wrapper, message);
    map(reader, read);
    if (!message.defects.empty()) return Defects(std::move(message.defects));
    return read;
}

// --- Business data

// The element whose children are the fields of a service: `data` itself or one of `names` in it, in the namespace or in none.
Read<xml::Element> fields_in(const BusinessData& data, std::string_view ns, std::span<const std::string_view> names);

template <class T>
Read<T> read_fields(const BusinessData& data, std::string_view ns, std::span<const std::string_view> names,
                    const base::Zone& zone) {
    const auto holder = fields_in(data, ns, names);
    if (!holder) return holder.error();
    Reader::Message message{.ns = ns, .zone = zone, .data_ns = holder->ns()};
    T read{};
    Reader reader(*holder, message, "data");
    map(reader, read);
    if (!message.defects.empty()) return Defects(std::move(message.defects));
    return read;
}

// xml is all of <data>...</data>.
Data written_data(std::string xml);

// --- Parts

// A part of T that stands under a name of its own, without a structure of its own.
template <class T, class Map>
struct Inner {
    T& value;
    Map each;
};
template <class A, class T, class Map>
void map(A& a, Inner<T, Map>& inner) {
    inner.each(a, inner.value);
}
template <class A, class T, class Map>
void map(A& a, const Inner<T, Map>& inner) {
    inner.each(a, inner.value);
}
template <class A, class T, class Map>
void inner(A& a, std::string_view name, T& value, Missing missing, Map each,
           const base::Reason& twice = shep_field_twice) {
    Inner<T, Map> in{value, each};
    a.part(name, in, missing, twice);
}

// --- Types of common/v10/Types

template <class A, Of<Sender> M>
void map(A& a, M& m) {
    a.text("senderId", m.id, &shep_sender_missing);
    a.text("password", m.password);
}

template <class A, Of<Property> M>
void map(A& a, M& m) {
    a.text("key", m.key, &shep_field_missing, {.characters_max = base::limits::message_property_key_max});
    a.text_if_any("value", m.value,
                  {.bytes_max = 4 * base::limits::message_property_value_max,
                   .characters_max = base::limits::message_property_value_max});
}

}  // namespace kelisim::soap
