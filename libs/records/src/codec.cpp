// SPDX-License-Identifier: Apache-2.0
#include "codec.hpp"

#include <boost/json/parse.hpp>

namespace kelisim::records {

boost::json::value parse_stored(std::string_view text, std::string_view what) {
    boost::system::error_code error;
    auto value = boost::json::parse(text, error);
    if (error) throw Damaged("a stored value is no JSON: " + std::string(what));
    return value;
}

}  // namespace kelisim::records
