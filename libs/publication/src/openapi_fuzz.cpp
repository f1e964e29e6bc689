// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "publication/description.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto description = kelisim::publication::read_openapi(kelisim::base::as_text({data, size}));
    if (description.has_error()) return 0;
    for (const auto& operation : description->operations)
        (void)kelisim::publication::misfit(operation.body, kelisim::publication::example_of(operation.body));
    return 0;
}
