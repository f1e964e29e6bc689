// SPDX-License-Identifier: Apache-2.0
#include "records/temp_files.hpp"

#include "base/text.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

#define TEMP_FILE_COLUMNS                                                                                            \
    "id, identifier, uploader, size, uploaded, expires, needs_confirmation, confirmed_by, confirmed, deleted, key, " \
    "names"
constexpr store::Statement insert{"temp_file_insert",
                                  "INSERT INTO temp_file (" TEMP_FILE_COLUMNS
                                  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL, NULL, ?8, ?9)"};
constexpr store::Statement insert_content{"temp_file_content_insert",
                                          "INSERT INTO temp_file_content (file, sealed) VALUES (?1, ?2)"};
constexpr store::Statement by_identifier{"temp_file_find",
                                         "SELECT " TEMP_FILE_COLUMNS " FROM temp_file WHERE identifier = ?1"};
constexpr store::Statement content_of{"temp_file_content_find", "SELECT sealed FROM temp_file_content WHERE file = ?1"};
constexpr store::Statement set_confirmed{
    "temp_file_confirm", "UPDATE temp_file SET confirmed_by = ?2, confirmed = ?3 WHERE id = ?1 AND confirmed IS NULL"};
constexpr store::Statement usage_of{"temp_file_quota_find",
                                    "SELECT files, bytes FROM temp_file_quota WHERE system = ?1"};
constexpr store::Statement put_usage{"temp_file_quota_put",
                                     "INSERT INTO temp_file_quota (system, files, bytes) VALUES (?1, ?2, ?3) "
                                     "ON CONFLICT (system) DO UPDATE SET files = ?2, bytes = ?3"};
constexpr store::Statement over{"temp_file_expired",
                                "SELECT " TEMP_FILE_COLUMNS
                                " FROM temp_file WHERE deleted IS NULL AND expires <= ?1 ORDER BY expires LIMIT ?2"};
constexpr store::Statement set_deleted{"temp_file_remove",
                                       "UPDATE temp_file SET deleted = ?2, key = NULL, names = NULL WHERE id = ?1"};
constexpr store::Statement delete_content{"temp_file_content_remove", "DELETE FROM temp_file_content WHERE file = ?1"};
constexpr store::Statement forget{"temp_file_forget",
                                  "DELETE FROM temp_file WHERE deleted IS NOT NULL AND deleted < ?1"};
#undef TEMP_FILE_COLUMNS

constexpr std::string_view what = "temporary file";
constexpr std::string_view key_part = "temporary file key", names_part = "names", content_part = "content";

TempFile read(const store::Row& row) {
    TempFile file{.id = id_at<TempFileId>(row, 0),
                  .identifier = digest_at(row, 1),
                  .uploader = std::string(row.text(2)),
                  .size = row.integer(3),
                  .uploaded = time_at(row, 4),
                  .expires = time_at(row, 5),
                  .needs_confirmation = row.integer(6) != 0};
    if (!row.null(7)) file.confirmed_by = row.text(7);
    if (!row.null(8)) file.confirmed = time_at(row, 8);
    if (!row.null(9)) file.deleted = time_at(row, 9);
    const auto bytes = [&](int column) {
        const base::BytesView stored = row.blob(column);
        return base::Bytes(stored.begin(), stored.end());
    };
    if (!row.null(10)) file.key = bytes(10);
    if (!row.null(11)) file.names = bytes(11);
    return file;
}

}  // namespace

std::string TempFiles::identifier_of(std::string_view origin) const {
    constexpr std::size_t bytes = 16;
    const Digest secret = vault_.derived_secret(base::as_bytes("temporary file " + std::string(origin)));
    return base::to_hex(base::BytesView(secret).first(bytes));
}

Digest TempFiles::index_of(std::string_view identifier) const {
    return vault_.blind_index(what, identifier);
}

base::Bytes TempFiles::seal(TempFile& file, const TempFileNames& names, base::BytesView content) const {
    const crypto::SealKey key = crypto::make_seal_key(entropy_);
    file.key = vault_.wrap(key, context_of(file.id, key_part), entropy_);
    const std::string text = boost::json::serialize(boost::json::array{names.name, names.mime});
    file.names = crypto::seal(key, base::as_bytes(text), context_of(file.id, names_part), entropy_);
    return crypto::seal(key, content, context_of(file.id, content_part), entropy_);
}

TempFileNames TempFiles::open_names(const TempFile& file) const {
    const crypto::SealKey key = vault_.unwrap(file.key, context_of(file.id, key_part));
    const auto plain = open_or_throw(key, file.names, context_of(file.id, names_part), what);
    const StoredJson json(base::as_text(plain), what);
    const auto& both = json.value().as_array();
    return {.name = std::string(both.at(0).as_string()), .mime = std::string(both.at(1).as_string())};
}

base::Bytes TempFiles::open_content(const TempFile& file, base::BytesView sealed) const {
    const crypto::SealKey key = vault_.unwrap(file.key, context_of(file.id, key_part));
    return open_or_throw(key, sealed, context_of(file.id, content_part), what);
}

void TempFiles::add(store::WriteSession& session, const TempFile& file, base::BytesView sealed_content) const {
    session.execute(insert, {file.id.bytes(), file.identifier, std::string_view(file.uploader), file.size,
                             micros(file.uploaded), micros(file.expires), std::int64_t{file.needs_confirmation},
                             base::BytesView(file.key), base::BytesView(file.names)});
    session.execute(insert_content, {file.id.bytes(), sealed_content});
    const TempFileUsage before = usage(session, file.uploader);
    count(session, file.uploader, {.files = before.files + 1, .bytes = before.bytes + file.size});
}

std::optional<TempFile> TempFiles::find(store::ReadSession& session, const Digest& identifier) const {
    std::optional<TempFile> found;
    session.query(by_identifier, {identifier}, [&](const store::Row& row) { found = read(row); });
    return found;
}

base::Bytes TempFiles::sealed_content(store::ReadSession& session, TempFileId id) const {
    std::optional<base::Bytes> found;
    session.query(content_of, {id.bytes()}, [&](const store::Row& row) {
        const base::BytesView stored = row.blob(0);
        found.emplace(stored.begin(), stored.end());
    });
    if (!found) throw Damaged("a temporary file has no content");
    return std::move(*found);
}

void TempFiles::confirm(store::WriteSession& session, TempFileId id, std::string_view by, base::Time now) const {
    session.execute(set_confirmed, {id.bytes(), by, micros(now)});
}

TempFileUsage TempFiles::usage(store::ReadSession& session, std::string_view system) const {
    TempFileUsage found;
    session.query(usage_of, {system},
                  [&](const store::Row& row) { found = {.files = row.integer(0), .bytes = row.integer(1)}; });
    return found;
}

void TempFiles::count(store::WriteSession& session, std::string_view system, const TempFileUsage& usage) {
    session.execute(put_usage, {system, usage.files, usage.bytes});
}

std::vector<TempFile> TempFiles::expired(store::ReadSession& session, base::Time now, std::size_t max) const {
    std::vector<TempFile> found;
    session.query(over, {micros(now), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

void TempFiles::remove(store::WriteSession& session, const TempFile& file, base::Time now) const {
    session.execute(set_deleted, {file.id.bytes(), micros(now)});
    session.execute(delete_content, {file.id.bytes()});
    const TempFileUsage before = usage(session, file.uploader);
    count(session, file.uploader, {.files = before.files - 1, .bytes = before.bytes - file.size});
}

void TempFiles::forget_deleted_before(store::WriteSession& session, base::Time at) const {
    session.execute(forget, {micros(at)});
}

}  // namespace kelisim::records
