// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo_walk.hpp"

namespace kelisim::app {

// The other ways of asking (236/НК п.7), and a child.
void walk_the_channels(Walk& walk);

}  // namespace kelisim::app
