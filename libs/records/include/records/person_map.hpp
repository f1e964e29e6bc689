// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "ledger/map.hpp"
#include "records/journal.hpp"

namespace kelisim::records {

// The fact that says what the map is: the only kind whose salt and text everybody gets.
inline constexpr std::string_view map_root_kind = "ledger.map_root";

// One state of the map: every leaf before `size` that is some person's entry is in that person's chain.
struct Epoch {
    std::int64_t number = 0;  // from 1; 0: there is none yet
    Digest root = ledger::empty_map;
    std::uint64_t persons = 0, size = 0;
    std::int64_t journal_seq = 0;  // of the fact that says it
    bool operator==(const Epoch&) const = default;
};

// The sparse map from the tags of persons to their chains, as the ledger's thread keeps it. Thread-safe: without state.
// Everything throws Damaged when a row is not what it can be.
class PersonMap {
public:
    explicit PersonMap(const Journal& journal) : journal_(journal) {}

    Epoch newest(store::ReadSession& session) const;
    std::optional<Epoch> find(store::ReadSession& session, std::int64_t number) const;
    // The fact of an epoch, opened; throws Damaged when it does not say what the row says.
    struct Told {
        std::string fact;
        ledger::Salt salt{};
    };
    Told told(store::ReadSession& session, const Epoch& epoch, base::BytesView tag_key) const;

    // The key under which an epoch says that its tags are.
    base::Bytes tag_key(store::ReadSession& session, const Epoch& epoch) const;

    // The map of an epoch, the newest one or the one before it: each page is held against its hash as it is read. The session
    // outlives it.
    ledger::SparseMap map(store::ReadSession& session, const Epoch& epoch) const;
    std::optional<ledger::MapPage> page(store::ReadSession& session, const std::string& address) const;

    // Tags by subject: one who comes back after an erasure is another subject with the same tag.
    std::optional<Digest> tag(store::ReadSession& session, consent::SubjectId subject) const;
    std::vector<consent::SubjectId> subjects(store::ReadSession& session, const Digest& tag) const;

    // The next epoch: its fact, its pages, the tags that are new.
    struct Next {
        Digest root{};
        std::uint64_t persons = 0, size = 0;
        std::map<std::string, ledger::MapPage> pages;
        std::map<consent::SubjectId, Digest> tags;
    };
    Epoch add(store::WriteSession& session, std::int64_t number, const Next& next, base::BytesView tag_key,
              base::Entropy& entropy, base::Time now) const;

private:
    const Journal& journal_;
};

}  // namespace kelisim::records
