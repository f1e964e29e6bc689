// SPDX-License-Identifier: Apache-2.0
#include "archive/archiver.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "archive/tables.hpp"
#include "base/limits.hpp"
#include "files_on_disk.hpp"

namespace kelisim::archive {

using records::Archive;
using records::Archives;
using store::ReadSession;
using store::WriteSession;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr telemetry::Message archive_sealed{"ARCHIVE_SEALED", telemetry::Level::info};
constexpr telemetry::Message archive_failed{"ARCHIVE_FAILED", telemetry::Level::error};

constexpr std::string_view half_written = "unfinished";
constexpr std::size_t files_a_look = 1000;  // of one read of the register

void sync(const fs::path& path, int flags) {
    const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (file.get() < 0 || ::fsync(file.get()) != 0) throw base::Outage(path.string() + " cannot be made durable");
}

// What a process that was killed while it wrote leaves: the file, and SQLite's journal of it.
void remove_half_written(const fs::path& file) {
    fs::remove(file);
    fs::remove(file.string() + "-journal");
}

// Nothing that was put aside is overwritten.
fs::path free_name(const std::string& wanted) {
    fs::path name = wanted;
    for (int number = 2; fs::exists(name); ++number)
        name = wanted + "-" + std::to_string(number);
    return name;
}

}  // namespace

Archiving::Archiving(ArchivingParts parts, ArchivingOptions options)
    : parts_(std::move(parts)), options_(std::move(options)) {
    namespace limits = base::limits;
    const bool term = options_.term >= std::chrono::days{limits::archive_days_min} &&
                      options_.term <= std::chrono::days{limits::archive_days_max};
    if (!term || options_.tiles < 1 || options_.tiles > limits::archive_tiles_max)
        throw base::Outage("archives: a term or a length of a file beyond its limits");
}

// The next whole file of leaves whose last entry is old enough. The newest signed leaf stays live, so that the ledger's thread
// needs no file to go on from it.
std::optional<Range> Archiving::next_range(ReadSession& session, const std::optional<Archive>& newest) {
    const std::int64_t count = options_.tiles * static_cast<std::int64_t>(ledger::tile_width);
    const std::int64_t first = newest ? newest->last_leaf + 1 : 0;
    const Range range{.first_leaf = first, .last_leaf = first + count - 1};
    if (static_cast<std::uint64_t>(range.last_leaf) + 1 >= parts_.signed_size()) return std::nullopt;
    const auto seq = parts_.records.ledger.entry_of(session, range.last_leaf);
    if (!seq) throw records::Damaged("the ledger lacks leaf " + std::to_string(range.last_leaf));
    const auto at = Archives::entry_time(session, *seq);
    return at && *at < parts_.clock.now() - options_.term ? std::optional(range) : std::nullopt;
}

bool Archiving::step() {
    std::optional<Archive> newest;
    std::optional<Range> range;
    const fs::path file = parts_.files.directory() / half_written;
    remove_half_written(file);
    parts_.readers.read([&](ReadSession& session) {
        newest = parts_.records.archives.newest(session);
        if (!newest || newest->emptied) range = next_range(session, newest);
    });
    if (newest && !newest->emptied) {
        empty(*newest);
        return true;
    }
    if (!range) return false;
    if (fs::create_directories(parts_.files.directory()))
        fs::permissions(parts_.files.directory(), fs::perms::owner_all);
    try {
        auto sealed = write(*range, file);
        if (!sealed) {
            remove_half_written(file);
            return false;
        }
        after(Step::written);
        put_in_place(sealed->archive, file);
        after(Step::renamed);
        note_persons(*sealed);
        after(Step::persons_noted);
        enter(sealed->archive);
        after(Step::registered);
        empty(sealed->archive);
        return true;
    } catch (...) {
        std::error_code ignored;  // a full disk gets its space back
        fs::remove(file, ignored);
        throw;
    }
}

std::optional<Sealed> Archiving::write(const Range& range, const fs::path& file) {
    std::optional<Sealed> sealed;
    parts_.readers.read([&](ReadSession& session) {
        sealed = seal(session,
                      {.records = parts_.records, .ledger = parts_.ledger, .key = parts_.key, .hooks = options_.hooks},
                      range, parts_.clock.now() - options_.term, file);
    });
    return sealed;
}

// Durable under its name before any row counts on it. A file of that name is none that is registered: of a process that
// ended here, or of a database that was newer than this one. It may be all that is left of that, so it is put aside.
void Archiving::put_in_place(Archive& archive, const fs::path& file) const {
    ::chmod(file.c_str(), S_IRUSR);
    sync(file, O_RDONLY);
    archive.bytes = static_cast<std::int64_t>(fs::file_size(file));
    const auto hash = hash_of_file(file);
    if (!hash) throw base::Outage(file.string() + " cannot be read back");
    archive.file = *hash;
    const fs::path name = parts_.files.path(archive.number);
    if (fs::exists(name)) fs::rename(name, free_name(name.string() + ".unregistered"));
    fs::rename(file, name);
    sync(name.parent_path(), O_RDONLY | O_DIRECTORY);
}

void Archiving::note_persons(const Sealed& sealed) {
    for (std::size_t from = 0; from < sealed.persons.size(); from += options_.rows_a_unit) {
        const std::size_t to = std::min(from + options_.rows_a_unit, sealed.persons.size());
        store::run(parts_.writer, [&](WriteSession& session) {
            for (std::size_t i = from; i < to; ++i)
                parts_.records.archives.note_person(session, sealed.archive.number, sealed.persons[i]);
        });
    }
}

