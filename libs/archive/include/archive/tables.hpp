// SPDX-License-Identifier: Apache-2.0
// The container: a SQLite database whose tables are named as the live ones. Rows stay sealed as they were, so that the file by
// itself tells no person.
#pragma once

#include <functional>
#include <string_view>

#include "archive/manifest.hpp"
#include "base/id.hpp"
#include "ledger/merkle.hpp"
#include "store/session.hpp"
#include "store_sqlite/sealed_file.hpp"

namespace kelisim::archive {

// CREATE statements of a file.
extern const std::string_view file_schema;

// Their places in table_names.
enum class TableName : std::size_t { journal, ledger_leaf, use_record, use_refusal, own_look };

// Grows with each row of a table: RFC 9162 2.1.1, a leaf being the row's columns, each as a letter for its type, its length (8
// bytes, big-endian) and its bytes; a number is 8 bytes, and nothing is the letter 'n' alone.
class RowHash {
public:
    void add(const store::Row& row, TableName table);
    Manifest::Table finish() const;

private:
    ledger::Frontier tree_;
};

// Puts a row with the columns of that table, in their order, into a file.
void add_row(store_sqlite::SealedFileWriter& file, TableName table, const store::Row& row);
void add_manifest(store_sqlite::SealedFileWriter& file, std::string_view note);

// From a file: each row in the order of its key; the note, empty where there is none.
void each_row(store::ReadSession& file, TableName table, const store::Visit& visit);
std::string read_manifest(store::ReadSession& file);
// Ids of uses, refusals or looks after `after`.
std::vector<base::RawId> ids_after(store::ReadSession& file, TableName table, const base::RawId& after,
                                   std::size_t max);

}  // namespace kelisim::archive
