// SPDX-License-Identifier: Apache-2.0
#include "receipts/receipt.hpp"

#include <boost/json/array.hpp>

#include "base/limits.hpp"
#include "json/json.hpp"
#include "members.hpp"
#include "registry/data_names.hpp"
#include "registry/grounds.hpp"

namespace kelisim::receipts {

using boost::json::array;
using boost::json::object;

namespace {

constexpr std::string_view consent_granted = "consent.granted";

object context() {
    return {{"dpv", "https://w3id.org/dpv#"}, {"dct", "http://purl.org/dc/terms/"}, {"kelisim", "urn:kelisim:terms:"}};
}

std::string urn(const base::RawId& id) {
    return "urn:uuid:" + id.to_string();
}

array in_languages(const registry::Name& name) {
    return {object{{"@language", "kk"}, {"@value", name.kk}}, object{{"@language", "ru"}, {"@value", name.ru}}};
}

object named(std::string_view code, const registry::Name& name) {
    return {{"dct:identifier", code}, {"dct:title", in_languages(name)}};
}

array named_all(const std::vector<std::string>& codes, registry::Name (*name_of)(std::string_view)) {
    array list;
    for (const std::string& code : codes)
        list.push_back(named(code, name_of(code)));
    return list;
}

object service(const std::string& key, const registry::Registry& registry) {
    const registry::IntegrationService* found = registry.service(key);
    return named(key, found == nullptr ? registry::Name{key, key} : found->name);
}

// 94-V art. 9: where the law stands in for the person, the receipt says so and does not call it a consent.
object basis(const std::string& ground) {
    if (ground.empty()) return {{"@type", "dpv:Consent"}};
    object basis = named(ground, registry::name_of_ground(ground));
    basis["@type"] = "dpv:LegalObligation";
    return basis;
}

// What 94-V art. 8 wants a consent to hold: who, for what, which data, which acts, how long.
object process(const consent::Terms& terms, const registry::Registry& registry) {
    array services;
    for (const std::string& key : terms.services)
        services.push_back(service(key, registry));
    object process{
        {"@type", "dpv:Process"},
        {"dpv:hasPurpose", named(terms.purpose, terms.purpose_name)},
        {"dpv:hasPersonalData", named_all(terms.fields, registry::name_of_field)},
        {"dpv:hasDataSource", std::move(services)},
        {"dpv:hasProcessing", named_all(terms.acts, registry::name_of_act)},
        {"dpv:hasLegalBasis", basis(terms.ground)},
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

// ISO/IEC TS 27560 leaves open where a receipt is proven; what the ledger holds is salted, so the salt comes along.
object entry_of(const Opened& entry) {
    return {{"@type", "kelisim:LedgerEntry"},
            {"kelisim:log", entry.log},
            {"kelisim:salt", base::to_base64url(entry.salt)},
            {"kelisim:fact", entry.fact},
            {"kelisim:commitment", base::to_base64url(ledger::commitment(entry.salt, base::as_bytes(entry.fact)))},
            {"kelisim:includedBy", base::to_iso8601(entry.at + base::limits::ledger_promise)}};
}

struct Told {
    std::string_view status;  // of DPV
    base::Time at;            // of the event, where no entry knows it
    std::string_view event;
    std::string_view type = "dpv:ConsentReceipt";
};

array in_all_languages(const object& receipt, const Of& of) {
    using base::Language;
    std::vector<Language> order{of.language};
    for (const Language language : {Language::kk, Language::ru, Language::en}) {
        if (language != of.language) order.push_back(language);
    }
    array texts;
    for (const Language language : order) {
        texts.push_back(
            object{{"@language", base::to_string(language)}, {"@value", in_words(receipt, language, of.zone)}});
    }
    return texts;
}

object receipt(const Of& of, const std::string& id, object record, const Told& told) {
    const std::string at = base::to_iso8601(of.entry ? of.entry->at : told.at);
    record["dpv:hasDataSubject"] =
        object{{"@type", "dpv:DataSubject"}, {"dct:identifier", "IIN " + std::string(of.subject.reveal())}};
    record[told.event.starts_with("request.") || told.event.starts_with("consent.") ? "dpv:hasConsentStatus"
                                                                                    : "dpv:hasActivityStatus"] =
        object{{"@type", told.status}, {"dpv:isIndicatedAtTime", at}, {"kelisim:event", told.event}};
    object whole{{"@context", context()},
                 {"@id", id},
                 {"@type", told.type},
                 {"dct:conformsTo", "ISO/IEC TS 27560:2023"},
                 {"dct:publisher", of.issuer},
                 {"dct:issued", at},
                 {"dpv:hasJurisdiction", "KZ"},
                 {"dct:language", base::to_string(of.language)},
                 {"dpv:hasRecord", std::move(record)}};
    if (of.entry) whole["kelisim:entry"] = entry_of(*of.entry);
    whole["dct:description"] = in_all_languages(whole, of);
    return whole;
}

object consent_record(const consent::Terms& terms, const registry::Registry& registry) {
    return {{"@type", "dpv:ConsentRecord"},
            {"dpv:hasDataController", controller(terms)},
            {"dpv:hasProcess", array{process(terms, registry)}}};
}

// By whom: 418-V ст.36(2), the legal representative of a child or of an incapable person.
void note_decider(object& record, consent::SubjectId subject, consent::SubjectId decider) {
    record["kelisim:decider"] = decider == subject ? "self" : "representative";
}

std::optional<std::string_view> status_of(const consent::AccessRequest& request) {
    using enum consent::RequestState;
    switch (request.state) {
        case recorded:
        case asked:
            return std::nullopt;
        case granted:
            return request.terms.ground.empty() ? "dpv:ConsentGiven" : "kelisim:PermittedByLaw";
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
std::string_view status_at(const consent::Consent& consent, const std::vector<Event>& events, std::size_t number) {
    while (number > 0 && events[number - 1].kind == "consent.deletion_confirmed")
        --number;
    const std::string_view status = number == 0 ? "dpv:ConsentGiven" : status_after(events[number - 1].kind);
    if (consent.terms.ground.empty()) return status;
    return status == "dpv:ConsentGiven" ? "kelisim:PermittedByLaw" : "kelisim:PermissionByLawEnded";
}

// DPV: ActivityNotCompleted "could not be completed, but has reached some end state"; whether the owner acted can stay
// unknown, and then none of the more exact terms is true.
std::string_view status_of_use(std::string_view event) {
    if (event == "use.reserved" || event == "own_look.reserved") return "dpv:ActivityOngoing";
    if (event == "use.delivered") return "dpv:ActivityCompleted";
    if (event == "use.not_sent" || event == "use.refused") return "dpv:ActivityNotCompleted";
    return "dpv:ActivityStatus";
}

object process_of(const Use& use, const registry::Registry& registry) {
    object process{{"@type", "dpv:Process"},
                   {"dpv:hasPersonalData", named_all(use.fields, registry::name_of_field)},
                   {"dpv:hasDataSource", array{service(use.service, registry)}},
                   {"dpv:hasProcessing", named_all(use.acts, registry::name_of_act)},
                   {"dpv:hasRecipient", use.receiver}};
    if (use.consent == nullptr) {
        // 418-V ст.16-18: the person's own access needs nobody's consent.
        process["dpv:hasLegalBasis"] = object{{"@type", "dpv:LegalBasis"}, {"dct:identifier", "418-V:16"}};
        return process;
    }
    const consent::Terms& terms = use.consent->terms;
    process["dpv:hasPurpose"] = named(terms.purpose, terms.purpose_name);
    process["dpv:hasLegalBasis"] = basis(terms.ground);
    return process;
}

array reasons_of(const std::vector<const base::Reason*>& reasons) {
    array list;
    for (const base::Reason* reason : reasons) {
        list.push_back(object{{"dct:identifier", reason->code},
                              {"dct:description", array{object{{"@language", "kk"}, {"@value", reason->text.kk}},
                                                        object{{"@language", "ru"}, {"@value", reason->text.ru}},
                                                        object{{"@language", "en"}, {"@value", reason->text.en}}}}});
    }
    return list;
}

}  // namespace

std::optional<Opened> open(std::string log, const ledger::Salt& salt, std::string fact) {
    const auto parsed = json::parse(fact, {});
    const object* members = parsed.has_value() ? parsed->if_object() : nullptr;
    if (members == nullptr) return std::nullopt;
    const auto at = base::parse_time(text_at(*members, {"at"}));
    const auto ends = base::parse_time(text_at(*members, {"expires"}));
    if (at.has_error()) return std::nullopt;
    return Opened{.log = std::move(log),
                  .salt = salt,
                  .fact = std::move(fact),
                  .at = *at,
                  .ends = ends.has_value() ? std::optional(*ends) : std::nullopt};
}

std::optional<object> of_request(const Of& of, const consent::AccessRequest& request) {
    const auto status = status_of(request);
    if (!status) return std::nullopt;
    object record = consent_record(request.terms, of.registry);
    record["dct:identifier"] = urn(request.id);
    record["dct:created"] = base::to_iso8601(request.created);
    record["dct:valid"] = base::to_iso8601(request.expires);
    note_decider(record, request.subject, request.asked_of);
    if (request.consent) record["dct:isReferencedBy"] = urn(*request.consent);
    const std::string event = std::string("request.") + boost::describe::enum_to_string(request.state, "ended");
    return receipt(of, urn(request.id) + "#receipt", std::move(record),
                   {.status = *status, .at = request.created, .event = event});
}

std::optional<object> of_consent(const Of& of, const consent::Consent& consent, const std::vector<Event>& events,
                                 std::size_t number) {
    if (number > events.size()) return std::nullopt;
    const base::Time at = number == 0 ? consent.granted : events[number - 1].at;
    array history{object{{"kelisim:event", consent_granted}, {"dct:date", base::to_iso8601(consent.granted)}}};
    for (std::size_t i = 0; i < number; ++i) {
        history.push_back(object{{"kelisim:event", events[i].kind}, {"dct:date", base::to_iso8601(events[i].at)}});
    }
    object record = consent_record(consent.terms, of.registry);
    record["dct:identifier"] = urn(consent.id);
    record["dct:created"] = base::to_iso8601(consent.granted);
    record["dct:references"] = urn(consent.request);
    // As it was then: an extension or a later version has moved the end since.
    if (of.entry && of.entry->ends) record["dct:valid"] = base::to_iso8601(*of.entry->ends);
    record["dpv:hasIndicationMethod"] = boost::describe::enum_to_string(consent.means, "");
    record["kelisim:history"] = std::move(history);
    note_decider(record, consent.subject, consent.decided_by);
    return receipt(of, urn(consent.id) + "#receipt-" + std::to_string(number), std::move(record),
                   {.status = status_at(consent, events, number),
                    .at = at,
                    .event = number == 0 ? consent_granted : std::string_view(events[number - 1].kind)});
}

object of_use(const Of& of, const Use& use) {
    object record{{"@type", "dpv:DataProcessingRecord"},
                  {"dct:identifier", urn(use.id)},
                  {"dct:created", base::to_iso8601(use.at)},
                  {"dpv:hasProcess", array{process_of(use, of.registry)}}};
    if (use.consent != nullptr) {
        record["dct:references"] = urn(use.consent->id);
        record["dpv:hasDataController"] = controller(use.consent->terms);
    }
    if (!use.refused_for.empty()) record["kelisim:refusedFor"] = reasons_of(use.refused_for);
    return receipt(
        of, urn(use.id) + "#receipt-" + use.event, std::move(record),
        {.status = status_of_use(use.event), .at = use.at, .event = use.event, .type = "kelisim:UseReceipt"});
}

}  // namespace kelisim::receipts
