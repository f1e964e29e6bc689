// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "connection.hpp"
#include "store/writer.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// Read-only connections, one transaction per read. A connection that failed is replaced at its next use.
class ReaderPool final : public store::Readers {
public:
    // Connects when somebody reads.
    ReaderPool(const Options& options, std::filesystem::path file);

    void read(const std::function<void(store::ReadSession&)>& look) override;

    // Makes every read that is under way fail with store::Unavailable at its next row or query.
    void interrupt();

    // Keeps new reads waiting and interrupts the others, until no connection is left; false, and nothing is paused, when
    // that took longer than `at_most`: a reader may be waiting for the writer.
    bool pause(std::chrono::milliseconds at_most);
    void resume();

private:
    struct Slot {
        std::unique_ptr<Connection> connection;  // changed under the mutex only: interrupt() looks at it
        bool used = false;
        std::atomic<bool> cut{false};
    };
    class Session;

    void interrupt_used();
    Slot& acquire();
    void release(Slot& slot);
    void look_through(Slot& slot, const std::function<void(store::ReadSession&)>& look);
    void replace(Slot& slot, std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> connect() const;

    const TestHooks hooks_;
    const std::filesystem::path file_;
    std::mutex mutex_;
    std::condition_variable freed_;
    bool paused_ = false;
    std::vector<Slot> slots_;
};

}  // namespace kelisim::store_sqlite
