// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kelisim::app {

// A server of the sandbox as a child process: it ends with us, however we end.
class OwnerProcess {
public:
    // Starts `program` and waits until it prints "listening on http://127.0.0.1:PORT". Throws base::Outage.
    OwnerProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments);
    ~OwnerProcess();
    OwnerProcess(const OwnerProcess&) = delete;
    OwnerProcess& operator=(const OwnerProcess&) = delete;

    std::uint16_t port() const { return port_; }

private:
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

// The directory of the running executable, where its companions lie.
std::filesystem::path executable_directory();

}  // namespace kelisim::app
