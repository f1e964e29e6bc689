// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "consent/use.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// The rows of one person, page by page from the newest back; `before` is the last request of the page before.
// Thread-safe: without state.
class PersonRows {
public:
    std::vector<consent::RequestId> requests(store::ReadSession& session, consent::SubjectId subject,
                                             const std::optional<base::RawId>& before, std::size_t max) const;
    // Recorded or asked: there are few, whatever lies behind.
    std::vector<consent::RequestId> open_requests(store::ReadSession& session, consent::SubjectId subject) const;
    struct Granted {
        consent::RequestId request;
        consent::ConsentId consent;
    };
    std::vector<Granted> consents(store::ReadSession& session, consent::SubjectId subject,
                                  const std::optional<base::RawId>& before, std::size_t max) const;
    // The list of uses of each consent that was used and asked for before `before`.
    struct UseList {
        consent::UseId newest;
        consent::UseMarks marks;
    };
    std::vector<UseList> use_lists(store::ReadSession& session, consent::SubjectId subject,
                                   const std::optional<base::RawId>& before) const;
};

}  // namespace kelisim::records
