// SPDX-License-Identifier: Apache-2.0
// Records of access as bytes, under the archive key: of uses under a consent, and of a person's own looks.
#pragma once

#include "records/uses.hpp"

namespace kelisim::records {

base::Bytes seal_record(const Vault& vault, const AccessRecord& record, consent::UseId id, base::Time now,
                        base::Entropy& entropy);
AccessRecord open_record(const Vault& vault, base::BytesView sealed, consent::UseId id);  // throws Damaged

}  // namespace kelisim::records
