// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.hpp"

namespace kelisim::consent {

using SubjectId = base::Id<struct SubjectTag>;  // random, so that deleting the subject's row leaves nothing to link
using RequestId = base::Id<struct RequestTag>;
using ConsentId = base::Id<struct ConsentTag>;
using TokenId = base::Id<struct TokenTag>;
using UseId = base::Id<struct UseTag>;

}  // namespace kelisim::consent
