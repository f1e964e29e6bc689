// SPDX-License-Identifier: Apache-2.0
// kelisim-gbdfl: the reference registry of persons for the sandbox.
#include "gbdfl_owner/registry.hpp"

int main(int argc, char** argv) {
    return kelisim::owner::run(argc, argv, kelisim::gbdfl::role, kelisim::gbdfl::open);
}
