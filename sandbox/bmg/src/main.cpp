// SPDX-License-Identifier: Apache-2.0
// kelisim-bmg: the reference mobile citizens base for the sandbox.
#include "bmg_owner/registry.hpp"

int main(int argc, char** argv) {
    return kelisim::owner::run(argc, argv, kelisim::bmg::role, kelisim::bmg::open);
}
