// SPDX-License-Identifier: Apache-2.0
#include "cabinet_json.hpp"

#include <boost/json/value_from.hpp>

namespace kelisim::api {

using boost::json::array;
using boost::json::object;
using boost::json::value;

namespace {

value name_json(const registry::Name* name) {
    return name == nullptr ? value(nullptr) : boost::json::value_from(*name);
}

// The name of the organisation that a system belongs to; null where the system is not known any more.
const registry::Name* organisation_of(const std::string& system_key, const registry::Registry& registry) {
    const registry::System* system = registry.system(system_key);
    const auto* organisation = system == nullptr ? nullptr : registry.organisation(system->organisation);
    return organisation == nullptr ? nullptr : &organisation->name;
}

object service_json(const std::string& key, const registry::Registry& registry) {
    const registry::IntegrationService* service = registry.service(key);
    return {{"key", key}, {"name", name_json(service == nullptr ? nullptr : &service->name)}};
}

object terms_json(const consent::Terms& terms, const registry::Registry& registry) {
    array services;
    for (const std::string& key : terms.services)
        services.push_back(service_json(key, registry));
    object body{{"organisation",
                 object{{"bin", terms.organisation}, {"name", boost::json::value_from(terms.organisation_name)}}},
                {"initiator", terms.initiator},
                {"channel", boost::json::value_from(terms.channel)},
                {"purpose", object{{"code", terms.purpose}, {"name", boost::json::value_from(terms.purpose_name)}}},
                {"services", std::move(services)},
                {"fields", boost::json::value_from(terms.fields)},
                {"acts", boost::json::value_from(terms.acts)},
                {"term", terms.term},
                {"uses_max", terms.uses_max}};
    if (terms.uses_per_day > 0) body["uses_per_day"] = terms.uses_per_day;
    if (!terms.storage.empty()) body["storage"] = terms.storage;
    if (!terms.ground.empty()) body["ground"] = terms.ground;
    return body;
}

// The person is told what happened and by whom in kind; times inside the details are stored in microseconds.
object event_json(std::size_t number, const records::ConsentEvents::Event& event) {
    object body{{"number", number}, {"at", base::to_iso8601(event.at)}, {"event", event.kind}};
    for (const auto& detail : event.details) {
        const bool is_time = detail.key() == "object_by" || detail.key() == "until";
        if (is_time) {
            body[detail.key()] = base::to_iso8601(base::from_micros(detail.value().as_int64()));
        } else {
            body[detail.key()] = detail.value();
        }
    }
    return body;
}

// 418-V ст.36(2): a ward sees, later too, that it was the representative who looked.
object looker_json(const access::UseView::Looker& by) {
    object body{
        {"role", by.representative ? "representative" : "self"},
        {"text", by.representative
                     ? object{{"kk", "Заңды өкіл"}, {"ru", "Законный представитель"}, {"en", "Legal representative"}}
                     : object{{"kk", "Өзіңіз"}, {"ru", "Вы сами"}, {"en", "Yourself"}}}};
    if (!by.name.empty()) body["name"] = by.name;
    return body;
}

}  // namespace

value time_json(const std::optional<base::Time>& time) {
    return time ? value(base::to_iso8601(*time)) : value(nullptr);
}

object request_json(const consent::AccessRequest& request, const registry::Registry& registry, base::Time now) {
    object body = terms_json(request.terms, registry);
    const bool over = consent::open(request) && now >= request.expires;
    const bool waits = consent::open(request) && !over;
    body["id"] = request.id.to_string();
    body["state"] = boost::json::value_from(over ? consent::RequestState::expired : request.state);
    body["asked_at"] = base::to_iso8601(request.created);
    body["answer_by"] = base::to_iso8601(request.expires);
    body["can_refuse"] = waits;
    // 418-V ст.19(2): the yes to a proactive service comes from the mobile device alone.
    body["can_grant"] = waits && request.terms.channel != registry::Channel::proactive;
    if (request.consent) body["consent"] = request.consent->to_string();
    return body;
}

namespace {

// Which law let the person be told of it later, and when they were.
object deferred_json(const records::Deferral& deferral) {
    return {{"id", deferral.id.to_string()},
            {"law", boost::json::value_from(deferral.law_name)},
            {"article", deferral.article},
            {"disclosed", time_json(deferral.disclosed)}};
}

object receiver_json(const access::ConsentView::Receiver& receiver, const consent::Consent& consent,
                     const registry::Registry& registry) {
    const records::SecurityEvent& event = receiver.newest;
    const registry::System* system = registry.system(event.receiver);
    const registry::Organisation* organisation =
        system == nullptr ? nullptr : registry.organisation(system->organisation);
    const bool confirmed = event.status == records::EventStatus::confirmed;
    return {{"system", event.receiver},
            {"organisation", name_json(organisation == nullptr ? nullptr : &organisation->name)},
            {"role", event.receiver == consent.terms.initiator ? "initiator" : "owner"},
            {"event", event.change},
            {"state", boost::json::value_from(event.status)},
            {"told_at", time_json(event.told)},
            {"confirmed_at", confirmed ? time_json(event.ended) : value(nullptr)},
            {"waiting_since", time_json(receiver.waiting_since)}};
}

}  // namespace

object consent_json(const access::ConsentView& view, const registry::Registry& registry) {
    const consent::Consent& consent = view.consent;
    object body = terms_json(consent.terms, registry);
    array history{object{{"number", 0},
                         {"at", base::to_iso8601(consent.granted)},
                         {"event", "consent.granted"},
                         {"means", boost::json::value_from(consent.means)}}};
    for (std::size_t i = 0; i < view.history.size(); ++i)
        history.push_back(event_json(i + 1, view.history[i]));
    body["id"] = consent.id.to_string();
    body["request"] = consent.request.to_string();
    body["state"] = boost::json::value_from(consent.state);
    body["version"] = consent.version;
    body["granted_at"] = base::to_iso8601(consent.granted);
    body["expires"] = base::to_iso8601(consent.expires);
    body["uses"] = consent.uses;
    body["uses_left"] = consent::ended(consent) ? 0 : consent.terms.uses_max - consent.uses;
    body["delete_by"] = time_json(view.delete_by);
    body["deleted_at"] = time_json(view.deleted);
    body["history"] = std::move(history);
    body["deletion_overdue"] = view.deletion_overdue;
    array receivers;
    for (const access::ConsentView::Receiver& receiver : view.receivers)
        receivers.push_back(receiver_json(receiver, consent, registry));
    body["receivers"] = std::move(receivers);
    if (view.deferred) body["deferred"] = deferred_json(*view.deferred);
    return body;
}

object use_json(const access::UseView& view, const registry::Registry& registry) {
    const records::AccessRecord& record = view.record;
    object body{{"id", view.id.to_string()},
                {"at", base::to_iso8601(view.id.time())},
                {"state", view.refused_for.empty() ? boost::json::value_from(view.state) : value("refused")},
                {"receiver", record.receiver},
                {"organisation", name_json(organisation_of(record.receiver, registry))},
                {"service", service_json(record.service, registry)},
                {"purpose", record.purpose},
                {"fields", boost::json::value_from(record.fields)},
                {"acts", boost::json::value_from(record.acts)},
                {"basis", !view.consent         ? "own"
                          : view.ground.empty() ? "consent"
                                                : "ground"}};
    if (view.consent) body["consent"] = view.consent->to_string();
    if (!view.ground.empty()) body["ground"] = view.ground;
    if (view.question) body["question"] = view.question->to_string();
    if (view.by) body["by"] = looker_json(*view.by);
    if (view.deferred) body["deferred"] = deferred_json(*view.deferred);
    return body;
}

object question_frame_json(const records::UseQuestion& question, base::Time now) {
    const base::Time seen_at = question.answered.value_or(now);
    return {{"id", question.id.to_string()},
            {"use", question.use.to_string()},
            {"initiator", question.initiator},
            {"asked_at", base::to_iso8601(question.asked)},
            {"due", time_json(question.due)},
            {"overdue", question.due && seen_at >= *question.due},
            {"answered_at", time_json(question.answered)}};
}

object question_json(const records::UseQuestion& question, base::Time now) {
    object body = question_frame_json(question, now);
    body["text"] = question.question;
    if (question.answered) body["answer"] = question.answer;
    return body;
}

object change_json(const records::DataChange& change, const registry::Registry& registry) {
    object body{{"id", change.id.to_string()},
                {"reported_at", base::to_iso8601(change.id.time())},
                {"at", base::to_iso8601(change.at)},
                {"kind", boost::json::value_from(change.kind)},
                {"owner", change.owner},
                {"organisation", name_json(organisation_of(change.owner, registry))},
                {"service", service_json(change.service, registry)},
                {"fields", boost::json::value_from(change.fields)}};
    if (!change.reason.empty()) body["reason"] = change.reason;
    return body;
}

object look_json(const records::OfficialLook& look, const registry::Registry& registry) {
    const registry::Organisation* organisation = registry.organisation(look.organisation);
    return {{"id", look.id.to_string()},
            {"at", base::to_iso8601(look.id.time())},
            {"organisation", object{{"bin", look.organisation},
                                    {"name", name_json(organisation == nullptr ? nullptr : &organisation->name)}}},
            {"reason", look.reason}};
}

}  // namespace kelisim::api
