// SPDX-License-Identifier: Apache-2.0
#include "store/directory_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/result.hpp"

namespace kelisim::store {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error) {
    throw base::Outage(fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(error)));
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) {
    const auto path = directory / "lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) fail(path, "cannot open", errno);
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    ::close(file_);
    if (error != EWOULDBLOCK) fail(path, "cannot lock", error);
    throw base::Outage(fmt::format("the data directory {} is in use by another process", directory.string()));
}

DirectoryLock::~DirectoryLock() {
    ::close(file_);
}

void sync_directory(const std::filesystem::path& directory) {
    const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) fail(directory, "cannot open", errno);
    const int result = ::fsync(file);
    const int error = errno;
    ::close(file);
    if (result != 0) fail(directory, "cannot sync", error);
}

}  // namespace kelisim::store
