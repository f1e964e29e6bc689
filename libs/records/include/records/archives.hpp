// SPDX-License-Identifier: Apache-2.0
// Which entries of the journal, leaves and uses stand in sealed files instead of the live tables, and how they are read from
// there (418-V ст.40(2)). The tables of a file are named as the live ones and have their columns, so that one statement reads both.
#pragma once

#include <algorithm>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// A file as it is registered. From its registration on, what it covers is read from it; live rows of it that are still
// there are about to be deleted.
struct Archive {
    std::int64_t number = 0;                     // from 1, without gaps
    std::int64_t first_leaf = 0, last_leaf = 0;  // whole tiles of the ledger; the next file begins behind them
    std::int64_t first_seq = 0, last_seq = 0;    // of the journal; the first is the one behind the file before
    // The range of ids of the uses, refused uses and looks in it; nothing when it holds none.
    std::optional<base::RawId> first_use, last_use;
    base::Time began, ended;  // times of its first and last entry
    std::int64_t uses = 0, refusals = 0, looks = 0;
    std::int64_t bytes = 0;
    Digest manifest{};             // of the text of its manifest
    Digest file{};                 // SHA-256 of all its bytes
    std::int64_t journal_seq = 0;  // of the fact that says manifest and file
    bool emptied = false;          // no live row of it is left
    bool operator==(const Archive&) const = default;
};

// The fact that registers a file, and what it says: number, leaves, length and both hashes.
inline constexpr std::string_view archive_sealed_kind = "archive.sealed";
boost::json::object sealed_details(const Archive& archive);
bool said_by(const boost::json::object& fact, const Archive& archive);

// A file is missing, or is not the one that was registered. An outage: an answer without it would be a shorter history.
class ArchiveAway : public base::Outage {
public:
    using Outage::Outage;
};

// Where the files are. Thread-safe.
class ArchiveFiles {
public:
    virtual ~ArchiveFiles() = default;
    // Shows the file, after it was held against its registered hash. Throws ArchiveAway.
    virtual void read(const Archive& archive, const std::function<void(store::ReadSession&)>& look) const = 0;
};

// While one of these lives, no file is opened on its thread: what would need one throws ArchiveNeeded instead, and is to be done
// again on a thread that may wait for a disk.
class NoArchivesHere {
public:
    NoArchivesHere();
    ~NoArchivesHere();
    NoArchivesHere(const NoArchivesHere&) = delete;
    NoArchivesHere& operator=(const NoArchivesHere&) = delete;
};
class ArchiveNeeded : public base::Outage {
public:
    ArchiveNeeded() : Outage("an archive is needed") {}
};

// Thread-safe: without state. Reading from a file throws ArchiveAway and ArchiveNeeded.
class Archives {
public:
    // `files`: outlives this; null where nobody archives, so that whatever needs a file throws ArchiveAway.
    explicit Archives(const ArchiveFiles* files) : files_(files) {}

    std::optional<Archive> newest(store::ReadSession& session) const;
    std::optional<Archive> find(store::ReadSession& session, std::int64_t number) const;
    // Oldest first, after this number.
    std::vector<Archive> after(store::ReadSession& session, std::int64_t number, std::size_t max) const;
    // Between which entries the first one of this time or later stands: those of the first file that has such ones, or the live
    // ones.
    struct Between {
        std::int64_t first = 0, last = 0;
    };
    Between around(store::ReadSession& session, base::Time instant) const;
    // How many leaves stand in files.
    std::int64_t leaves(store::ReadSession& session) const;
    struct Totals {
        std::int64_t files = 0, bytes = 0, leaves = 0;
    };
    Totals totals(store::ReadSession& session) const;

    void read(const Archive& archive, const std::function<void(store::ReadSession&)>& look) const;

    // Shows the entries of the journal, or the leaves, from `from` on and before `to`, piece by piece in their order: those in
    // files, then the live ones. Ends early when `look` returns false.
    using Piece = std::function<bool(store::ReadSession&, std::int64_t from, std::int64_t to)>;
    void over_entries(store::ReadSession& session, std::int64_t from, std::int64_t to, const Piece& look) const;
    void over_leaves(store::ReadSession& session, std::int64_t from, std::int64_t to, const Piece& look) const;

    // Asks the live tables, then each file that can hold this use, refused use or look, until one answers true.
    using Ask = std::function<bool(store::ReadSession&)>;
    bool look_up(store::ReadSession& session, const base::RawId& use, const Ask& ask) const;

    // Refused uses or looks of one person, newest first, those before `before`: of the live tables and of the files. `read`
    // gives them from one of these, at most `max`.
    enum class Kind { refusal, look };
    template <class Item, class Read>
    std::vector<Item> merged(store::ReadSession& session, Kind kind, consent::SubjectId subject,
                             const std::optional<base::RawId>& before, std::size_t max, const Read& read) const {
        std::vector<Item> items = read(session);
        for (const Held& held : held_of(session, kind, subject, before)) {
            // Nothing in this file or in those behind it is newer than the last that is wanted.
            if (items.size() >= max && held.last < items[max - 1].id) break;
            this->read(find(session, held.number).value(), [&](store::ReadSession& file) {
                for (Item& item : read(file))
                    items.push_back(std::move(item));
            });
            std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return b.id < a.id; });
            // Live rows that are about to be deleted.
            const auto same = [](const Item& a, const Item& b) { return a.id == b.id; };
            items.erase(std::unique(items.begin(), items.end(), same), items.end());
            if (items.size() > max) items.erase(items.begin() + static_cast<std::ptrdiff_t>(max), items.end());
        }
        return items;
    }

    // Registering: first whose rows are in the file, any number of times, then the file.
    struct Person {
        consent::SubjectId subject;
        Kind kind{};
        base::RawId first, last;
    };
    void note_person(store::WriteSession& session, std::int64_t number, const Person& person) const;
    void add(store::WriteSession& session, const Archive& archive) const;
    void mark_emptied(store::WriteSession& session, std::int64_t number) const;

    // When a live entry was written; nothing when it is not there.
    static std::optional<base::Time> entry_time(store::ReadSession& session, std::int64_t seq);
    // Live rows as they go into a file, their columns in the order of archive/tables.hpp; those asked for by id: whether
    // there is one.
    static void each_entry_row(store::ReadSession& session, std::int64_t from, std::int64_t to,
                               const store::Visit& visit);
    static void each_leaf_row(store::ReadSession& session, std::int64_t from, std::int64_t to,
                              const store::Visit& visit);
    enum class Table { use, refusal, look };
    static bool row(store::ReadSession& session, Table table, const base::RawId& id, const store::Visit& visit);
    // Deletes them, those there are: entries and leaves from `from` on and before `to`.
    static void forget_entries(store::WriteSession& session, std::int64_t from, std::int64_t to);
    static void forget_leaves(store::WriteSession& session, std::int64_t from, std::int64_t to);
    static void forget(store::WriteSession& session, Table table, const base::RawId& id);

private:
    struct Held {
        std::int64_t number = 0;
        base::RawId last;
    };
    // Newest last id first.
    std::vector<Held> held_of(store::ReadSession& session, Kind kind, consent::SubjectId subject,
                              const std::optional<base::RawId>& before) const;

    const ArchiveFiles* files_;
};

}  // namespace kelisim::records
