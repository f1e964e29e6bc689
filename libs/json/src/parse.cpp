// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>

#include "json/json.hpp"

namespace kelisim::json {

namespace bj = boost::json;
using bj::error_code;

namespace {

// Builds the value and counts what Boost.JSON forgets: how many members the bytes held.
struct Builder {
    static constexpr std::size_t max_object_size = bj::object::max_size();
    static constexpr std::size_t max_array_size = bj::array::max_size();
    static constexpr std::size_t max_key_size = bj::string::max_size();
    static constexpr std::size_t max_string_size = bj::string::max_size();

    // Enough for a usual request; a larger one continues on the heap.
    std::array<unsigned char, 2048> room;
    bj::value_stack stack{bj::storage_ptr{}, room.data(), room.size()};
    std::size_t members = 0;
    bool infinite = false;

    Builder() { stack.reset(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t n, error_code&) {
        stack.push_object(n);
        members += n;
        return true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t n, error_code&) {
        stack.push_array(n);
        return true;
    }
    bool on_key_part(bj::string_view part, std::size_t, error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_key(bj::string_view rest, std::size_t, error_code&) {
        stack.push_key(rest);
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t, error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(bj::string_view rest, std::size_t, error_code&) {
        stack.push_string(rest);
        return true;
    }
    bool on_number_part(bj::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t i, bj::string_view, error_code&) {
        stack.push_int64(i);
        return true;
    }
    bool on_uint64(std::uint64_t u, bj::string_view, error_code&) {
        stack.push_uint64(u);
        return true;
    }
    bool on_double(double d, bj::string_view, error_code& ec) {
        if (!std::isfinite(d)) {
            infinite = true;
            ec = bj::error::exponent_overflow;
            return false;
        }
        stack.push_double(d);
        return true;
    }
    bool on_bool(bool b, error_code&) {
        stack.push_bool(b);
        return true;
    }
    bool on_null(error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(bj::string_view, error_code&) { return true; }
    bool on_comment(bj::string_view, error_code&) { return true; }
};

// The recursion is bounded: the parser has refused everything deeper than depth_max.
std::size_t count_members(const bj::value& value) {
    std::size_t count = 0;
    if (const auto* object = value.if_object()) {
        count += object->size();
        for (const auto& member : *object)
            count += count_members(member.value());
    } else if (const auto* array = value.if_array()) {
        for (const auto& item : *array)
            count += count_members(item);
    }
    return count;
}

const base::Reason& reason_of(const error_code& ec) {
    if (ec == bj::error::too_deep) return json_too_deep;
    if (ec == bj::error::exponent_overflow) return json_number_out_of_range;
    return json_malformed;
}

bj::parse_options strict(const Limits& limits) {
    bj::parse_options options;  // comments, trailing commas and invalid UTF-8 are refused by default
    options.max_depth = limits.depth_max;
    return options;
}

}  // namespace

base::Result<bj::value> parse(std::string_view bytes, const Limits& limits) {
    if (bytes.size() > limits.bytes_max) return json_too_large;
    bj::basic_parser<Builder> parser(strict(limits));
    error_code ec;
    const std::size_t read = parser.write_some(false, bytes.data(), bytes.size(), ec);
    if (ec) return reason_of(ec);
    if (read < bytes.size()) return json_malformed;
    bj::value value = parser.handler().stack.release();
    // The last of equal keys has replaced the others, with all that was in them: then fewer members are left than came.
    if (count_members(value) != parser.handler().members) return json_duplicate_key;
    return value;
}

}  // namespace kelisim::json
