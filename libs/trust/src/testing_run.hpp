// SPDX-License-Identifier: Apache-2.0
// For tests: other people's programs as judges of what we write.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace kelisim::trust::test {

// A directory that goes away.
class Directory {
public:
    explicit Directory(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / ("kelisim-" + name + "-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string path(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, base::BytesView content) const {
        std::ofstream(path(name), std::ios::binary) << base::as_text(content);
        return path(name);
    }
    base::Bytes read(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::filesystem::path path_;
};

// Its exit code; -1: it could not be run. What it says goes to the test's own output.
inline int run(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t process = 0;
    if (::posix_spawnp(&process, arguments.front(), nullptr, nullptr, arguments.data(), environ) != 0) return -1;
    int status = 0;
    if (::waitpid(process, &status, 0) != process || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

}  // namespace kelisim::trust::test
