// SPDX-License-Identifier: Apache-2.0
#include "access/cabinet.hpp"

#include <algorithm>
#include <map>

#include "access/steering.hpp"

namespace kelisim::access {

using consent::AccessRequest;
using records::Subject;

namespace {

bool earlier(const std::optional<base::RawId>& before, const base::RawId& id) {
    return !before || id < *before;
}

// The uses of all consents as one list: each consent's is a list from its newest use back. A page reads what it shows, and
// for each list that begins after it at most use_stride rows for each kind of step.
class UseLists {
public:
    UseLists(store::ReadSession& session, const records::Uses& uses,
             const std::vector<records::PersonRows::UseList>& lists, const std::optional<base::RawId>& before)
        : session_(session), uses_(uses), before_(before) {
        for (const auto& list : lists) {
            if (const auto head = newest_of(list)) push(*head);
        }
    }

    bool empty() const { return heads_.empty(); }
    consent::Use take() {
        std::pop_heap(heads_.begin(), heads_.end());
        const consent::UseId id = heads_.back();
        heads_.pop_back();
        consent::Use taken = load(id);
        if (taken.previous) push(*taken.previous);
        return taken;
    }

private:
    consent::Use load(consent::UseId id) {
        auto found = uses_.find(session_, id);
        if (!found) throw records::Damaged("a use names one before it that is gone");
        return std::move(found->use);
    }
    void push(consent::UseId id) {
        heads_.push_back(id);
        std::push_heap(heads_.begin(), heads_.end());
    }

    // The newest that is earlier than `before_`: the widest steps first, each only to what is not.
    std::optional<consent::UseId> newest_of(const records::PersonRows::UseList& list) {
        std::optional<consent::UseId> next = list.newest;
        std::vector<std::optional<consent::UseId>> skips(list.marks.begin(), list.marks.end());
        for (std::size_t kind = skips.size(); kind-- > 0;) {
            while (kind < skips.size() && skips[kind] && !earlier(before_, *skips[kind])) {
                consent::Use at = load(*skips[kind]);
                next = at.previous;
                skips = std::move(at.skips);
            }
        }
        while (next && !earlier(before_, *next))
            next = load(*next).previous;
        return next;
    }

