// SPDX-License-Identifier: Apache-2.0
#include "records/archives.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

#define ARCHIVE_COLUMNS                                                                                              \
    "number, first_leaf, last_leaf, first_seq, last_seq, first_use, last_use, began, ended, uses, refusals, looks, " \
    "bytes, manifest, file, journal_seq, emptied"

constexpr store::Statement newest_one{"archive_newest",
                                      "SELECT " ARCHIVE_COLUMNS " FROM archive ORDER BY number DESC LIMIT 1"};
constexpr store::Statement ends{"archive_ends",
                                "SELECT last_seq + 1, last_leaf + 1 FROM archive ORDER BY number DESC LIMIT 1"};
constexpr store::Statement by_number{"archive_find", "SELECT " ARCHIVE_COLUMNS " FROM archive WHERE number = ?1"};
constexpr store::Statement after_number{
    "archive_after", "SELECT " ARCHIVE_COLUMNS " FROM archive WHERE number > ?1 ORDER BY number LIMIT ?2"};
constexpr store::Statement with_entry{
    "archive_with_entry", "SELECT " ARCHIVE_COLUMNS " FROM archive WHERE last_seq >= ?1 ORDER BY last_seq LIMIT 1"};
constexpr store::Statement with_leaf{
    "archive_with_leaf", "SELECT " ARCHIVE_COLUMNS " FROM archive WHERE last_leaf >= ?1 ORDER BY last_leaf LIMIT 1"};
constexpr store::Statement with_use{"archive_with_use",
                                    "SELECT " ARCHIVE_COLUMNS
                                    " FROM archive WHERE last_use >= ?1 AND first_use <= ?1 ORDER BY number DESC"};
constexpr store::Statement until{"archive_until",
                                 "SELECT first_seq, last_seq FROM archive WHERE ended >= ?1 ORDER BY number LIMIT 1"};
constexpr store::Statement sizes{"archive_sizes", "SELECT bytes FROM archive"};
// One of a file that was not registered in the end has no archive.
constexpr store::Statement persons{
    "archive_persons",
    "SELECT a.number, p.last FROM archive_person p JOIN archive a ON a.number = p.archive "
    "WHERE p.subject = ?1 AND p.bucket = ?2 AND p.kind = ?3 AND p.first < ?4 "
    "ORDER BY p.last DESC"};
constexpr store::Statement add_person{
    "archive_person_write",
    "INSERT INTO archive_person (subject, kind, archive, bucket, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
    "ON CONFLICT (subject, kind, archive, bucket) DO UPDATE SET first = ?5, last = ?6"};
constexpr store::Statement insert{
    "archive_insert", "INSERT INTO archive (" ARCHIVE_COLUMNS
                      ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 0)"};
constexpr store::Statement entry_id{"archive_entry_id", "SELECT id FROM journal WHERE seq = ?1"};
constexpr store::Statement entry_rows{"archive_entry_rows",
                                      "SELECT seq, id, bucket, kind, entity, salt, sealed, commitment, subject "
                                      "FROM journal WHERE seq >= ?1 AND seq < ?2 ORDER BY seq"};
constexpr store::Statement leaf_rows{
    "archive_leaf_rows",
    "SELECT number, journal_seq, hash FROM ledger_leaf WHERE number >= ?1 AND number < ?2 ORDER BY number"};
// No key and no answer: they serve repeats within the idempotency window.
constexpr store::Statement use_row{"archive_use_row",
                                   "SELECT u.id, u.bucket, c.subject, u.consent, u.digest, u.state, u.at, u.sealed, "
                                   "u.previous, u.service, u.token, u.skips "
                                   "FROM use_record u JOIN consent c ON c.id = u.consent AND c.bucket = u.bucket "
                                   "WHERE u.id = ?1 AND u.bucket = ?2"};
constexpr store::Statement refusal_row{
    "archive_refusal_row",
    "SELECT id, bucket, subject, consent, sealed FROM use_refusal WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement look_row{
    "archive_look_row", "SELECT id, bucket, subject, state, sealed FROM own_look WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement forget_entry_rows{"archive_forget_entries",
                                             "DELETE FROM journal WHERE seq >= ?1 AND seq < ?2"};
constexpr store::Statement forget_leaf_rows{"archive_forget_leaves",
                                            "DELETE FROM ledger_leaf WHERE number >= ?1 AND number < ?2"};
