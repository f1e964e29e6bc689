// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "records/records.hpp"

namespace kelisim::records {

// Persons with who represents whom among them and those already known. Throws store::Duplicate for one who is known.
void add_people(store::WriteSession& session, const Records& records, std::span<const people::Person> persons,
                base::Time now);

}  // namespace kelisim::records
