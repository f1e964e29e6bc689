// SPDX-License-Identifier: Apache-2.0
// Business documents in `data` of a message of ШЭП: how a registry reads what is asked, and the shape that answers have
// (wire.md B5).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/iin.hpp"
#include "base/zone.hpp"
#include "owner/service.hpp"
#include "soap/business_data.hpp"
#include "soap/shep.hpp"

namespace kelisim::owner {

// The fields of a request, in its namespace or none. A name that decides and stands in the document twice, however deep and in
// whichever namespace, is refused: another reader could take the other one.
class Fields {
public:
    Fields(const soap::BusinessData& data, std::string_view ns);

    // Trimmed; empty: not there, or a defect.
    std::string text(std::string_view name, std::size_t bytes_max);
    std::string required(std::string_view name);
    std::optional<base::Iin> iin(std::string_view name);
    ShownToken token(std::string_view token_name, std::string_view key_name);
    // From now on the fields of this one. False where there is none.
    bool enter(std::string_view name);
    // Each of a repeated element below this one has fields of its own; the same name nowhere else.
    std::vector<ShownToken> tokens(std::string_view name, std::string_view token_name, std::string_view key_name,
                                   std::size_t most);

    std::string wrong(const base::Reason& reason, std::string_view name);
    std::vector<soap::Defect>& defects() { return defects_; }

private:
    std::optional<xml::Element> one(std::string_view name);
    std::vector<xml::Element> named(std::string_view name) const;
    bool is_own(xml::Element field, std::string_view name);
    std::string value(xml::Element field, std::string_view name, std::size_t bytes_max);
    ShownToken shown(xml::Element in, std::string_view token_name, std::string_view key_name);

    std::string_view ns_;
    xml::Element parent_;
    std::vector<xml::Element> all_;
    std::vector<soap::Defect> defects_;
};

// Of one person alone: the other fields by which a registry could be searched are passed over, as the token names whose data may
// be given.
struct PersonRequest {
    std::string message_id;
    std::string sender_code;  // may be empty
    base::Iin iin;
    ShownToken shown;
};
// Its defects are in `fields`; what is returned counts where there are none.
PersonRequest read_person_request(Fields& fields);

struct Response {
    std::string_view ns;
    std::string_view registry_key, registry_ru, registry_kk;  // who answers
    std::string_view message_id;
    base::Time date;
    std::string_view request_id;  // PersonRequest::message_id
    std::string_view receiver;    // who asked
    // Why nothing is given; null: it is.
    const base::Refusal* refused = nullptr;
    std::string content;  // elements behind all this
};
// A document of its own, with the children in the order of the schema of GBD FL.
std::string to_xml(const Response& response, const base::Zone& zone);

std::string element(std::string_view name, std::string_view content);
std::string leaf(std::string_view name, std::string_view text);
// By the names of the members; those that are null are left out.
std::string content_of(const boost::json::object& record);
// Every dictionary value of the schema has these.
std::string entry(std::string_view name, std::string_view code, std::string_view ru, std::string_view kk);
// One code, the first; all reasons in words. Null: it went well.
std::string result_of(std::string_view name, const base::Refusal* refused);

}  // namespace kelisim::owner
