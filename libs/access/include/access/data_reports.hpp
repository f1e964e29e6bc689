// SPDX-License-Identifier: Apache-2.0
// Owners report each change and each addition of personal data, and the person sees it in the cabinet (418-V ст.36(4)).
#pragma once

#include "access/cabinet.hpp"
#include "records/data_changes.hpp"

namespace kelisim::access {

extern const base::Reason report_service_of_another;
extern const base::Reason report_fields;
extern const base::Reason report_time;
extern const base::Reason report_id_reused;

// As it came in.
struct DataReport {
    std::string owner;      // system key of the caller
    std::string report_id;  // that the owner chose: the same report again is known by it
    base::Iin person;
    records::DataChangeKind kind{};
    std::string service;
    std::vector<std::string> fields;
    base::Time at;
    std::string reason;
};

// Thread-safe; functions that take a write session run inside a unit.
class DataReports {
public:
    explicit DataReports(const Parts& parts) : parts_(parts) {}

    // Everything that can be refused without knowing the person; the answer never tells whether there is one.
    base::Result<void> check(const DataReport& report, base::Time now) const;
    // In a unit of the owner's: the id under which it is recorded; the one of the first time for a repeat within
    // limits::idempotency_window, report_id_reused for other bytes under the same id.
    base::Result<records::DataChangeId> claim(store::WriteSession& session, const DataReport& report,
                                              const crypto::Digest& digest, base::Time now) const;
    // In a unit of the person's. Once per id.
    void record(store::WriteSession& session, const DataReport& report, records::DataChangeId id, base::Time now) const;

    Page<records::DataChange> of(store::ReadSession& session, const records::Subject& whose,
                                 const PageWanted& wanted) const;

private:
    Parts parts_;
};

}  // namespace kelisim::access
