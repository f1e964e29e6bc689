// SPDX-License-Identifier: Apache-2.0
// What all messages of ШЭП share (wire.md A1 to A3, A8): read tolerantly, written strictly. Elements go by their local name in
// any order, with the namespace of their message or none; what is there and empty is absent; elements that nobody knows are
// passed over. Written is the order of the schema, every value escaped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/zone.hpp"
#include "soap/business_data.hpp"
#include "xml/element.hpp"

namespace kelisim::soap {

extern const base::Reason shep_body_empty;         // nothing in the body
extern const base::Reason shep_body_more;          // more than one message, or text beside it
extern const base::Reason shep_operation_unknown;  // the message is none that this reader takes
extern const base::Reason shep_namespace;          // a known name in a namespace that is not the message's
extern const base::Reason shep_request_missing;
extern const base::Reason shep_request_twice;
extern const base::Reason shep_info_missing;  // requestInfo, messageInfo
extern const base::Reason shep_message_id_missing;
extern const base::Reason shep_correlation_id_missing;
extern const base::Reason shep_service_id_missing;
extern const base::Reason shep_sender_missing;
extern const base::Reason shep_message_date_missing;
extern const base::Reason shep_date_malformed;
extern const base::Reason shep_session_id_malformed;
extern const base::Reason shep_data_missing;  // requestData, messageData, responseData
extern const base::Reason shep_data_twice;
extern const base::Reason shep_field_missing;  // any other
extern const base::Reason shep_field_twice;
extern const base::Reason shep_field_too_long;
extern const base::Reason shep_field_not_text;  // elements where a text belongs
extern const base::Reason shep_value_unknown;   // none of the words, no number, no truth value
extern const base::Reason shep_too_many;        // of what may be repeated

// One thing wrong with a message. `where` is a path of names that we know, "requestInfo/messageId": it holds nothing that the
// sender wrote.
struct Defect {
    const base::Reason* reason;
    std::string where;
};

// Everything that is wrong with a message. Never empty.
class Defects {
public:
    // Boost.System asks for it where error() is called on a success: a mistake of ours, so it throws logic_error.
    Defects();
    explicit Defects(std::vector<Defect> all);
    Defects(const base::Reason& reason, std::string where) : all_{{&reason, std::move(where)}} {}

    const std::vector<Defect>& all() const { return all_; }
    bool has(const base::Reason& reason) const;
    base::Refusal refusal() const;  // each reason once
    std::string in_words() const;   // "requestInfo/messageId: shep_message_id_missing; ...", for errorData of a fault

private:
    std::vector<Defect> all_;
};
[[noreturn]] void throw_exception_from_error(const Defects& defects, const boost::source_location& where);

template <class T>
using Read = boost::system::result<T, Defects>;

// `guid` of the schema: a UUID, written with braces; clients leave them out.
class SessionId {
public:
    static std::optional<SessionId> parse(std::string_view text);
    const std::string& bare() const { return text_; }  // lower case
    std::string braced() const { return "{" + text_ + "}"; }
    bool operator==(const SessionId&) const = default;

private:
    explicit SessionId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// In the structures below an empty string is an element that is absent.

struct Sender {
    std::string id;
    base::Secret<std::string> password = {};
};

struct Property {
    std::string key;    // at most 30 characters
    std::string value;  // at most 500
    bool operator==(const Property&) const = default;
};

// A date as clients write it: xsd:dateTime with any fraction, xsd:date; without an offset it is one of `zone`. A date alone is
// its first instant. Nothing for any other text.
std::optional<base::Time> parse_wire_time(std::string_view text, const base::Zone& zone);
// "2026-01-15T10:00:01.000+05:00"
std::string to_wire_time(base::Time t, const base::Zone& zone);

}  // namespace kelisim::soap
