// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = kelisim::publication::read_yaml(kelisim::base::as_text({data, size}));
    // Whatever is read goes on as JSON.
    const auto* json = std::get_if<boost::json::value>(&read);
    if (json != nullptr && !kelisim::base::valid_utf8(boost::json::serialize(*json))) __builtin_trap();
    return 0;
}
