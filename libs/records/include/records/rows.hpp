// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "consent/ids.hpp"
#include "records/archives.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// The plain columns of a row whose every change stands in the journal.
struct RowState {
    std::string_view table;
    base::RawId id;
    consent::SubjectId subject;            // in whose name it stands
    std::int64_t state = 0;                // of an access token: 1 when revoked
    std::int64_t uses = -1, counted = -1;  // of a consent
    std::optional<base::Time> expires;     // not of a use
};

// All requests, consents, uses and access tokens. Throws Damaged where an id is none.
void each_row(store::ReadSession& session, const std::function<void(const RowState&)>& visit);
// The uses that stand in archives; while live rows of a file are about to be deleted, those come above too.
void each_archived_use(store::ReadSession& session, const Archives& archives,
                       const std::function<void(const RowState&)>& visit);

// What stands in the name of one subject, oldest first. Reads whole tables: for the rare case of an erasure.
struct SubjectRows {
    std::vector<consent::RequestId> requests;
    std::vector<consent::ConsentId> consents;
    std::vector<consent::UseId> reserved_uses;
};
SubjectRows rows_of(store::ReadSession& session, consent::SubjectId subject);

}  // namespace kelisim::records
