// SPDX-License-Identifier: Apache-2.0
// A place for a service that nobody keeps: what it held is gone with the object.
#pragma once

#include <filesystem>

namespace kelisim::app {

class TemporaryDirectory {
public:
    TemporaryDirectory();  // throws base::Outage
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace kelisim::app
