// SPDX-License-Identifier: Apache-2.0
#include "parser.hpp"

#include <algorithm>
#include <limits>

#include "ascii.hpp"

namespace kelisim::http {

namespace bh = boost::beast::http;
using boost::beast::error_code;

HeaderScan::State HeaderScan::scan(std::string_view bytes) {
    for (; at_ < bytes.size(); ++at_) {
        const char c = bytes[at_];
        const bool after_cr = at_ > 0 && bytes[at_ - 1] == '\r';
        if (c == '\n') {
            if (!after_cr) return State::malformed;
            const bool empty_line = at_ - line_ == 1;
            line_ = at_ + 1;
            if (!empty_line) continue;
            ++at_;
            return State::complete;
        }
        if (after_cr) return State::malformed;
        if (c == '\r') continue;
        if (is_forbidden_control(c)) return State::malformed;
        const bool first_line = line_ == 0;
        const bool folded = at_ == line_ && (c == ' ' || c == '\t');
        const bool not_ascii =
            first_line && kind_ == Kind::request && (static_cast<unsigned char>(c) >= 0x80 || c == '\t');
        if (folded || not_ascii) return State::malformed;
    }
    return State::incomplete;
}

void FieldRules::check(bh::field field, std::string_view value, error_code& error) {
    if (++fields_ > fields_max_) {
        error = bh::error::header_limit;
    } else if (field == bh::field::content_length) {
        // Beast takes "5, 5" and repeated equal fields; RFC 9112 6.3 lets us refuse them.
        const bool digits =
            !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (length_given_ || encoding_given_ || !digits) error = bh::error::bad_content_length;
        length_given_ = true;
    } else if (field == bh::field::transfer_encoding) {
        // Another coding would leave Beast with no body length at all, and the body would be read as the next message.
        // "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat
        // the message as if the framing is faulty" (RFC 9112 6.1).
        if (length_given_ || encoding_given_ || version_ < 11 || !same_name(value, "chunked"))
            error = bh::error::bad_transfer_encoding;
        encoding_given_ = true;
    }
}

template <bool is_request>
Parser<is_request>::Parser(Headers& headers, std::string& body, const MessageLimits& limits)
    : rules_(limits.header_fields_max), headers_(headers), body_(body), body_bytes_max_(limits.body_bytes_max) {
    // Ours are the limits: the header's by the buffer that it must fit into, the body's in fits().
    this->header_limit(std::numeric_limits<std::uint32_t>::max());
    this->body_limit(boost::none);
}

template <bool is_request>
void Parser<is_request>::on_field_impl(bh::field field, View name, View value, Error& error) {
    // "A recipient MUST NOT merge a received trailer field into the header section" unless it knows the field
    // (RFC 9110 6.5.1). We know none.
    if (header_done_) return;
    const std::string_view text{value.data(), value.size()};
    rules_.check(field, text, error);
    headers_.add({name.data(), name.size()}, text);
}

template <bool is_request>
void Parser<is_request>::on_header_impl(Error&) {
    header_done_ = true;
}

template <bool is_request>
void Parser<is_request>::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) {
    if (!length) return;
    if (!fits(*length)) {
        error = bh::error::body_limit;
        return;
    }
    constexpr std::size_t reserved_max = 64 * 1024;  // what is declared need never come
    body_.reserve(std::min(static_cast<std::size_t>(*length), reserved_max));
}

template <bool is_request>
std::size_t Parser<is_request>::on_body_impl(View part, Error& error) {
    if (!fits(part.size())) {
        error = bh::error::body_limit;
        return 0;
    }
    body_.append(part.data(), part.size());
    body_bytes_ += part.size();
    return part.size();
}

template <bool is_request>
void Parser<is_request>::on_chunk_header_impl(std::uint64_t size, View extensions, Error& error) {
    constexpr std::size_t extension_bytes_max = 256;  // nobody uses them, except to make a small body cost much
    if (extensions.size() > extension_bytes_max) error = bh::error::bad_chunk_extension;
    if (!fits(size)) error = bh::error::body_limit;
}

template <bool is_request>
std::size_t Parser<is_request>::on_chunk_body_impl(std::uint64_t, View part, Error& error) {
    return on_body_impl(part, error);
}

template <bool is_request>
void Parser<is_request>::on_finish_impl(Error&) {}

template class Parser<true>;
template class Parser<false>;

void RequestParser::on_request_impl(bh::verb, View method, View target, int version, Error&) {
    rules_.begin(version);
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
}

void AnswerParser::on_response_impl(int status, View, int version, Error& error) {
    rules_.begin(version);
    status_ = status;
    if (status < 100 || status > 599) error = bh::error::bad_status;
}

}  // namespace kelisim::http
