// SPDX-License-Identifier: Apache-2.0
// Any path below /ledger/tile/: no crash, and one address for one tile.
#include <cstdlib>
#include <string_view>

#include "ledger/tile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto path = ledger::parse_tile_path(text)) {
        if (ledger::to_path(*path) != text) std::abort();
        static_cast<void>(ledger::width_in(~0ULL, path->tile.level, path->tile.number));
    }
    return 0;
}
