// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using OfficialLookId = base::Id<struct OfficialLookTag>;

// An official looked at the entries of one person.
struct OfficialLook {
    OfficialLookId id;
    consent::SubjectId subject;   // whose entries
    consent::SubjectId official;  // who looked
    base::Time ends;
    std::string organisation;  // BIN
    std::string reason;
};

// Thread-safe: without state.
class OfficialLooks {
public:
    OfficialLooks(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    void add(store::WriteSession& session, const OfficialLook& look) const;
    std::optional<OfficialLook> find(store::ReadSession& session, OfficialLookId id) const;
    // Newest first, those before `before`.
    std::vector<OfficialLook> of(store::ReadSession& session, consent::SubjectId subject,
                                 const std::optional<base::RawId>& before, std::size_t max) const;

private:
    OfficialLook read(const store::Row& row) const;

    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
