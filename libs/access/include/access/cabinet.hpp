// SPDX-License-Identifier: Apache-2.0
// What a person sees: requests, consents with their history, and every use of their data on any basis, newest first
// (418-V ст.36(4)). Pages run from the newest back, so that what arrives meanwhile moves nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/parts.hpp"
#include "consent/use.hpp"

namespace kelisim::access {

template <class Item>
struct Page {
    std::vector<Item> items;
    std::optional<base::RawId> next;  // where the next page begins; nothing at the end
};

// Of items newest first, read one beyond what was wanted: that there is one more tells that there is a next page.
template <class Item, class IdOf>
Page<Item> cut(std::vector<Item> items, std::size_t max, IdOf id_of) {
    Page<Item> page{.items = std::move(items), .next = {}};
    if (page.items.size() <= max) return page;
    page.items.resize(max);
    page.next = id_of(page.items.back());
    return page;
}

struct PageWanted {
    std::optional<base::RawId> before;
    std::size_t max = 0;
};

struct ConsentView {
    consent::Consent consent;
    std::vector<records::ConsentEvents::Event> history;  // after the grant, oldest first
    std::optional<base::Time> delete_by;                 // once it has ended: when the receiver has to have deleted
    std::optional<base::Time> deleted;                   // as the receiver confirmed
    bool deletion_overdue = false;                       // and has not, though it had to
    // The newest change that each who holds the consent was to be told of (access/security_events.hpp), and since when it
    // has not confirmed one.
    struct Receiver {
        records::SecurityEvent newest;
        std::optional<base::Time> waiting_since = {};
    };
    std::vector<Receiver> receivers = {};
    std::optional<records::Deferral> deferred = {};  // the law let the person be told of it later
};

struct UseView {
    consent::UseId id;
    consent::UseState state{};
    records::AccessRecord record;
    std::optional<consent::ConsentId> consent;  // nothing for a look at one's own data
    std::string ground;                         // of art. 9 of Law 94-V; empty: the person's consent
    std::optional<records::QuestionId> question;
    // Of a look through the cabinet. A ward who is of age later sees that, and who, it was.
    struct Looker {
        bool representative = false;
        std::string name;  // empty for oneself, and when that person's data were erased since
    };
    std::optional<Looker> by = {};
    std::vector<const base::Reason*> refused_for = {};  // of a call that was refused: nothing was sent
    std::optional<records::Deferral> deferred = {};     // as of its consent, where it was used before the disclosure
};

// The state that the clock tells, before the timer has run.
consent::ConsentState state_at(const consent::Consent& consent, base::Time now);

// Thread-safe; reads only. `whose`: whom the caller may look at.
class Cabinet {
public:
    explicit Cabinet(const Parts& parts) : parts_(parts) {}

    Page<consent::AccessRequest> requests(store::ReadSession& session, const records::Subject& whose,
                                          const PageWanted& wanted) const;
    // Those that wait for an answer and can still be answered.
    std::vector<consent::AccessRequest> waiting(store::ReadSession& session, const records::Subject& whose,
                                                base::Time now) const;
    std::optional<consent::AccessRequest> request(store::ReadSession& session, const records::Subject& whose,
                                                  consent::RequestId id) const;
    Page<ConsentView> consents(store::ReadSession& session, const records::Subject& whose, const PageWanted& wanted,
                               base::Time now) const;
    std::optional<ConsentView> consent(store::ReadSession& session, const records::Subject& whose,
                                       consent::ConsentId id, base::Time now) const;
    Page<UseView> uses(store::ReadSession& session, const records::Subject& whose, const PageWanted& wanted) const;
    Page<records::UseQuestion> questions(store::ReadSession& session, const records::Subject& whose,
                                         const PageWanted& wanted) const;

private:
    UseView view_of_look(store::ReadSession& session, const records::OwnLook& look) const;

    Parts parts_;
};

}  // namespace kelisim::access
