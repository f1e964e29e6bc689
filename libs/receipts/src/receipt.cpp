// SPDX-License-Identifier: Apache-2.0
#include "receipts/receipt.hpp"

#include <boost/json/array.hpp>

namespace kelisim::receipts {

using boost::json::array;
using boost::json::object;

namespace {

object context() {
    return {{"dpv", "https://w3id.org/dpv#"}, {"dct", "http://purl.org/dc/terms/"}, {"kelisim", "urn:kelisim:terms:"}};
}

std::string urn(const base::RawId& id) {
    return "urn:uuid:" + id.to_string();
}

array texts(const std::vector<std::string>& all) {
    array list;
    for (const std::string& text : all)
        list.emplace_back(text);
    return list;
}

array in_languages(const registry::Name& name) {
    return {object{{"@language", "kk"}, {"@value", name.kk}}, object{{"@language", "ru"}, {"@value", name.ru}}};
}

// What 94-V art. 8 wants a consent to hold: who, for what, which data, which acts, how long.
object process(const consent::Terms& terms) {
    const bool consented = terms.ground.empty();
    object basis{{"@type", consented ? "dpv:Consent" : "dpv:LegalObligation"}};
    if (!consented) basis["dct:identifier"] = terms.ground;
    object process{
        {"@type", "dpv:Process"},
        {"dpv:hasPurpose", object{{"dct:identifier", terms.purpose}, {"dct:title", in_languages(terms.purpose_name)}}},
        {"dpv:hasPersonalData", texts(terms.fields)},
        {"dpv:hasDataSource", texts(terms.services)},
        {"dpv:hasProcessing", texts(terms.acts)},
        {"dpv:hasLegalBasis", std::move(basis)},
        {"dpv:hasRecipient", terms.initiator},
        {"dpv:hasFrequency", object{{"kelisim:usesMax", terms.uses_max}, {"kelisim:usesPerDay", terms.uses_per_day}}},
        {"dpv:hasDuration", terms.term},
        {"kelisim:connection", terms.connection}};
    if (!terms.storage.empty()) process["dpv:hasStorageCondition"] = object{{"dpv:hasDuration", terms.storage}};
    return process;
}

object controller(const consent::Terms& terms) {
    return {{"@type", "dpv:DataController"},
            {"dct:identifier", "BIN " + terms.organisation},
            {"dpv:hasName", in_languages(terms.organisation_name)}};
}

struct Told {
    std::string_view status;  // of DPV
    base::Time at;            // of the event
    std::string_view event;
};

object receipt(const Of& of, const consent::Terms& terms, const std::string& id, object record, const Told& told) {
    record["@type"] = "dpv:ConsentRecord";
    record["dpv:hasDataSubject"] =
        object{{"@type", "dpv:DataSubject"}, {"dct:identifier", "IIN " + std::string(of.subject.reveal())}};
    record["dpv:hasDataController"] = controller(terms);
    record["dpv:hasProcess"] = array{process(terms)};
    record["dpv:hasConsentStatus"] = object{
        {"@type", told.status}, {"dpv:isIndicatedAtTime", base::to_iso8601(told.at)}, {"kelisim:event", told.event}};
    return {{"@context", context()},         {"@id", id},
            {"@type", "dpv:ConsentReceipt"}, {"dct:conformsTo", "ISO/IEC TS 27560:2023"},
            {"dct:publisher", of.issuer},    {"dct:issued", base::to_iso8601(told.at)},
            {"dpv:hasJurisdiction", "KZ"},   {"dpv:hasRecord", std::move(record)}};
}

std::optional<std::string_view> status_of(consent::RequestState state) {
    using enum consent::RequestState;
    switch (state) {
        case recorded:
        case asked:
            return std::nullopt;
        case granted:
            return "dpv:ConsentGiven";
        case refused:
            return "dpv:ConsentRefused";
        default:
            return "dpv:ConsentRequestDeferred";  // "deferred without a decision"
    }
}

std::string_view status_after(std::string_view event) {
    if (event == "consent.withdrawn") return "dpv:ConsentWithdrawn";
    if (event == "consent.invalidated") return "dpv:ConsentInvalidated";
    if (event == "consent.expired") return "dpv:ConsentExpired";
    if (event == "consent.restored" || event == "consent.extended") return "dpv:RenewedConsentGiven";
    if (event == "consent.paused" || event == "consent.exhausted") return "dpv:ConsentStatusInvalidForProcessing";
    return "dpv:ConsentGiven";
}

// A confirmed deletion changes nothing about how the consent ended.
std::string_view status_at(const std::vector<Event>& events, std::size_t number) {
    while (number > 0 && events[number - 1].kind == "consent.deletion_confirmed")
        --number;
    return number == 0 ? "dpv:ConsentGiven" : status_after(events[number - 1].kind);
}

}  // namespace

std::optional<object> of_request(const Of& of, const consent::AccessRequest& request) {
    const auto status = status_of(request.state);
    if (!status) return std::nullopt;
    // The row keeps no time of the answer; a receipt tells the times that are certain: from when, and until when.
    object record{{"dct:identifier", urn(request.id)},
                  {"dct:created", base::to_iso8601(request.created)},
                  {"dct:valid", base::to_iso8601(request.expires)}};
    if (request.consent) record["dct:isReferencedBy"] = urn(*request.consent);
    const std::string name = std::string("request.") + boost::describe::enum_to_string(request.state, "ended");
    return receipt(of, request.terms, urn(request.id) + "#receipt", std::move(record),
                   {.status = *status, .at = request.created, .event = name});
}

std::optional<object> of_consent(const Of& of, const consent::Consent& consent, const std::vector<Event>& events,
                                 std::size_t number) {
    if (number > events.size()) return std::nullopt;
    const base::Time at = number == 0 ? consent.granted : events[number - 1].at;
    array history{object{{"kelisim:event", "consent.granted"}, {"dct:date", base::to_iso8601(consent.granted)}}};
    for (std::size_t i = 0; i < number; ++i) {
        history.push_back(object{{"kelisim:event", events[i].kind}, {"dct:date", base::to_iso8601(events[i].at)}});
    }
    object record{{"dct:identifier", urn(consent.id)},
                  {"dct:created", base::to_iso8601(consent.granted)},
                  {"dct:references", urn(consent.request)},
                  {"dpv:hasIndicationMethod", boost::describe::enum_to_string(consent.means, "")},
                  {"kelisim:history", std::move(history)}};
    return receipt(
        of, consent.terms, urn(consent.id) + "#receipt-" + std::to_string(number), std::move(record),
        {.status = status_at(events, number),
         .at = at,
         .event = number == 0 ? std::string_view("consent.granted") : std::string_view(events[number - 1].kind)});
}

}  // namespace kelisim::receipts
