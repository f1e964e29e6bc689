// SPDX-License-Identifier: Apache-2.0
#include "store_sqlite/sealed_file.hpp"

#include "connection.hpp"
#include "store/writer.hpp"

namespace kelisim::store_sqlite {

class SealedFileWriter::Parts {
public:
    Parts(const std::filesystem::path& file, std::string_view tables, const TestHooks& hooks)
        : connection_(file, Connection::Access::create, hooks) {
        // Whole or not at all is the matter of whoever renames it.
        connection_.script("PRAGMA journal_mode = OFF; BEGIN");
        connection_.script(tables);
    }
    Connection& connection() { return connection_; }

private:
    Connection connection_;
};

SealedFileWriter::SealedFileWriter(const std::filesystem::path& file, std::string_view tables, const TestHooks& hooks)
    : parts_(std::make_unique<Parts>(file, tables, hooks)) {}
SealedFileWriter::~SealedFileWriter() = default;

void SealedFileWriter::add(const store::Statement& statement, store::Params params) {
    parts_->connection().execute(statement, params);
}

void SealedFileWriter::finish() {
    parts_->connection().script("COMMIT");  // synchronous = FULL: synced
    parts_.reset();
}

class SealedFile::Parts {
public:
    Parts(const std::filesystem::path& file, const TestHooks& hooks)
        : connection_(file, Connection::Access::sealed, hooks) {}
    Connection& connection() { return connection_; }

private:
    Connection connection_;
};

SealedFile::SealedFile(const std::filesystem::path& file, const TestHooks& hooks)
    : parts_(std::make_unique<Parts>(file, hooks)) {}
SealedFile::~SealedFile() = default;

std::size_t SealedFile::query(const store::Statement& statement, store::Params params, const store::Visit& visit) {
    if (parts_->connection().writes(statement)) throw store::Defect(std::string(statement.name) + " may only read");
    return parts_->connection().query(statement, params, visit);
}

}  // namespace kelisim::store_sqlite
