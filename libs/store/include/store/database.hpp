// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/statistics.hpp"
#include "store/writer.hpp"

namespace kelisim::store {

// An open database of whatever engine. Thread-safe. Destroying it answers what was accepted, then closes; nobody may read
// or submit any more by then.
class Database {
public:
    virtual ~Database() = default;
    virtual Writer& writer() = 0;
    virtual Readers& readers() = 0;
    virtual Statistics statistics() const = 0;
};

}  // namespace kelisim::store
