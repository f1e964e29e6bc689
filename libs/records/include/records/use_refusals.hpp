// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "consent/use.hpp"
#include "records/uses.hpp"

namespace kelisim::records {

// A call under a known consent that was refused: the person sees attempts too (418-V ст.36(4)). Its id is of the kind that
// uses have, so that the two make one list.
struct UseRefusal {
    consent::UseId id;
    consent::SubjectId subject;
    consent::ConsentId consent;
    AccessRecord record;
};

// Thread-safe: without state.
class UseRefusals {
public:
    UseRefusals(const Vault& vault, base::Entropy& entropy, const Archives& archives)
        : vault_(vault), entropy_(entropy), archives_(archives) {}

    void add(store::WriteSession& session, const UseRefusal& refusal) const;
    std::optional<UseRefusal> find(store::ReadSession& session, consent::UseId id) const;
    // Newest first, those before `before`.
    std::vector<UseRefusal> of(store::ReadSession& session, consent::SubjectId subject,
                               const std::optional<base::RawId>& before, std::size_t max) const;
    // How many are kept from `since` on; looks at `max` rows of the person and no further.
    struct Kept {
        std::size_t of_consent = 0, of_person = 0;
    };
    Kept kept_since(store::ReadSession& session, consent::SubjectId subject, consent::ConsentId consent,
                    base::Time since, std::size_t max) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
    const Archives& archives_;
};

}  // namespace kelisim::records
