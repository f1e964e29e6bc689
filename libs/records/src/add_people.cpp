// SPDX-License-Identifier: Apache-2.0
#include "records/add_people.hpp"

namespace kelisim::records {

void add_people(store::WriteSession& session, const Records& records, std::span<const people::Person> persons,
                base::Time now) {
    for (const people::Person& person : persons)
        records.subjects.add(session, person, now);
    // Afterwards, because a ward may come before the representative.
    for (const people::Person& ward : persons) {
        if (!ward.representative) continue;
        const auto representative = records.subjects.find(session, *ward.representative);
        if (!representative) continue;
        records.representations.add(session, representative->id, records.subjects.find(session, ward.iin)->id, now);
    }
}

}  // namespace kelisim::records