constexpr store::Statement forget_use{"archive_forget_use", "DELETE FROM use_record WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement forget_refusal{"archive_forget_refusal",
                                          "DELETE FROM use_refusal WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement forget_look{"archive_forget_look", "DELETE FROM own_look WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement emptied{"archive_emptied", "UPDATE archive SET emptied = 1 WHERE number = ?1"};

Archive archive_at(const store::Row& row) {
    Archive archive{.number = row.integer(0),
                    .first_leaf = row.integer(1),
                    .last_leaf = row.integer(2),
                    .first_seq = row.integer(3),
                    .last_seq = row.integer(4),
                    .first_use = {},
                    .last_use = {},
                    .began = time_at(row, 7),
                    .ended = time_at(row, 8),
                    .uses = row.integer(9),
                    .refusals = row.integer(10),
                    .looks = row.integer(11),
                    .bytes = row.integer(12),
                    .manifest = digest_at(row, 13),
                    .file = digest_at(row, 14),
                    .journal_seq = row.integer(15),
                    .emptied = row.integer(16) != 0};
    if (!row.null(5)) archive.first_use = id_at<base::RawId>(row, 5);
    if (!row.null(6)) archive.last_use = id_at<base::RawId>(row, 6);
    return archive;
}

std::optional<Archive> one(store::ReadSession& session, const store::Statement& statement, std::int64_t value) {
    std::optional<Archive> found;
    session.query(statement, {value}, [&](const store::Row& row) { found = archive_at(row); });
    return found;
}

thread_local int forbidden = 0;

// The first entry and the first leaf that stand in no file.
struct Ends {
    std::int64_t seq = 0, leaf = 0;
};
Ends ends_of(store::ReadSession& session) {
    Ends found;
    session.query(ends, {}, [&](const store::Row& row) { found = {.seq = row.integer(0), .leaf = row.integer(1)}; });
    return found;
}

}  // namespace

boost::json::object sealed_details(const Archive& archive) {
    return {{"number", archive.number},
            {"first_leaf", archive.first_leaf},
            {"last_leaf", archive.last_leaf},
            {"bytes", archive.bytes},
            {"manifest", base::to_base64(archive.manifest)},
            {"file", base::to_base64(archive.file)}};
}

bool said_by(const boost::json::object& fact, const Archive& archive) {
    return std::ranges::all_of(sealed_details(archive), [&](const auto& member) {
        const auto* said = fact.if_contains(member.key());
        return said != nullptr && *said == member.value();
    });
}

NoArchivesHere::NoArchivesHere() {
    ++forbidden;
}
NoArchivesHere::~NoArchivesHere() {
    --forbidden;
}

std::optional<Archive> Archives::newest(store::ReadSession& session) const {
    std::optional<Archive> found;
    session.query(newest_one, {}, [&](const store::Row& row) { found = archive_at(row); });
    return found;
}

std::optional<Archive> Archives::find(store::ReadSession& session, std::int64_t number) const {
    return one(session, by_number, number);
}

std::vector<Archive> Archives::after(store::ReadSession& session, std::int64_t number, std::size_t max) const {
    std::vector<Archive> found;
    session.query(after_number, {number, static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(archive_at(row)); });
    return found;
}

Archives::Between Archives::around(store::ReadSession& session, base::Time instant) const {
    Between found{.first = ends_of(session).seq, .last = std::numeric_limits<std::int64_t>::max()};
    session.query(until, {micros(instant)},
                  [&](const store::Row& row) { found = {.first = row.integer(0), .last = row.integer(1)}; });
    return found;
}

std::int64_t Archives::leaves(store::ReadSession& session) const {
    return ends_of(session).leaf;
}

Archives::Totals Archives::totals(store::ReadSession& session) const {
    Totals totals;
    session.query(sizes, {}, [&](const store::Row& row) {
        ++totals.files;
        totals.bytes += row.integer(0);
    });
    totals.leaves = leaves(session);
    return totals;
}

void Archives::read(const Archive& archive, const std::function<void(store::ReadSession&)>& look) const {
    if (forbidden != 0) throw ArchiveNeeded();
    if (files_ == nullptr) throw ArchiveAway("archive " + std::to_string(archive.number) + " has no directory");
    files_->read(archive, look);
}

