// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include "base/id.hpp"

namespace kelisim::consent {

using SubjectId = base::Id<struct SubjectTag>;  // random, so that deleting the subject's row leaves nothing to link
using RequestId = base::Id<struct RequestTag>;
using ConsentId = base::Id<struct ConsentTag>;
using TokenId = base::Id<struct TokenTag>;
using UseId = base::Id<struct UseTag>;

// Lists of uses: how far one step over many reaches, and how many kinds of them there are, each use_stride times as far.
inline constexpr std::int64_t use_stride = 32;
using UseMarks = std::array<std::optional<UseId>, 3>;

}  // namespace kelisim::consent
