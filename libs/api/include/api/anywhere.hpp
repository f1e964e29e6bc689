// SPDX-License-Identifier: Apache-2.0
// Reads that mostly end in the live tables and sometimes need a file of the archives.
#pragma once

#include <functional>

#include "http/elsewhere.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

// Runs `look` in a read on this thread; when it turns out to need an archive, anew and as a whole on a thread that may wait for a
// disk. So it is run once or twice, and what it refers to lives until this resumes. Rethrows what it threw.
boost::asio::awaitable<void> read_anywhere(store::Readers& readers, http::Elsewhere& elsewhere,
                                           std::function<void(store::ReadSession&)> look);

}  // namespace kelisim::api
