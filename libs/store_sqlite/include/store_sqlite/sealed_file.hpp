// SPDX-License-Identifier: Apache-2.0
// A database as a file that is written once and only read from then on: the container of archives.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "store/session.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// Used by one thread. What is half written when this ends is no use to anybody: the caller removes it.
class SealedFileWriter {
public:
    // Makes the file, which must not be there, with these tables. Throws store::Unavailable where the disk fails.
    SealedFileWriter(const std::filesystem::path& file, std::string_view tables, const TestHooks& hooks = {});
    ~SealedFileWriter();
    SealedFileWriter(const SealedFileWriter&) = delete;
    SealedFileWriter& operator=(const SealedFileWriter&) = delete;

    // Inserts. Throws as store::WriteSession::execute does.
    void add(const store::Statement& statement, store::Params params);
    // Everything is in the file and synced when it returns.
    void finish();

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

// Reads such a file without locks and without another file beside it, also from a medium that cannot be written. Used by
// one thread at a time. What the file holds may be anybody's: each function throws store::Unavailable or store::Defect where it
// is no database or lacks what is asked for.
class SealedFile final : public store::ReadSession {
public:
    explicit SealedFile(const std::filesystem::path& file, const TestHooks& hooks = {});
    ~SealedFile() override;
    SealedFile(const SealedFile&) = delete;
    SealedFile& operator=(const SealedFile&) = delete;

    std::size_t query(const store::Statement& statement, store::Params params, const store::Visit& visit) override;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace kelisim::store_sqlite
