// SPDX-License-Identifier: Apache-2.0
// kelisim-gbdul: the reference registry of legal entities for the sandbox.
#include "gbdul_owner/registry.hpp"

int main(int argc, char** argv) {
    return kelisim::owner::run(argc, argv, kelisim::gbdul::role, kelisim::gbdul::open);
}
