// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "consent/use.hpp"
#include "records/uses.hpp"

namespace kelisim::records {

// A person looked at their own data (418-V ст.16-18): a use without a consent, recorded like any other.
struct OwnLook {
    consent::UseId id;
    consent::SubjectId subject;
    consent::UseState state = consent::UseState::reserved;
    AccessRecord record;
};

// Thread-safe: without state.
class OwnLooks {
public:
    OwnLooks(const Vault& vault, base::Entropy& entropy, const Archives& archives)
        : vault_(vault), entropy_(entropy), archives_(archives) {}

    void add(store::WriteSession& session, const OwnLook& look) const;
    void conclude(store::WriteSession& session, consent::UseId id, consent::UseState outcome) const;
    std::optional<OwnLook> find(store::ReadSession& session, consent::UseId id) const;
    // Newest first, those before `before`.
    std::vector<OwnLook> of(store::ReadSession& session, consent::SubjectId subject,
                            const std::optional<base::RawId>& before, std::size_t max) const;
    // Those whose outcome nobody wrote down become unknown.
    void sweep(store::WriteSession& session, base::Time instant) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
    const Archives& archives_;
};

}  // namespace kelisim::records
