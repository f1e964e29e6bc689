// SPDX-License-Identifier: Apache-2.0
// The business documents of GBD FL in `data` of a message of ШЭП: what is asked, and what is answered (wire.md B5).
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/iin.hpp"
#include "base/zone.hpp"
#include "soap/business_data.hpp"
#include "soap/shep.hpp"

namespace kelisim::gbdfl {

inline constexpr std::string_view message_namespace = "http://message.persistence.interactive.nat";

// Of the person alone: the other fields by which a registry could be searched are passed over, as the token names whose data
// may be given.
struct PersonRequest {
    std::string message_id;
    std::string sender_code;  // may be empty
    base::Iin iin;
    base::Secret<std::string> token;  // empty: none was sent; white space is left out
    std::string public_key;           // empty: none was sent
};
// Refused with the reasons of messages (soap/shep.hpp) and of an IIN. A name that stands in the document twice, however deep and
// in whichever namespace, is refused: another reader could take the other one.
soap::Read<PersonRequest> read_person_request(const soap::BusinessData& data);

struct PersonResponse {
    std::string message_id;
    base::Time date;
    std::string request_id;  // PersonRequest::message_id
    std::string receiver;    // who asked
    // Why nothing is given; null: it is.
    const base::Refusal* refused = nullptr;
    // By the names of the fields; null when refused. Members that are null are left out.
    const boost::json::object* person = nullptr;
};
// A document of its own, with the children in the order of the schema.
std::string to_xml(const PersonResponse& response, const base::Zone& zone);

}  // namespace kelisim::gbdfl