    store::ReadSession& session_;
    const records::Uses& uses_;
    const std::optional<base::RawId>& before_;
    std::vector<consent::UseId> heads_;
};

// `events`: oldest first.
std::vector<ConsentView::Receiver> receivers_of(std::vector<records::SecurityEvent> events) {
    std::map<std::string, ConsentView::Receiver> by_name;
    for (records::SecurityEvent& event : events) {
        ConsentView::Receiver& receiver = by_name[event.receiver];
        const bool confirmed = event.status == records::EventStatus::confirmed;
        if (!confirmed && !receiver.waiting_since) receiver.waiting_since = event.at;
        // Who knows the newest needs nothing older.
        if (confirmed) receiver.waiting_since.reset();
        receiver.newest = std::move(event);
    }
    std::vector<ConsentView::Receiver> receivers;
    for (auto& [name, receiver] : by_name)
        receivers.push_back(std::move(receiver));
    return receivers;
}

}  // namespace

consent::ConsentState state_at(const consent::Consent& consent, base::Time now) {
    return !consent::ended(consent) && now >= consent.expires ? consent::ConsentState::expired : consent.state;
}

std::optional<AccessRequest> Cabinet::request(store::ReadSession& session, const Subject& whose,
                                              consent::RequestId id) const {
    const auto state = parts_.records.requests.state(session, id);
    if (!state || state->subject != whose.id) return std::nullopt;
    return parts_.records.requests.find(session, id, whose.data_key);
}

Page<AccessRequest> Cabinet::requests(store::ReadSession& session, const Subject& whose,
                                      const PageWanted& wanted) const {
    std::vector<AccessRequest> found;
    for (const auto id : parts_.records.person_rows.requests(session, whose.id, wanted.before, wanted.max + 1)) {
        found.push_back(parts_.records.requests.find(session, id, whose.data_key).value());
    }
    return cut(std::move(found), wanted.max, [](const AccessRequest& request) { return request.id; });
}

std::vector<AccessRequest> Cabinet::waiting(store::ReadSession& session, const Subject& whose, base::Time now) const {
    std::vector<AccessRequest> found;
    for (const auto id : parts_.records.person_rows.open_requests(session, whose.id)) {
        auto request = parts_.records.requests.find(session, id, whose.data_key).value();
        if (now < request.expires) found.push_back(std::move(request));
    }
    return found;
}

std::optional<ConsentView> Cabinet::consent(store::ReadSession& session, const Subject& whose, consent::ConsentId id,
                                            base::Time now) const {
    const auto state = parts_.records.consents.state(session, id);
    if (!state || state->subject != whose.id) return std::nullopt;
    auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
    ConsentView view{.consent = std::move(found->consent),
                     .history = parts_.records.consent_events.all(session, id, whose.data_key),
                     .delete_by = {},
                     .deleted = {}};
    view.consent.state = state_at(view.consent, now);
    if (consent::ended(view.consent)) view.delete_by = storage_ends(view.consent);
    for (const auto& event : view.history) {
        if (event.kind == "consent.deletion_confirmed") view.deleted = event.at;
    }
    view.deletion_overdue = view.delete_by && now >= *view.delete_by && !view.deleted;
    if (!view.consent.terms.ground.empty())
        view.deferred = parts_.records.deferrals.of_request(session, view.consent.request);
    view.receivers = receivers_of(parts_.records.security_events.about(session, id));
    return view;
}

Page<ConsentView> Cabinet::consents(store::ReadSession& session, const Subject& whose, const PageWanted& wanted,
                                    base::Time now) const {
    const auto rows = parts_.records.person_rows.consents(session, whose.id, wanted.before, wanted.max + 1);
    Page<ConsentView> page;
    for (std::size_t i = 0; i < rows.size() && i < wanted.max; ++i) {
        page.items.push_back(consent(session, whose, rows[i].consent, now).value());
    }
    if (rows.size() > wanted.max) page.next = rows[wanted.max - 1].request;
    return page;
}

UseView Cabinet::view_of_look(store::ReadSession& session, const records::OwnLook& look) const {
    UseView view{
        .id = look.id, .state = look.state, .record = look.record, .consent = {}, .ground = {}, .question = {}};
    if (!look.record.by) return view;
    view.by = UseView::Looker{.representative = *look.record.by != look.subject, .name = {}};
    if (!view.by->representative) return view;
    if (const auto looker = parts_.records.subjects.find(session, *look.record.by)) {
        view.by->name = looker->person.surname + " " + looker->person.name;
    }
    return view;
}

Page<UseView> Cabinet::uses(store::ReadSession& session, const Subject& whose, const PageWanted& wanted) const {
    const records::Records& records = parts_.records;
    const std::size_t max = wanted.max + 1;
    std::vector<UseView> found;
    UseLists uses(session, records.uses, records.person_rows.use_lists(session, whose.id, wanted.before),
                  wanted.before);
    while (!uses.empty() && found.size() < max) {
        const consent::Use use = uses.take();
        auto record = records.uses.record(session, use.id);
        if (!record) throw records::Damaged("a use without its record of access");
        found.push_back({.id = use.id,
                         .state = use.state,
                         .record = std::move(*record),
                         .consent = use.consent,
                         .ground = {},
                         .question = {}});
    }
    for (records::UseRefusal& refusal : records.use_refusals.of(session, whose.id, wanted.before, max)) {
        const auto reasons = consent::use_reasons(refusal.record.refused_for);
        found.push_back({.id = refusal.id,
                         .state = consent::UseState::not_sent,
                         .record = std::move(refusal.record),
                         .consent = refusal.consent,
                         .ground = {},
                         .question = {},
                         .refused_for = reasons});
    }
    for (const records::OwnLook& look : records.own_looks.of(session, whose.id, wanted.before, max))
        found.push_back(view_of_look(session, look));
    std::sort(found.begin(), found.end(), [](const UseView& a, const UseView& b) { return b.id < a.id; });
    if (found.size() > max) found.resize(max);
    struct Basis {
        std::string ground;
        std::optional<records::Deferral> deferred;
    };
    std::map<base::RawId, Basis> bases;  // of the consents on this page
    for (UseView& view : found) {
        if (!view.consent) continue;
        const auto [at, first] = bases.try_emplace(*view.consent);
        Basis& basis = at->second;
        if (first) {
            const auto under = records.consents.find(session, *view.consent, records.subjects);
            basis.ground = under->consent.terms.ground;
            if (!basis.ground.empty()) basis.deferred = records.deferrals.of_request(session, under->consent.request);
        }
        view.ground = basis.ground;
        if (basis.deferred && view.id.time() < basis.deferred->disclosed) view.deferred = basis.deferred;
        view.question = records.use_questions.about(session, view.id);
    }
    return cut(std::move(found), wanted.max, [](const UseView& use) { return use.id; });
}

Page<records::UseQuestion> Cabinet::questions(store::ReadSession& session, const Subject& whose,
                                              const PageWanted& wanted) const {
    return cut(parts_.records.use_questions.of(session, whose.id, wanted.before, wanted.max + 1, whose.data_key),
               wanted.max, [](const records::UseQuestion& question) { return question.id; });
}

}  // namespace kelisim::access
