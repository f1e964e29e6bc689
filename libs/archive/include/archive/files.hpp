// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "records/archives.hpp"
#include "store_sqlite/sealed_file.hpp"
#include "telemetry/log.hpp"

namespace kelisim::archive {

std::string file_name(std::int64_t number);  // "archive-00000001.sqlite"

// The files of a directory, as they are registered. A file is read through once and held against its hash before anything
// of it is believed, and again whenever it is not the same file any more; a few are kept open. Thread-safe.
class Files final : public records::ArchiveFiles {
public:
    static constexpr std::size_t open_max = 32;

    // `log`: told of each file that is missing or altered, once, and when it is whole again; null for none. Outlives this.
    explicit Files(std::filesystem::path directory, telemetry::Log* log = nullptr, store_sqlite::TestHooks hooks = {})
        : directory_(std::move(directory)), log_(log), hooks_(std::move(hooks)) {}

    void read(const records::Archive& archive, const std::function<void(store::ReadSession&)>& look) const override;
    // Reads the whole file, whatever was read before. False when it is missing or altered.
    bool check(const records::Archive& archive) const;
    // Only whether it is there, of its length and not touched since it was read: costs next to nothing.
    bool glance(const records::Archive& archive) const;
    // How many are known to be missing or altered.
    std::size_t damaged() const;

    std::filesystem::path path(std::int64_t number) const { return directory_ / file_name(number); }
    const std::filesystem::path& directory() const { return directory_; }

private:
    // Which bytes it was that had the hash.
    struct Identity {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t modified = 0, changed = 0;
        bool operator==(const Identity&) const = default;
    };
    struct Open {
        std::int64_t number = 0;
        Identity identity;
        std::unique_ptr<store_sqlite::SealedFile> file;
    };
    enum class Trust { known, anew };

    Identity identity_of(const records::Archive& archive) const;
    // Throws ArchiveAway.
    Identity verified(const records::Archive& archive, Trust trust) const;
    std::unique_ptr<store_sqlite::SealedFile> take(std::int64_t number, const Identity& identity) const;
    void give_back(Open open) const;
    void away(std::int64_t number, const std::string& why) const;
    void whole(std::int64_t number) const;

    const std::filesystem::path directory_;
    telemetry::Log* const log_;
    const store_sqlite::TestHooks hooks_;
    mutable std::mutex mutex_;
    mutable std::map<std::int64_t, Identity> verified_;
    mutable std::set<std::int64_t> away_;
    mutable std::list<Open> free_;  // used last: first
};

}  // namespace kelisim::archive
