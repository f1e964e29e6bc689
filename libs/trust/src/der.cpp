// SPDX-License-Identifier: Apache-2.0
#include "der.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/limits.hpp"

namespace kelisim::trust::der {
namespace {

namespace limits = base::limits;

constexpr std::uint8_t constructed_bit = 0x20;
constexpr std::uint8_t tag_number = 0x1f;  // all ones: the number follows in further bytes
constexpr std::uint8_t class_bits = 0xc0;  // none: universal

void append(base::Bytes& out, base::BytesView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_header(base::Bytes& out, std::uint8_t tag, std::size_t size) {
    out.push_back(tag);
    if (size < 0x80) {
        out.push_back(static_cast<std::uint8_t>(size));
        return;
    }
    base::Bytes length;
    for (std::size_t left = size; left > 0; left >>= 8U)
        length.insert(length.begin(), static_cast<std::uint8_t>(left & 0xffU));
    out.push_back(static_cast<std::uint8_t>(0x80U | length.size()));
    append(out, length);
}

struct Header {
    std::uint8_t tag = 0;
    std::size_t size = 0;                // of the header itself
    std::optional<std::size_t> content;  // none: indefinite
    bool minimal = true;
};

std::optional<Header> read_header(base::BytesView bytes) {
    if (bytes.size() < 2 || (bytes[0] & tag_number) == tag_number) return std::nullopt;
    Header header{.tag = bytes[0], .size = 2, .content = {}};
    if (bytes[1] < 0x80) {
        header.content = bytes[1];
        return header;
    }
    const std::size_t count = bytes[1] & 0x7fU;
    if (count == 0) return header;
    if (count > sizeof(std::size_t) - 1 || bytes.size() < 2 + count) return std::nullopt;
    std::size_t length = 0;
    for (const std::uint8_t byte : bytes.subspan(2, count))
        length = length << 8U | byte;
    header.size = 2 + count;
    header.content = length;
    header.minimal = length >= 0x80 && bytes[2] != 0;
    return header;
}

std::optional<std::int64_t> digits(std::string_view text) {
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

struct Transcoder {
    std::size_t elements = 0;

    // Appends one element and returns how many bytes it took; nothing for a refusal.
    std::optional<std::size_t> element(base::BytesView ber, std::size_t depth, base::Bytes& out) {
        if (depth > limits::ber_depth_max || ++elements > limits::ber_elements_max) return std::nullopt;
        const auto header = read_header(ber);
        if (!header) return std::nullopt;
        const base::BytesView behind = ber.subspan(header->size);
        if (header->content && *header->content > behind.size()) return std::nullopt;
        const bool constructed = (header->tag & constructed_bit) != 0;
        if (!constructed) {
            if (!header->content) return std::nullopt;
            append_header(out, header->tag, *header->content);
            append(out, behind.first(*header->content));
            return header->size + *header->content;
        }
        const bool universal = (header->tag & class_bits) == 0;
        const bool in_pieces = header->tag == (octets_tag | constructed_bit);
        if (universal && !in_pieces && header->tag != sequence_tag && header->tag != set_tag) return std::nullopt;
        base::Bytes content;
        const auto taken = members(header->content ? behind.first(*header->content) : behind, !header->content,
                                   in_pieces, depth, content);
        if (!taken) return std::nullopt;
        append_header(out, in_pieces ? octets_tag : header->tag, content.size());
        append(out, content);
        return header->size + *taken;
    }

    std::optional<std::size_t> members(base::BytesView ber, bool indefinite, bool in_pieces, std::size_t depth,
                                       base::Bytes& content) {
        std::size_t at = 0;
        while (at < ber.size()) {
            const base::BytesView left = ber.subspan(at);
            if (indefinite && left.size() >= 2 && left[0] == 0 && left[1] == 0) return at + 2;
            base::Bytes member;
            const auto taken = element(left, depth + 1, member);
            if (!taken) return std::nullopt;
            at += *taken;
            if (in_pieces) {
                const auto piece = whole(member, octets_tag);
                if (!piece) return std::nullopt;
                append(content, piece->content);
            } else {
                append(content, member);
            }
        }
        if (indefinite) return std::nullopt;
        return at;
    }
};

}  // namespace

base::Bytes element(std::uint8_t tag, base::BytesView content) {
    base::Bytes out;
    append_header(out, tag, content.size());
    append(out, content);
    return out;
}

base::Bytes element_of(std::uint8_t tag, const std::vector<base::Bytes>& parts) {
    base::Bytes content;
    for (const base::Bytes& part : parts)
        append(content, part);
    return element(tag, content);
}

base::Bytes sequence(const std::vector<base::Bytes>& parts) {
    return element_of(sequence_tag, parts);
}

base::Bytes set_of(std::vector<base::Bytes> members, std::uint8_t tag) {
    std::ranges::sort(members);
    return element_of(tag, members);
}

base::Bytes oid(std::string_view dotted) {
    std::vector<std::uint64_t> arcs;
    for (std::size_t at = 0; at <= dotted.size();) {
        const std::size_t dot = std::min(dotted.find('.', at), dotted.size());
        std::uint64_t arc = 0;
        std::from_chars(dotted.data() + at, dotted.data() + dot, arc);
        arcs.push_back(arc);
        at = dot + 1;
    }
    base::Bytes content;
    const auto put = [&](std::uint64_t arc) {
        base::Bytes reversed{static_cast<std::uint8_t>(arc & 0x7fU)};
        while ((arc >>= 7U) > 0)
            reversed.push_back(static_cast<std::uint8_t>(0x80U | (arc & 0x7fU)));
        content.insert(content.end(), reversed.rbegin(), reversed.rend());
    };
    put(arcs.at(0) * 40 + arcs.at(1));
    for (std::size_t i = 2; i < arcs.size(); ++i)
        put(arcs[i]);
    return element(oid_tag, content);
}

base::Bytes integer(std::int64_t value) {
    base::Bytes content;
    do {
        content.insert(content.begin(), static_cast<std::uint8_t>(value & 0xff));
        value >>= 8;
    } while ((value != 0 && value != -1) || ((content.front() & 0x80U) != 0) != (value == -1));
    return element(integer_tag, content);
}

base::Bytes integer(base::BytesView big_endian) {
    while (big_endian.size() > 1 && big_endian.front() == 0)
        big_endian = big_endian.subspan(1);
    base::Bytes content;
    if (big_endian.empty() || (big_endian.front() & 0x80U) != 0) content.push_back(0);
    append(content, big_endian);
    return element(integer_tag, content);
}

base::Bytes octets(base::BytesView content) {
    return element(octets_tag, content);
}

base::Bytes bits(base::BytesView content) {
    base::Bytes with_count{0};
    append(with_count, content);
    return element(bits_tag, with_count);
}

base::Bytes boolean_true() {
    return {boolean_tag, 1, 0xff};
}

base::Bytes null() {
    return {null_tag, 0};
}

base::Bytes text(std::uint8_t tag, std::string_view content) {
    return element(tag, base::as_bytes(content));
}

base::Bytes generalized_time(base::Time time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    return text(generalized_time_tag,
                fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                            clock.hours().count(), clock.minutes().count(), clock.seconds().count()));
}

base::Bytes time(base::Time time) {
    base::Bytes long_form = generalized_time(time);
    const auto year = static_cast<int>(std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)}.year());
    if (year < 1950 || year > 2049) return long_form;
    return text(utc_time_tag, base::as_text(long_form).substr(4));  // without tag, length and century
}

