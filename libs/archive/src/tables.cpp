// SPDX-License-Identifier: Apache-2.0
#include "archive/tables.hpp"

#include <array>
#include <utility>

#include "records/vault.hpp"

namespace kelisim::archive {

// application_id: "KlAr". Indexes are for whoever searches the file without the rest.
const std::string_view file_schema = R"(
PRAGMA application_id = 1265385842;
PRAGMA user_version = 1;
CREATE TABLE manifest (only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1), note TEXT NOT NULL) STRICT;
CREATE TABLE journal (
    seq INTEGER NOT NULL PRIMARY KEY, id BLOB NOT NULL, bucket INTEGER NOT NULL, kind TEXT NOT NULL, entity BLOB NOT NULL,
    salt BLOB NOT NULL, sealed BLOB NOT NULL, commitment BLOB NOT NULL, subject BLOB
) STRICT;
CREATE INDEX journal_subject ON journal (subject) WHERE subject IS NOT NULL;
CREATE TABLE ledger_leaf (
    number INTEGER NOT NULL PRIMARY KEY, journal_seq INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE use_record (
    id BLOB NOT NULL PRIMARY KEY, bucket INTEGER NOT NULL, subject BLOB NOT NULL, consent BLOB NOT NULL,
    digest BLOB NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL, previous BLOB,
    service INTEGER, token BLOB, skips BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX use_record_subject ON use_record (subject, id);
CREATE TABLE use_refusal (
    id BLOB NOT NULL PRIMARY KEY, bucket INTEGER NOT NULL, subject BLOB NOT NULL, consent BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX use_refusal_subject ON use_refusal (subject, id);
CREATE TABLE own_look (
    id BLOB NOT NULL PRIMARY KEY, bucket INTEGER NOT NULL, subject BLOB NOT NULL, state INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX own_look_subject ON own_look (subject, id);
)";

namespace {

struct Table {
    store::Statement insert, all, ids;
    std::string_view types;  // a letter each: whole number, bytes, text
};

constexpr std::array<Table, table_names.size()> tables{{
    {.insert = {"file_journal_insert",
                "INSERT INTO journal (seq, id, bucket, kind, entity, salt, sealed, commitment, subject) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
     .all = {"file_journal",
             "SELECT seq, id, bucket, kind, entity, salt, sealed, commitment, subject FROM journal ORDER BY seq"},
     .ids = {},
     .types = "ibitbbbbb"},
    {.insert = {"file_leaf_insert", "INSERT INTO ledger_leaf (number, journal_seq, hash) VALUES (?1, ?2, ?3)"},
     .all = {"file_leaf", "SELECT number, journal_seq, hash FROM ledger_leaf ORDER BY number"},
     .ids = {},
     .types = "iib"},
    {.insert = {"file_use_insert",
                "INSERT INTO use_record (id, bucket, subject, consent, digest, state, at, sealed, previous, service, "
                "token, skips) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"},
     .all = {"file_use",
             "SELECT id, bucket, subject, consent, digest, state, at, sealed, previous, service, token, skips "
             "FROM use_record ORDER BY id"},
     .ids = {"file_use_ids", "SELECT id FROM use_record WHERE id > ?1 ORDER BY id LIMIT ?2"},
     .types = "bibbbiibbibb"},
    {.insert = {"file_refusal_insert",
                "INSERT INTO use_refusal (id, bucket, subject, consent, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"},
     .all = {"file_refusal", "SELECT id, bucket, subject, consent, sealed FROM use_refusal ORDER BY id"},
     .ids = {"file_refusal_ids", "SELECT id FROM use_refusal WHERE id > ?1 ORDER BY id LIMIT ?2"},
     .types = "bibbb"},
    {.insert = {"file_look_insert",
                "INSERT INTO own_look (id, bucket, subject, state, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"},
     .all = {"file_look", "SELECT id, bucket, subject, state, sealed FROM own_look ORDER BY id"},
     .ids = {"file_look_ids", "SELECT id FROM own_look WHERE id > ?1 ORDER BY id LIMIT ?2"},
     .types = "bibib"},
}};
constexpr store::Statement insert_manifest{"file_manifest_insert",
                                           "INSERT INTO manifest (only_row, note) VALUES (1, ?1)"};
constexpr store::Statement manifest_note{"file_manifest", "SELECT note FROM manifest"};

const Table& of(TableName table) {
    return tables.at(static_cast<std::size_t>(table));
}

store::Param param(const store::Row& row, int column, char type) {
    if (row.null(column)) return std::monostate{};
    if (type == 'i') return row.integer(column);
    if (type == 't') return row.text(column);
    return row.blob(column);
}

template <std::size_t... columns>
void insert(store_sqlite::SealedFileWriter& file, const Table& table, const store::Row& row,
            std::index_sequence<columns...>) {
    file.add(table.insert, {param(row, static_cast<int>(columns), table.types[columns])...});
}

void append_number(base::Bytes& bytes, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

void RowHash::add(const store::Row& row, TableName table) {
    base::Bytes bytes{0};  // RFC 9162 2.1.1: MTH({d[0]}) = HASH(0x00 || d[0])
    const std::string_view types = of(table).types;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const auto column = static_cast<int>(i);
        bytes.push_back(static_cast<std::uint8_t>(row.null(column) ? 'n' : types[i]));
        if (row.null(column)) continue;
        if (types[i] == 'i') {
            append_number(bytes, static_cast<std::uint64_t>(row.integer(column)));
            continue;
        }
        const base::BytesView value = types[i] == 't' ? base::as_bytes(row.text(column)) : row.blob(column);
        append_number(bytes, value.size());
        bytes.insert(bytes.end(), value.begin(), value.end());
    }
    tree_.append(crypto::sha256(bytes));
}

Manifest::Table RowHash::finish() const {
    return {.rows = static_cast<std::int64_t>(tree_.size()), .root = tree_.root()};
}

void add_row(store_sqlite::SealedFileWriter& file, TableName table, const store::Row& row) {
    const Table& into = of(table);
    switch (into.types.size()) {
        case 3:
            return insert(file, into, row, std::make_index_sequence<3>());
        case 5:
            return insert(file, into, row, std::make_index_sequence<5>());
        case 9:
            return insert(file, into, row, std::make_index_sequence<9>());
        default:
            return insert(file, into, row, std::make_index_sequence<12>());
    }
}

void add_manifest(store_sqlite::SealedFileWriter& file, std::string_view note) {
    file.add(insert_manifest, {note});
}

void each_row(store::ReadSession& file, TableName table, const store::Visit& visit) {
    file.query(of(table).all, {}, visit);
}

std::string read_manifest(store::ReadSession& file) {
    std::string note;
    file.query(manifest_note, {}, [&](const store::Row& row) { note = row.text(0); });
    return note;
}

std::vector<base::RawId> ids_after(store::ReadSession& file, TableName table, const base::RawId& after,
                                   std::size_t max) {
    std::vector<base::RawId> ids;
    file.query(of(table).ids, {after.bytes(), static_cast<std::int64_t>(max)}, [&](const store::Row& row) {
        const auto id = base::RawId::from_bytes(row.blob(0));
        if (!id) throw records::Damaged("an id in an archive is none");
        ids.push_back(*id);
    });
    return ids;
}

}  // namespace kelisim::archive
