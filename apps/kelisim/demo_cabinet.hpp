// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo_walk.hpp"

namespace kelisim::app {

// A person in the cabinet: answers in part, sees every use, withdraws; and an initiator that objects.
void walk_the_cabinet(Walk& walk);

}  // namespace kelisim::app
