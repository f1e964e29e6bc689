// SPDX-License-Identifier: Apache-2.0
// Beast's parsers with the rules that keep two readers of the same bytes from seeing different messages
// (request smuggling: RFC 9112 11.2). Every byte of a body goes through the limit here: reading into a parser's message
// instead would pass it by.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace kelisim::http {

struct MessageLimits {
    std::size_t header_fields_max;
    std::size_t body_bytes_max;
};

// Finds the end of the start line and the fields, and refuses what Beast forgives: folded lines (RFC 9112 5.2),
// bare CR or LF (2.2), control characters. Resumable.
class HeaderScan {
public:
    enum class State { incomplete, complete, malformed };
    enum class Kind { request, response };

    explicit HeaderScan(Kind kind) : kind_(kind) {}
    // `bytes` begins where the message begins, at each call with more of it.
    State scan(std::string_view bytes);
    std::size_t size() const { return at_; }  // of the header with its empty line, once complete

private:
    Kind kind_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;  // where the current line begins
};

// What both directions check at each field.
class FieldRules {
public:
    explicit FieldRules(std::size_t fields_max) : fields_max_(fields_max) {}
    void begin(int version) { version_ = version; }
    void check(boost::beast::http::field field, std::string_view value, boost::beast::error_code& error);
    int version() const { return version_; }

private:
    std::size_t fields_max_;
    std::size_t fields_ = 0;
    int version_ = 11;
    bool length_given_ = false;
    bool encoding_given_ = false;
};

template <bool is_request>
class Parser : public boost::beast::http::basic_parser<is_request> {
public:
    using Base = boost::beast::http::basic_parser<is_request>;
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;

    Parser(Headers& headers, std::string& body, const MessageLimits& limits);

    int version() const { return rules_.version(); }
    // May change until the first byte of the body is put.
    void body_bytes_max(std::size_t bytes) { body_bytes_max_ = bytes; }

protected:
    FieldRules rules_;  // for on_request_impl and on_response_impl

private:
    void on_field_impl(boost::beast::http::field field, View name, View value, Error& error) final;
    void on_header_impl(Error& error) final;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) final;
    std::size_t on_body_impl(View part, Error& error) final;
    void on_chunk_header_impl(std::uint64_t size, View extensions, Error& error) final;
    std::size_t on_chunk_body_impl(std::uint64_t remain, View part, Error& error) final;
    void on_finish_impl(Error& error) final;

    bool fits(std::uint64_t more) const { return more <= body_bytes_max_ - body_bytes_; }

    Headers& headers_;
    std::string& body_;
    std::size_t body_bytes_max_;
    std::size_t body_bytes_ = 0;  // whoever takes `body` in pieces empties it
    bool header_done_ = false;
};

class RequestParser final : public Parser<true> {
public:
    RequestParser(Request& request, const MessageLimits& limits)
        : Parser(request.headers, request.body, limits), request_(request) {}

private:
    void on_request_impl(boost::beast::http::verb, View method, View target, int version, Error&) override;
    void on_response_impl(int, View, int, Error&) override {}

    Request& request_;
};

class AnswerParser final : public Parser<false> {
public:
    using Parser::Parser;
    int status() const { return status_; }

private:
    void on_request_impl(boost::beast::http::verb, View, View, int, Error&) override {}
    void on_response_impl(int status, View reason, int version, Error& error) override;

    int status_ = 0;
};

}  // namespace kelisim::http
