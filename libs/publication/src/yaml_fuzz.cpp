// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)kelisim::publication::read_yaml(kelisim::base::as_text({data, size}));
    return 0;
}