base::Bytes algorithm(std::string_view dotted, Parameters parameters) {
    if (parameters == Parameters::absent) return sequence({oid(dotted)});
    return sequence({oid(dotted), null()});
}

std::optional<Element> Reader::next() {
    if (left_.empty()) return std::nullopt;
    const auto header = read_header(left_);
    if (bad_ || !header || !header->minimal || !header->content || *header->content > left_.size() - header->size) {
        bad_ = true;
        left_ = {};
        return std::nullopt;
    }
    const Element found{.tag = header->tag,
                        .content = left_.subspan(header->size, *header->content),
                        .whole = left_.first(header->size + *header->content)};
    left_ = left_.subspan(found.whole.size());
    return found;
}

std::optional<Element> Reader::next(std::uint8_t tag) {
    auto found = next();
    if (found && found->tag == tag) return found;
    bad_ = true;
    left_ = {};
    return std::nullopt;
}

std::optional<Element> Reader::next_if(std::uint8_t tag) {
    if (left_.empty() || left_.front() != tag) return std::nullopt;
    return next();
}

std::optional<Element> whole(base::BytesView bytes, std::uint8_t tag) {
    Reader reader(bytes);
    const auto found = reader.next(tag);
    return reader.finished() ? found : std::nullopt;
}

std::optional<std::string> read_oid(const Element& element) {
    if (element.tag != oid_tag || element.content.empty() || (element.content.back() & 0x80U) != 0) return std::nullopt;
    std::string dotted;
    std::uint64_t arc = 0;
    bool begins = true;
    for (const std::uint8_t byte : element.content) {
        if (begins && byte == 0x80)
            return std::nullopt;  // X.690 8.19.2: "the leading octet ... shall not have the value 80"
        if (arc > std::numeric_limits<std::uint64_t>::max() >> 7U) return std::nullopt;
        arc = arc << 7U | (byte & 0x7fU);
        begins = (byte & 0x80U) == 0;
        if (!begins) continue;
        if (dotted.empty()) {
            const std::uint64_t first = std::min<std::uint64_t>(arc / 40, 2);
            dotted = fmt::format("{}.{}", first, arc - first * 40);
        } else {
            dotted += fmt::format(".{}", arc);
        }
        arc = 0;
    }
    return dotted;
}

