// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "connection.hpp"
#include "store/writer.hpp"
#include "store_postgres/options.hpp"

namespace kelisim::store_postgres {

// Connections that only read, one transaction per read. One that failed is replaced at its next use.
class ReaderPool final : public store::Readers {
public:
    // Connects when somebody reads.
    explicit ReaderPool(const Options& options);

    void read(const std::function<void(store::ReadSession&)>& look) override;

    // Has every later read use a new connection: the writer may have found another server behind the old address.
    void renew();

private:
    struct Slot {
        std::unique_ptr<Connection> connection;
        std::uint64_t generation = 0;
        bool used = false;
    };

    Slot& acquire();
    void release(Slot& slot);
    void look_through(Slot& slot, const std::function<void(store::ReadSession&)>& look);
    void connect(Slot& slot);

    const base::Secret<std::string> connection_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::uint64_t generation_ = 0;
    std::vector<Slot> slots_;
};

}  // namespace kelisim::store_postgres
