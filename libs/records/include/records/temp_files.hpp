// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using TempFileId = base::Id<struct TempFileTag>;

// A file of the temporary store as far as it stands in the books; what it is called and what it holds is sealed.
struct TempFile {
    TempFileId id;
    Digest identifier{};   // blind index of what its uploader was given
    std::string uploader;  // system key
    std::int64_t size = 0;
    base::Time uploaded, expires;
    bool needs_confirmation = false;
    std::string confirmed_by = {};  // system key; empty: nobody
    std::optional<base::Time> confirmed = {};
    std::optional<base::Time> deleted = {};  // since then the two below are gone, and the content with them
    base::Bytes key = {};                    // wrapped
    base::Bytes names = {};                  // sealed
};

// Names of files may name persons, so they are kept like the content.
struct TempFileNames {
    std::string name, mime;
};

struct TempFileUsage {
    std::int64_t files = 0, bytes = 0;
};

// Each file has a key of its own, which is destroyed with it. Thread-safe: without state of its own.
class TempFiles {
public:
    TempFiles(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    // What gives a file away to whoever has it: 128 bits that nobody guesses, the same again for the same origin.
    std::string identifier_of(std::string_view origin) const;
    Digest index_of(std::string_view identifier) const;

    // Outside of units, because a content may be long: puts `key` and `names` into the file, returns the sealed content.
    base::Bytes seal(TempFile& file, const TempFileNames& names, base::BytesView content) const;
    // Of a file that is not deleted. Throws Damaged.
    TempFileNames open_names(const TempFile& file) const;
    base::Bytes open_content(const TempFile& file, base::BytesView sealed) const;

    void add(store::WriteSession& session, const TempFile& file, base::BytesView sealed_content) const;
    std::optional<TempFile> find(store::ReadSession& session, const Digest& identifier) const;
    base::Bytes sealed_content(store::ReadSession& session, TempFileId id) const;  // throws Damaged where there is none
    void confirm(store::WriteSession& session, TempFileId id, std::string_view by, base::Time now) const;
    TempFileUsage usage(store::ReadSession& session, std::string_view system) const;

    // Those that are over and still there, the oldest first, at most `max`.
    std::vector<TempFile> expired(store::ReadSession& session, base::Time now, std::size_t max) const;
    // Destroys key, names and content.
    void remove(store::WriteSession& session, const TempFile& file, base::Time now) const;
    void forget_deleted_before(store::WriteSession& session, base::Time at) const;

private:
    static void count(store::WriteSession& session, std::string_view system, const TempFileUsage& usage);

    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