std::optional<std::int64_t> read_integer(const Element& element) {
    const base::BytesView content = element.content;
    if (content.empty() || content.size() > sizeof(std::int64_t)) return std::nullopt;
    std::uint64_t value = (content.front() & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (const std::uint8_t byte : content)
        value = value << 8U | byte;
    return static_cast<std::int64_t>(value);
}

std::optional<base::Time> read_time(const Element& element) {
    std::string text(base::as_text(element.content));
    if (element.tag == utc_time_tag) {
        const auto short_year = text.size() == 13 ? digits(text.substr(0, 2)) : std::nullopt;
        if (!short_year) return std::nullopt;
        text.insert(0, *short_year >= 50 ? "19" : "20");  // RFC 5280 4.1.2.5.1
    } else if (element.tag != generalized_time_tag) {
        return std::nullopt;
    }
    if (text.size() < 15 || text.back() != 'Z') return std::nullopt;
    text.pop_back();
    std::int64_t micros = 0;
    if (text.size() > 14) {
        // RFC 3161 2.4.2: "The fraction-of-second ... MUST omit all trailing 0's"; below a microsecond nothing is kept.
        std::string fraction = text.substr(15);
        if (text[14] != '.' || fraction.empty() || fraction.size() > 9 || fraction.back() == '0' || !digits(fraction))
            return std::nullopt;
        fraction.resize(6, '0');
        micros = *digits(fraction);
        text.resize(14);
    }
    if (!digits(text)) return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t size) {
        return *digits(std::string_view(text).substr(at, size));
    };
    using namespace std::chrono;
    const year_month_day date{year{static_cast<int>(part(0, 4))}, month{static_cast<unsigned>(part(4, 2))},
                              day{static_cast<unsigned>(part(6, 2))}};
    if (!date.ok() || part(8, 2) > 23 || part(10, 2) > 59 || part(12, 2) > 59) return std::nullopt;
    return sys_days{date} + hours{part(8, 2)} + minutes{part(10, 2)} + seconds{part(12, 2)} + microseconds{micros};
}

std::optional<std::string> read_algorithm(const Element& element) {
    if (element.tag != sequence_tag) return std::nullopt;
    Reader reader(element.content);
    const auto name = reader.next(oid_tag);
    const auto parameters = reader.next_if(null_tag);
    if (!name || !reader.finished() || (parameters && !parameters->content.empty())) return std::nullopt;
    return read_oid(*name);
}

std::optional<base::Bytes> from_ber(base::BytesView ber) {
    base::Bytes out;
    out.reserve(ber.size());
    const auto taken = Transcoder{}.element(ber, 1, out);
    if (!taken || *taken != ber.size()) return std::nullopt;
    return out;
}

}  // namespace kelisim::trust::der