void Archives::over_entries(store::ReadSession& session, std::int64_t from, std::int64_t to, const Piece& look) const {
    const std::int64_t live = ends_of(session).seq;
    bool more = true;
    while (more && from < to && from < live) {
        const auto archive = one(session, with_entry, from);
        if (!archive) throw Damaged("an entry before the live ones is in no archive");
        const std::int64_t end = std::min(to, archive->last_seq + 1);
        read(*archive, [&](store::ReadSession& file) { more = look(file, from, end); });
        from = end;
    }
    if (more && from < to) look(session, from, to);
}

void Archives::over_leaves(store::ReadSession& session, std::int64_t from, std::int64_t to, const Piece& look) const {
    const std::int64_t live = ends_of(session).leaf;
    bool more = true;
    while (more && from < to && from < live) {
        const auto archive = one(session, with_leaf, from);
        if (!archive) throw Damaged("a leaf before the live ones is in no archive");
        const std::int64_t end = std::min(to, archive->last_leaf + 1);
        read(*archive, [&](store::ReadSession& file) { more = look(file, from, end); });
        from = end;
    }
    if (more && from < to) look(session, from, to);
}

bool Archives::look_up(store::ReadSession& session, const base::RawId& use, const Ask& ask) const {
    if (ask(session)) return true;
    std::vector<Archive> candidates;
    session.query(with_use, {use.bytes()}, [&](const store::Row& row) { candidates.push_back(archive_at(row)); });
    for (const Archive& archive : candidates) {
        bool found = false;
        read(archive, [&](store::ReadSession& file) { found = ask(file); });
        if (found) return true;
    }
    return false;
}

std::vector<Archives::Held> Archives::held_of(store::ReadSession& session, Kind kind, consent::SubjectId subject,
                                              const std::optional<base::RawId>& before) const {
    std::vector<Held> held;
    session.query(
        persons, {subject.bytes(), std::int64_t{subject.bucket().value}, number(kind), before_bytes(before)},
        [&](const store::Row& row) { held.push_back({.number = row.integer(0), .last = id_at<base::RawId>(row, 1)}); });
    return held;
}

void Archives::note_person(store::WriteSession& session, std::int64_t number, const Person& person) const {
    session.execute(add_person,
                    {person.subject.bytes(), records::number(person.kind), number,
                     std::int64_t{person.subject.bucket().value}, person.first.bytes(), person.last.bytes()});
}

void Archives::add(store::WriteSession& session, const Archive& archive) const {
    session.execute(insert, {archive.number, archive.first_leaf, archive.last_leaf, archive.first_seq, archive.last_seq,
                             id_param(archive.first_use), id_param(archive.last_use), micros(archive.began),
                             micros(archive.ended), archive.uses, archive.refusals, archive.looks, archive.bytes,
                             archive.manifest, archive.file, archive.journal_seq});
}

void Archives::mark_emptied(store::WriteSession& session, std::int64_t number) const {
    session.execute(emptied, {number});
}

std::optional<base::Time> Archives::entry_time(store::ReadSession& session, std::int64_t seq) {
    std::optional<base::Time> at;
    session.query(entry_id, {seq}, [&](const store::Row& row) { at = id_at<base::RawId>(row, 0).time(); });
    return at;
}

void Archives::each_entry_row(store::ReadSession& session, std::int64_t from, std::int64_t to,
                              const store::Visit& visit) {
    session.query(entry_rows, {from, to}, visit);
}

void Archives::each_leaf_row(store::ReadSession& session, std::int64_t from, std::int64_t to,
                             const store::Visit& visit) {
    session.query(leaf_rows, {from, to}, visit);
}

bool Archives::row(store::ReadSession& session, Table table, const base::RawId& id, const store::Visit& visit) {
    const store::Statement& statement = table == Table::use       ? use_row
                                        : table == Table::refusal ? refusal_row
                                                                  : look_row;
    return session.query(statement, {id.bytes(), std::int64_t{id.bucket().value}}, visit) != 0;
}

void Archives::forget_entries(store::WriteSession& session, std::int64_t from, std::int64_t to) {
    session.execute(forget_entry_rows, {from, to});
}

void Archives::forget_leaves(store::WriteSession& session, std::int64_t from, std::int64_t to) {
    session.execute(forget_leaf_rows, {from, to});
}

void Archives::forget(store::WriteSession& session, Table table, const base::RawId& id) {
    const store::Statement& statement = table == Table::use       ? forget_use
                                        : table == Table::refusal ? forget_refusal
                                                                  : forget_look;
    session.execute(statement, {id.bytes(), std::int64_t{id.bucket().value}});
}

}  // namespace kelisim::records
