// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "demo_walk.hpp"

namespace kelisim::app {

// A bank whose systems speak the SOAP of ШЭП: a token by KDP_SERVICE, the data by SendMessage.
void walk_over_soap(Walk& walk, const std::filesystem::path& data);

}  // namespace kelisim::app