void Archiving::enter(Archive archive) {
    const base::Time now = parts_.clock.now();
    store::run(parts_.writer, [&](WriteSession& session) {
        const auto entity = base::RawId::make(now, base::Bucket{}, parts_.entropy);
        parts_.records.journal.append(session, {.kind = records::archive_sealed_kind,
                                                .entity = entity,
                                                .at = now,
                                                .subject = {},
                                                .details = records::sealed_details(archive)});
        Archive entered = archive;
        entered.journal_seq = parts_.records.journal.last(session);
        parts_.records.archives.add(session, entered);
    });
    ++counts_.sealed;
    parts_.log.write(archive_sealed, {{"archive", archive.number},
                                      {"leaf", archive.last_leaf},
                                      {"uses", archive.uses + archive.refusals + archive.looks},
                                      {"bytes", archive.bytes}});
}

// Any number of times: what is gone already is deleted again. The file is read through first.
void Archiving::empty(const Archive& archive) {
    if (!parts_.files.check(archive))
        throw records::ArchiveAway("archive " + std::to_string(archive.number) +
                                   " is missing or altered: nothing is deleted");
    empty_uses(archive);
    const auto rows = static_cast<std::int64_t>(options_.rows_a_unit);
    const auto in_pieces = [&](std::int64_t from, std::int64_t end, auto forget) {
        for (; from < end; from += rows) {
            store::run(parts_.writer,
                       [&](WriteSession& session) { forget(session, from, std::min(from + rows, end)); });
            after(Step::deleted_some);
        }
    };
    in_pieces(archive.first_seq, archive.last_seq + 1, Archives::forget_entries);
    in_pieces(archive.first_leaf, archive.last_leaf + 1, Archives::forget_leaves);
    store::run(parts_.writer,
               [&](WriteSession& session) { parts_.records.archives.mark_emptied(session, archive.number); });
    after(Step::emptied);
}

void Archiving::empty_uses(const Archive& archive) {
    for (const auto& [name, table] : {std::pair{TableName::use_record, Archives::Table::use},
                                      {TableName::use_refusal, Archives::Table::refusal},
                                      {TableName::own_look, Archives::Table::look}}) {
        base::RawId last{};
        for (;;) {
            std::vector<base::RawId> ids;
            parts_.files.read(archive, [&, name = name](ReadSession& file) {
                ids = ids_after(file, name, last, options_.rows_a_unit);
            });
            if (ids.empty()) break;
            last = ids.back();
            store::run(parts_.writer, [&, table = table](WriteSession& session) {
                for (const base::RawId& id : ids)
                    Archives::forget(session, table, id);
            });
            after(Step::deleted_some);
        }
    }
}

bool Archiving::scrub() {
    std::vector<Archive> files;
    std::optional<Archive> next;
    const auto some = [&](std::int64_t behind) {
        parts_.readers.read(
            [&](ReadSession& session) { files = parts_.records.archives.after(session, behind, files_a_look); });
        return !files.empty();
    };
    for (std::int64_t behind = 0; some(behind); behind = files.back().number) {
        for (const Archive& file : files) {
            if (!parts_.files.glance(file)) continue;
            if (!next && file.number > scrubbed_) next = file;
        }
    }
    if (!next && some(0)) next = files.front();
    if (!next) return false;
    scrubbed_ = next->number;
    parts_.files.check(*next);
    ++counts_.checked;
    return true;
}

base::Duration Archiving::scrub_pause() {
    std::int64_t files = 0;
    parts_.readers.read([&](ReadSession& session) {
        if (const auto newest = parts_.records.archives.newest(session)) files = newest->number;
    });
    const base::Duration whole = options_.scrub;
    return std::clamp<base::Duration>(whole / (files + 1), 1s, base::limits::archive_glance);
}

void Archiving::failed(std::string_view why) {
    ++counts_.failures;
    parts_.log.write(archive_failed, {{"what", telemetry::SafeText::of_program(why)}});
}

Archiver::Archiver(ArchivingParts parts, const ArchivingOptions& options)
    : archiving_(std::move(parts), options), thread_([this](const std::stop_token& stop) { work(stop); }) {}

Archiver::~Archiver() {
    thread_.request_stop();
    thread_.join();
}

void Archiver::ring() {
    {
        const std::lock_guard lock(mutex_);
        rung_ = true;
    }
    changed_.notify_all();
}

void Archiver::work(const std::stop_token& stop) {
    using Steady = std::chrono::steady_clock;
    Steady::time_point retry = Steady::now(), scrub = retry;
    base::Duration pause{};
    bool busy = false;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const auto now = Steady::now();
        if ((rung_ || busy) && now >= retry) {
            rung_ = false;
            lock.unlock();
            try {
                busy = archiving_.step();
                pause = {};
            } catch (const std::exception& error) {
                archiving_.failed(error.what());
                pause = std::clamp<base::Duration>(pause * 2, base::limits::archive_retry_first,
                                                   base::limits::archive_retry_max);
                retry = Steady::now() + pause;
                busy = true;
            }
            lock.lock();
        }
        if (Steady::now() >= scrub) {
            lock.unlock();
            base::Duration wait = base::limits::archive_retry_max;
            try {
                archiving_.scrub();
                wait = archiving_.scrub_pause();
            } catch (const std::exception& error) {
                archiving_.failed(error.what());
            }
            scrub = Steady::now() + wait;
            lock.lock();
        }
        const auto until = rung_ || busy ? std::min(scrub, retry) : scrub;
        if (until > Steady::now())
            changed_.wait_until(lock, stop, until, [&] { return rung_ && Steady::now() >= retry; });
    }
}

}  // namespace kelisim::archive
