// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include "publication/description.hpp"

namespace kelisim::publication {

inline constexpr std::size_t openapi_bytes_max = 4 * 1024 * 1024, openapi_depth_max = 64;

// Of a document in whichever notation.
base::Result<Description> read_openapi(const boost::json::value& document);

}  // namespace kelisim::publication
