// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "records/subjects.hpp"
#include "registry/entries.hpp"

namespace kelisim::records {

// Which disclosure it was that ended a deferral. Stored by number.
enum class Disclosure { due, asker, authorized_body };
BOOST_DESCRIBE_ENUM(Disclosure, due, asker, authorized_body)

// What the person is told of later (418-V ст.36(4)): one request on a ground, its consent and everything under it. Until then all of it
// stands under a subject of its own, so that no reader of the person's rows can meet it, and its journal entries form a chain
// of their own in the ledger.
struct Deferral {
    consent::SubjectId id;       // of that subject
    consent::SubjectId subject;  // the person
    consent::RequestId request;
    std::string asker;         // system key
    std::string organisation;  // its BIN
    std::string ground, law;   // law: key of the registry's entry
    std::string month;         // local, "2026-11": for the totals
    base::Time begun, due;
    std::optional<base::Time> disclosed = {};
    Disclosure how = Disclosure::due;  // once it is disclosed
    registry::Name law_name;           // as it was registered then
    std::string article;
    std::string decision;  // of the newest term
};

// Thread-safe: without state.
class Deferrals {
public:
    Deferrals(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    void add(store::WriteSession& session, const Deferral& deferral) const;
    // Due, disclosed, how and decision.
    void update(store::WriteSession& session, const Deferral& deferral) const;
    // What stood under the subject of its own stands under the person from now on.
    void join(store::WriteSession& session, const Deferral& deferral) const;

    std::optional<Deferral> find(store::ReadSession& session, consent::SubjectId id) const;
    std::optional<Deferral> of_request(store::ReadSession& session, consent::RequestId request) const;
    void each(store::ReadSession& session, const std::function<void(const Deferral&)>& visit) const;
    // Open ones of one person; for their erasure and for nobody's eyes.
    std::vector<consent::SubjectId> open_of(store::ReadSession& session, consent::SubjectId subject) const;
    // Newest first, those before `before`: open ones of everybody; all of one asker.
    std::vector<Deferral> open(store::ReadSession& session, const std::optional<base::RawId>& before,
                               std::size_t max) const;
    std::vector<Deferral> of_asker(store::ReadSession& session, std::string_view asker,
                                   const std::optional<base::RawId>& before, std::size_t max) const;

    struct Total {
        std::string organisation, asker, ground, law;
        std::int64_t open = 0, disclosed = 0;
        std::optional<base::Time> oldest_due;  // of the open ones
    };
    // Of those that began in this local month, `max` rows at most.
    std::vector<Total> totals(store::ReadSession& session, std::string_view month, std::size_t max) const;
    struct Open {
        std::int64_t count = 0;
        std::optional<base::Time> oldest_due;
    };
    Open open_total(store::ReadSession& session) const;

private:
    Deferral read(const store::Row& row) const;
    base::Bytes seal(const Deferral& deferral) const;

    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
