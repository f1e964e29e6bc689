// SPDX-License-Identifier: Apache-2.0
// The temporary file store (EDS_TEMP_FILES; wire.md A9): files that systems leave for each other, for a while. Whoever knows the
// identifier of a file and is a registered system may have it; who had it is on record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/parts.hpp"
#include "base/limits.hpp"
#include "records/temp_files.hpp"

namespace kelisim::access {

extern const base::Reason temp_file_too_large;
extern const base::Reason temp_file_life_outside;
extern const base::Reason temp_file_quota_full;
extern const base::Reason temp_file_unknown;
extern const base::Reason temp_file_over;
extern const base::Reason temp_file_answer_full;

// So that every file fits into a message of its own when it is fetched, with what stands around it.
inline constexpr std::int64_t temp_file_bytes_max = base::limits::channel_xml_bytes_max / 4 * 3 - 256 * 1024;

struct FileToKeep {
    std::string_view uploader;  // system key
    // Of the upload: the same again gives the same identifier, so that a repeat of a message keeps nothing twice.
    std::string_view origin;
    base::BytesView content;
    records::TempFileNames names = {};
    std::optional<std::int64_t> life_ms = {};
    bool needs_confirmation = false;
};

// Thread-safe.
class TempFiles {
public:
    explicit TempFiles(const Parts& parts) : parts_(parts) {}

    struct Sealed {
        std::string identifier;
        records::TempFile file;
        base::Bytes content;
    };
    // Outside of units, for it seals what may be long.
    base::Result<Sealed> seal(const FileToKeep& file, base::Time now) const;

    // What follows runs inside a unit, each for one file. The file that is kept under this identifier: this one or, at a
    // repeat, the first.
    base::Result<records::TempFile> keep(store::WriteSession& session, const Sealed& file) const;
    struct Taken {
        records::TempFile file;
        base::Bytes content;  // sealed
    };
    // `room`: bytes that the answer still has for the content.
    base::Result<Taken> take(store::WriteSession& session, std::string_view identifier, std::string_view by,
                             std::int64_t room, base::Time now) const;
    // The first confirmation stands; it neither lengthens nor shortens the life of the file.
    base::Result<records::TempFile> confirm(store::WriteSession& session, std::string_view identifier,
                                            std::string_view by, base::Time now) const;
    // Also of one that is over, for as long as it stands in the books.
    base::Result<records::TempFile> find(store::ReadSession& session, std::string_view identifier) const;

    // Destroys what is over, a bounded amount at a time, and forgets what was over long ago.
    void sweep(store::WriteSession& session, base::Time now) const;

private:
    base::Result<records::TempFile> find_live(store::ReadSession& session, std::string_view identifier,
                                              base::Time now) const;

    Parts parts_;
};

}  // namespace kelisim::access
