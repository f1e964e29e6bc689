// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "publication/description.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim::publication;
    const auto description = read_wsdl(kelisim::base::as_text({data, size}));
    if (description.has_error()) return 0;
    for (const Operation& operation : description->operations) {
        const auto example = example_of(operation.body);
        if (const auto* body = example.if_object()) (void)from_soap(operation, to_soap(operation, *body));
    }
    return 0;
}
