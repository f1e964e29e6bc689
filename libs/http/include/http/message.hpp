// SPDX-License-Identifier: Apache-2.0
// Requests and responses as values, without a socket (RFC 9110). Tests of handlers make them by hand.
#pragma once

#include <array>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace kelisim::http {

class Content;

struct Header {
    std::string name;
    std::string value;
};

// Fields in the order in which they came; names compare without case (RFC 9110 5.1).
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<Header> fields);

    // How often the field came; a field that decides something must be refused when it came twice.
    std::size_t times(std::string_view name) const;
    // The value of a field that came exactly once; nothing when it is absent or came twice.
    std::optional<std::string_view> once(std::string_view name) const;
    // The first value; nothing when it is absent.
    std::optional<std::string_view> first(std::string_view name) const;

    // The values of all fields of this name as the one list that they are, apart by commas (RFC 9110 5.3).
    std::string list(std::string_view name) const;

    struct Field {
        std::string_view name;
        std::string_view value;
    };
    std::size_t size() const { return fields_.size(); }
    Field operator[](std::size_t index) const;

    void add(std::string_view name, std::string_view value);
    void clear();  // keeps its memory: a connection reads every request into the same object

private:
    struct Place {
        std::uint32_t begin;
        std::uint32_t name_bytes;
        std::uint32_t value_bytes;
    };
    std::string text_;  // all names and values, one after the other
    std::vector<Place> fields_;
};

// W3C Trace Context: who called, and this request's own span.
struct Trace {
    std::string trace_id;   // 32 hex digits, the caller's or new
    std::string parent_id;  // the caller's span, 16 hex digits; empty when this request began the trace
    std::string span_id;    // this request, 16 hex digits
    bool sampled = false;

    std::string traceparent() const;  // for a call made on behalf of this request
};

// Nothing unless the whole text is a valid version 00 value, or a later version that begins like one
// (Trace Context 3.2.2, 4.1). The span id is left empty.
std::optional<Trace> parse_traceparent(std::string_view text);

// A segment {name} of the pattern, decoded; or {name...}, the rest of the path as it came.
struct Parameter {
    std::string_view name;  // of the route table, which outlives the request
    std::string value;
};

// What the peer of a connection showed and proved to hold the key of, under the anchors of the listener.
struct PeerCertificate {
    std::string der;
    std::string issuer;  // DER of the one above it in the verified chain; empty: it is an anchor itself
    std::array<std::uint8_t, 32> sha256{};  // of the DER: RFC 8705 section 3.1
    std::string subject;                    // as RFC 4514 writes it, in UTF-8
    // Of the subjectAltName (RFC 5280 4.2.1.6); addresses as text.
    std::vector<std::string> dns, uris, addresses, emails;
};

struct Request {
    std::string method;  // case-sensitive (RFC 9110 9.1)
    std::string target;  // origin form, percent-encoded, begins with '/' (or is "*")
    Headers headers;
    std::string body;
    // Of a route that reads it as it comes; then `body` is empty. Of this request alone.
    Content* content = nullptr;
    std::vector<Parameter> parameters;
    std::string remote;  // address of the peer, without port
    // Null on a listener that asks for none.
    std::shared_ptr<const PeerCertificate> certificate = {};
    base::Time received{};
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();  // of the answer
    Trace trace;
    std::string id;  // told to the caller and the logs: trace id and span id

    std::string_view path() const;   // without the query
    std::string_view query() const;  // raw, without '?'; empty when there is none
    // Throws std::logic_error when the pattern has no such name: a mistake in the route table.
    std::string_view parameter(std::string_view name) const;
};

// A text known at compile time: it costs no copy and can hold nothing that came from outside.
class Literal {
public:
    consteval Literal(const char* text) : text_(text) {}  // NOLINT: meant to be implicit
    constexpr operator std::string_view() const { return text_; }
    constexpr bool empty() const { return text_.empty(); }

private:
    std::string_view text_;
};

struct Response {
    int status = 200;
    Literal content_type = "";  // left out when empty: then `headers` may carry one that is not a literal
    // The server adds Date, Content-Length, Connection and Request-Id and drops these from here.
    std::vector<Header> headers;
    std::string body;
    // In place of `body`: what is written as it comes. When it breaks off, so does the answer.
    std::shared_ptr<Content> content = {};
};

Response json_response(int status, const boost::json::value& body);  // application/json, Cache-Control: no-store
Response text_response(int status, std::string body);                // text/plain; charset=utf-8
Response empty_response(int status);

}  // namespace kelisim::http
