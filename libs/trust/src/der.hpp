// SPDX-License-Identifier: Apache-2.0
// DER (X.690), written and read by hand where OpenSSL's structures stand in the way: they know no Kazakh key, hide what a CMS
// repeats, and write the bytes of other signers anew. Elements are views into what was read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace kelisim::trust::der {

inline constexpr std::uint8_t boolean_tag = 0x01, integer_tag = 0x02, bits_tag = 0x03, octets_tag = 0x04,
                              null_tag = 0x05, oid_tag = 0x06, enumerated_tag = 0x0a, utf8_tag = 0x0c,
                              printable_tag = 0x13, ia5_tag = 0x16, utc_time_tag = 0x17, generalized_time_tag = 0x18,
                              sequence_tag = 0x30, set_tag = 0x31;
// [n], constructed: EXPLICIT, or IMPLICIT of a SEQUENCE or SET.
constexpr std::uint8_t context(unsigned n) {
    return static_cast<std::uint8_t>(0xa0U | n);
}
// [n], primitive: IMPLICIT of a string.
constexpr std::uint8_t context_primitive(unsigned n) {
    return static_cast<std::uint8_t>(0x80U | n);
}

// --- writing

base::Bytes element(std::uint8_t tag, base::BytesView content);
base::Bytes element_of(std::uint8_t tag, const std::vector<base::Bytes>& parts);
base::Bytes sequence(const std::vector<base::Bytes>& parts);
// SET OF, X.690 11.6: "The encodings of the component values of a set-of value shall appear in ascending order".
base::Bytes set_of(std::vector<base::Bytes> members, std::uint8_t tag = set_tag);
base::Bytes oid(std::string_view dotted);  // precondition: a well-formed OID of ours
base::Bytes integer(std::int64_t value);
base::Bytes integer(base::BytesView big_endian);  // not negative; leading zeros are dropped
base::Bytes octets(base::BytesView content);
base::Bytes bits(base::BytesView content);  // no unused bits
base::Bytes boolean_true();
base::Bytes null();
base::Bytes text(std::uint8_t tag, std::string_view content);
base::Bytes generalized_time(base::Time time);  // to the second
// UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 4.1.2.5, RFC 5652 11.3).
base::Bytes time(base::Time time);
// AlgorithmIdentifier with NULL, as Kazakhstan's writers have it (pki.md 3.3), or without parameters.
enum class Parameters { null, absent };
base::Bytes algorithm(std::string_view dotted, Parameters parameters);

// --- reading

struct Element {
    std::uint8_t tag = 0;
    base::BytesView content;
    base::BytesView whole;  // with tag and length
};

// The elements of a content, one after another. What is no DER ends it, and bad() stays true.
class Reader {
public:
    explicit Reader(base::BytesView content) : left_(content) {}
    bool at_end() const { return left_.empty(); }
    bool bad() const { return bad_; }
    bool finished() const { return left_.empty() && !bad_; }
    std::optional<Element> next();                     // nothing at the end
    std::optional<Element> next(std::uint8_t tag);     // of this tag, or bad
    std::optional<Element> next_if(std::uint8_t tag);  // nothing, and nothing read, where another tag or the end is

private:
    base::BytesView left_;
    bool bad_ = false;
};

// The one element of this tag that the bytes are, to the last byte.
std::optional<Element> whole(base::BytesView bytes, std::uint8_t tag);
std::optional<std::string> read_oid(const Element& element);       // dotted
std::optional<std::int64_t> read_integer(const Element& element);  // of at most 8 bytes
// UTCTime or GeneralizedTime as RFC 5652 11.3 and RFC 3161 2.4.2 write them: Zulu; a fraction only in the latter.
std::optional<base::Time> read_time(const Element& element);
// The algorithm of an AlgorithmIdentifier whose parameters are absent or NULL; nothing for others.
std::optional<std::string> read_algorithm(const Element& element);

// BER as DER: definite minimal lengths, whole OCTET STRINGs; SETs keep their order. Nothing for what is no BER, for bytes
// behind it, for a nesting deeper than limits::ber_depth_max or more elements than limits::ber_elements_max, and for what
// signed data has no use for: strings in pieces that are no OCTET STRING, tags above 30.
std::optional<base::Bytes> from_ber(base::BytesView ber);

}  // namespace kelisim::trust::der
