// SPDX-License-Identifier: Apache-2.0
// The one parser for JSON that came from outside. boost::json::parse is not it: it lets the last of two equal keys win
// and turns 1e400 into infinity, so two readers of the same bytes could see different requests.
//
// Threads: free functions without state. Errors: values; every reason is listed below.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace kelisim::json {

struct Limits {
    std::size_t bytes_max = base::limits::request_body_bytes_max;
    std::size_t depth_max =
        base::limits::json_depth_max;  // arrays and objects inside each other; the outermost counts as 1
};

extern const base::Reason json_malformed;            // not JSON of RFC 8259, or not UTF-8, or bytes after the value
extern const base::Reason json_duplicate_key;        // at any level, compared after unescaping
extern const base::Reason json_too_deep;             // over depth_max
extern const base::Reason json_too_large;            // over bytes_max
extern const base::Reason json_number_out_of_range;  // would become infinite
extern const base::Reason json_not_an_object;
extern const base::Reason json_member_missing;
extern const base::Reason json_member_type;   // also null, where a value is due
extern const base::Reason json_member_range;  // number outside its range, text or array too long
extern const base::Reason json_member_unknown;

// One whole value: RFC 8259 without extensions. An integer over 64 bits becomes a double, as in most readers.
base::Result<boost::json::value> parse(std::string_view bytes, const Limits& limits);

// --- Readers of members. What they point to lives as long as the object read. Null is never taken for "absent":
// a sender that writes null means something that we would only guess.

struct Range {
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
inline constexpr std::size_t text_bytes_max = 4096;
inline constexpr std::size_t items_max = 64;

// Never a null pointer.
base::Result<const boost::json::object*> as_object(const boost::json::value& value);

// A text holds no U+0000: databases and XML cut a text there, and the rest would escape their checks.
base::Result<std::string_view> text(const boost::json::object& from, std::string_view name,
                                    std::size_t bytes_max = text_bytes_max);
base::Result<std::optional<std::string_view>> optional_text(const boost::json::object& from, std::string_view name,
                                                            std::size_t bytes_max = text_bytes_max);

// An integer as written: 1.0 and 1e3 are refused, not rounded.
base::Result<std::int64_t> integer(const boost::json::object& from, std::string_view name, Range range = {});
base::Result<std::optional<std::int64_t>> optional_integer(const boost::json::object& from, std::string_view name,
                                                           Range range = {});

base::Result<bool> boolean(const boost::json::object& from, std::string_view name);
base::Result<std::optional<bool>> optional_boolean(const boost::json::object& from, std::string_view name);

// At most `count_max` texts, each as text() takes it; an empty array is a value.
base::Result<std::vector<std::string>> texts(const boost::json::object& from, std::string_view name,
                                             std::size_t count_max = items_max);
base::Result<std::optional<std::vector<std::string>>> optional_texts(const boost::json::object& from,
                                                                     std::string_view name,
                                                                     std::size_t count_max = items_max);

// Never null pointers, except that an optional one is null when the member is absent.
base::Result<const boost::json::object*> object(const boost::json::object& from, std::string_view name);
base::Result<const boost::json::object*> optional_object(const boost::json::object& from, std::string_view name);
base::Result<const boost::json::array*> array(const boost::json::object& from, std::string_view name,
                                              std::size_t count_max = items_max);

// Refuses members beside `known`: a misspelt optional member must not be silently ignored.
base::Result<void> only(const boost::json::object& from, std::initializer_list<std::string_view> known);

}  // namespace kelisim::json
