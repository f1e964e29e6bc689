// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace kelisim::store_postgres::test {

// The wire between a client and a server on a Unix socket, which can be cut at a COMMIT: before the server gets it, or after
// the server has answered it and before the client hears of that.
class CutWire {
public:
    // on_one_side: the client's, before the COMMIT; the server waits on and does not know.
    enum class Cut { never, before_commit, after_commit, on_one_side };

    // Listens in `directory` as a server would, and passes on to the server in `server`.
    CutWire(const std::filesystem::path& directory, const std::filesystem::path& server);
    ~CutWire();
    CutWire(const CutWire&) = delete;
    CutWire& operator=(const CutWire&) = delete;

    // The next COMMIT.
    void cut(Cut how) { cut_ = how; }
    // Now the server learns of a cut on one side.
    void let_go();

private:
    struct Line;
    void work();
    bool hear_client(Line& line);
    static bool hear_server(Line& line);

    const std::string server_;
    int listener_ = -1;
    int stop_[2] = {-1, -1};
    std::atomic<Cut> cut_{Cut::never};
    std::atomic<int> left_{-1};  // the server's side of a connection that was cut on the other
    std::thread thread_;         // last: it uses all of the above
};

}  // namespace kelisim::store_postgres::test
