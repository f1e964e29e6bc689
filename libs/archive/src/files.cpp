// SPDX-License-Identifier: Apache-2.0
#include "archive/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "files_on_disk.hpp"

namespace kelisim::archive {

using records::Archive;
using records::ArchiveAway;
using store_sqlite::SealedFile;

namespace {

constexpr telemetry::Message archive_damaged{"ARCHIVE_DAMAGED", telemetry::Level::error};
constexpr telemetry::Message archive_healed{"ARCHIVE_HEALED", telemetry::Level::info};

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::string file_name(std::int64_t number) {
    return fmt::format("archive-{:08}.sqlite", number);
}

std::optional<crypto::Digest> hash_of_file(const std::filesystem::path& file) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0) return std::nullopt;
    crypto::Sha256 hash;
    std::array<std::uint8_t, 1 << 16> buffer{};
    for (;;) {
        const auto got = ::read(in.get(), buffer.data(), buffer.size());
        if (got < 0) return std::nullopt;
        if (got == 0) return hash.finish();
        hash.add(base::BytesView(buffer).first(static_cast<std::size_t>(got)));
    }
}

Files::Identity Files::identity_of(const Archive& archive) const {
    struct stat found {};
    const std::filesystem::path file = path(archive.number);
    if (::stat(file.c_str(), &found) != 0) {
        away(archive.number, "is not there");
        throw ArchiveAway(file.string() + " is not there");
    }
    return {.device = found.st_dev,
            .inode = found.st_ino,
            .size = static_cast<std::uint64_t>(found.st_size),
            .modified = nanoseconds(found.st_mtim),
            .changed = nanoseconds(found.st_ctim)};
}

Files::Identity Files::verified(const Archive& archive, Trust trust) const {
    const Identity identity = identity_of(archive);
    if (trust == Trust::known) {
        const std::lock_guard lock(mutex_);
        const auto at = verified_.find(archive.number);
        if (at != verified_.end() && at->second == identity) return identity;
    }
    const std::filesystem::path file = path(archive.number);
    // One that cannot be read is as good as another one.
    const bool same = identity.size == static_cast<std::uint64_t>(archive.bytes) &&
                      hash_of_file(file) == archive.file && identity_of(archive) == identity;
    if (!same) {
        away(archive.number, "is not the file that was registered");
        throw ArchiveAway(file.string() + " is not the file that was registered");
    }
    whole(archive.number);
    const std::lock_guard lock(mutex_);
    verified_[archive.number] = identity;
    return identity;
}

std::unique_ptr<SealedFile> Files::take(std::int64_t number, const Identity& identity) const {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<SealedFile> taken;
    for (auto at = free_.begin(); at != free_.end();) {
        const bool other = at->number == number && at->identity != identity;
        const bool wanted = !taken && at->number == number && !other;
        if (wanted) taken = std::move(at->file);
        at = wanted || other ? free_.erase(at) : std::next(at);
    }
    return taken;
}

void Files::give_back(Open open) const {
    std::list<Open> closed;  // outside the lock
    const std::lock_guard lock(mutex_);
    free_.push_front(std::move(open));
    if (free_.size() > open_max) closed.splice(closed.begin(), free_, std::prev(free_.end()));
}

void Files::read(const Archive& archive, const std::function<void(store::ReadSession&)>& look) const {
    const Identity identity = verified(archive, Trust::known);
    auto file = take(archive.number, identity);
    if (!file) {
        file = std::make_unique<SealedFile>(path(archive.number), hooks_);
        // What was opened is what was verified.
        if (identity_of(archive) != identity) throw ArchiveAway(path(archive.number).string() + " was exchanged");
    }
    look(*file);  // what throws closes it
    give_back({.number = archive.number, .identity = identity, .file = std::move(file)});
}

bool Files::check(const Archive& archive) const {
    try {
        verified(archive, Trust::anew);
        return true;
    } catch (const ArchiveAway&) {
        return false;
    }
}

bool Files::glance(const Archive& archive) const {
    try {
        const Identity identity = identity_of(archive);
        {
            const std::lock_guard lock(mutex_);
            const auto at = verified_.find(archive.number);
            const bool same = at == verified_.end() ? identity.size == static_cast<std::uint64_t>(archive.bytes)
                                                    : at->second == identity;
            if (same && !away_.contains(archive.number)) return true;
        }
        return check(archive);
    } catch (const ArchiveAway&) {
        return false;
    }
}

std::size_t Files::damaged() const {
    const std::lock_guard lock(mutex_);
    return away_.size();
}

void Files::away(std::int64_t number, const std::string& why) const {
    {
        const std::lock_guard lock(mutex_);
        verified_.erase(number);
        if (!away_.insert(number).second) return;
    }
    if (log_ != nullptr)
        log_->write(archive_damaged, {{"archive", number}, {"what", telemetry::SafeText::of_program(why)}});
}

void Files::whole(std::int64_t number) const {
    {
        const std::lock_guard lock(mutex_);
        if (away_.erase(number) == 0) return;
    }
    if (log_ != nullptr) log_->write(archive_healed, {{"archive", number}});
}

}  // namespace kelisim::archive
