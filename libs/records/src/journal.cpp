// SPDX-License-Identifier: Apache-2.0
#include "records/journal.hpp"

#include <algorithm>
#include <vector>

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"journal_insert",
                                  "INSERT INTO journal (id, bucket, kind, entity, salt, sealed, commitment, subject) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
constexpr store::Statement after{"journal_after",
                                 "SELECT seq, entity, kind, subject, salt, sealed, commitment FROM journal "
                                 "WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
constexpr store::Statement at_seq{
    "journal_at", "SELECT seq, entity, kind, subject, salt, sealed, commitment FROM journal WHERE seq = ?1"};
constexpr store::Statement of_one_in{"journal_of_subject_in",
                                     "SELECT seq, entity, kind, subject, salt, sealed, commitment FROM journal "
                                     "WHERE seq >= ?1 AND seq < ?2 AND subject = ?3 ORDER BY seq LIMIT ?4"};
constexpr store::Statement of_entity_in{"journal_of_entity_in",
                                        "SELECT seq, entity, kind, subject, salt, sealed, commitment FROM journal "
                                        "WHERE seq >= ?1 AND seq < ?2 AND entity = ?3 ORDER BY seq"};
constexpr store::Statement id_from{"journal_id_from", "SELECT id FROM journal WHERE seq >= ?1 ORDER BY seq LIMIT 1"};
constexpr store::Statement last_seq{"journal_last", "SELECT max(seq) FROM journal"};
constexpr store::Statement subjects_in{
    "journal_subjects_in",
    "SELECT seq, subject FROM journal WHERE seq >= ?1 AND seq < ?2 AND subject IS NOT NULL ORDER BY seq"};
constexpr store::Statement read_run{"journal_run", "SELECT entries FROM journal_run WHERE number = ?1"};
constexpr store::Statement last_run{"journal_run_last", "SELECT max(number) FROM journal_run"};
constexpr store::Statement add_run{"journal_run_insert", "INSERT INTO journal_run (number, entries) VALUES (?1, ?2)"};

// A list holds, for each entry of a person, six random bytes of their id and the place in the block. Rows are read anyhow, so
// two who share those bytes cost a read and nothing else.
constexpr std::int64_t block_entries = 1 << 14;
constexpr std::int64_t run_parts = 16;
constexpr std::size_t key_bytes = 6, place_bytes = 2, item_bytes = key_bytes + place_bytes;
constexpr std::size_t key_at = 9, part_at = 15;  // of an id: behind its time, its bucket and the bits of its version

using Runs = std::array<base::Bytes, run_parts>;
using RunItem = std::array<std::uint8_t, item_bytes>;

std::int64_t part_of(base::BytesView subject) {
    return subject[part_at] % run_parts;
}
base::BytesView key_of(base::BytesView subject) {
    return subject.subspan(key_at, key_bytes);
}

Runs runs_of(store::ReadSession& session, const Archives& archives, std::int64_t block) {
    std::array<std::vector<RunItem>, run_parts> items;
    const std::int64_t first = block * block_entries;
    const auto add = [&](const store::Row& row) {
        const auto subject = id_at<consent::SubjectId>(row, 1);
        const auto place = static_cast<std::uint16_t>(row.integer(0) - first);
        RunItem item{};
        std::ranges::copy(key_of(subject.bytes()), item.begin());
        item[key_bytes] = static_cast<std::uint8_t>(place >> 8);
        item[key_bytes + 1] = static_cast<std::uint8_t>(place);
        items.at(static_cast<std::size_t>(part_of(subject.bytes()))).push_back(item);
    };
    archives.over_entries(session, first, first + block_entries,
                          [&](store::ReadSession& piece, std::int64_t from, std::int64_t to) {
                              piece.query(subjects_in, {from, to}, add);
                              return true;
                          });
    Runs runs;
    for (std::size_t part = 0; part < items.size(); ++part) {
        std::ranges::sort(items.at(part));
        for (const RunItem& item : items.at(part))
            runs.at(part).insert(runs.at(part).end(), item.begin(), item.end());
    }
    return runs;
}

// The places in a block that its list gives for a person; nothing when there is no list.
std::optional<std::vector<std::int64_t>> listed(store::ReadSession& session, std::int64_t block,
                                                base::BytesView subject) {
    std::optional<std::vector<std::int64_t>> places;
    session.query(read_run, {block * run_parts + part_of(subject)}, [&](const store::Row& row) {
        const base::BytesView run = row.blob(0);
        if (run.size() % item_bytes != 0) throw Damaged("a list of the journal has a wrong length");
        places.emplace();
        const auto key = [&](std::size_t item) { return run.subspan(item * item_bytes, key_bytes); };
        std::size_t from = 0, to = run.size() / item_bytes;
        while (from < to) {
            const std::size_t middle = from + (to - from) / 2;
            if (std::ranges::lexicographical_compare(key(middle), key_of(subject))) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        for (; from < run.size() / item_bytes && std::ranges::equal(key(from), key_of(subject)); ++from) {
            const base::BytesView place = run.subspan(from * item_bytes + key_bytes, place_bytes);
            places->push_back(place[0] << 8 | place[1]);
        }
    });
    return places;
}

std::int64_t number_from(store::ReadSession& session, const store::Statement& statement, std::int64_t otherwise) {
    std::int64_t found = otherwise;
    session.query(statement, {}, [&](const store::Row& row) {
        if (!row.null(0)) found = row.integer(0);
    });
    return found;
}

std::int64_t first_unlisted(store::ReadSession& session) {
    const std::int64_t last = number_from(session, last_run, -1);
    return last < 0 ? 0 : last / run_parts + 1;
}

template <std::size_t size>
std::array<std::uint8_t, size> array_at(const store::Row& row, int column) {
    const base::BytesView bytes = row.blob(column);
    std::array<std::uint8_t, size> array{};
    if (bytes.size() != size) throw Damaged("a journal column has a wrong length");
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

JournalEntry entry_at(const store::Row& row) {
    const base::BytesView sealed = row.blob(5);
    return {.seq = row.integer(0),
            .entity = id_at<base::RawId>(row, 1),
            .kind = std::string(row.text(2)),
            .subject = row.null(3) ? std::nullopt : std::optional(id_at<consent::SubjectId>(row, 3)),
            .salt = array_at<ledger::salt_bytes>(row, 4),
            .sealed = base::Bytes(sealed.begin(), sealed.end()),
            .commitment = array_at<sizeof(Digest)>(row, 6)};
}

// The members that every fact has, then its details, as one object. Written directly: five facts go with a consent, and
// a value made of each only to be written would cost more than the writing. None of the three needs escaping.
std::string text_of(const Fact& fact) {
    std::string text = R"({"kind":")";
    text.append(fact.kind).append(R"(","at":")").append(base::to_iso8601(fact.at));
    text.append(R"(","id":")").append(fact.entity.to_string()).append("\"");
    if (fact.details.empty()) return text += '}';
    return text.append(",").append(boost::json::serialize(fact.details), 1);
}

}  // namespace

void Journal::append(store::WriteSession& session, const Fact& fact) const {
    const std::string text = text_of(fact);
    const auto id = base::RawId::make(fact.at, fact.entity.bucket(), entropy_);
    const ledger::Salt salt = ledger::make_salt(entropy_);
    const Digest commitment = ledger::commitment(salt, base::as_bytes(text));
    const base::Bytes sealed = vault_.archive().seal(base::as_bytes(text), salt, fact.at, entropy_);
    session.execute(insert, {id.bytes(), std::int64_t{fact.entity.bucket().value}, fact.kind, fact.entity.bytes(), salt,
                             sealed, commitment, id_param(fact.subject)});
    session.after_commit([this] { growth_.tell(); });
}

void Journal::each_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                         const std::function<void(const JournalEntry&)>& visit) const {
    std::size_t left = max;
    archives_.over_entries(session, seq + 1, std::numeric_limits<std::int64_t>::max(),
                           [&](store::ReadSession& piece, std::int64_t from, std::int64_t) {
                               left -= piece.query(after, {from - 1, static_cast<std::int64_t>(left)},
                                                   [&](const store::Row& row) { visit(entry_at(row)); });
                               return left > 0;
                           });
}

// Visits those of one person after `seq` until the visitor has enough or the blocks are used up. Returns up to where all were
// visited.
std::int64_t Journal::walk(store::ReadSession& session, consent::SubjectId subject, std::int64_t seq,
                           std::size_t blocks, const std::function<bool(const JournalEntry&)>& more) const {
    const std::int64_t last = number_from(session, last_seq, 0);
    const std::size_t cost_max = std::max<std::size_t>(blocks, 1);
    std::optional<std::int64_t> stopped;
    const auto give = [&](const JournalEntry& entry) {
        if (stopped) return;
        if (entry.subject == subject && !more(entry)) stopped = entry.seq;
    };
    std::int64_t next = std::max<std::int64_t>(seq, 0) + 1;
    for (std::size_t cost = 0; next <= last && cost < cost_max;) {
        const std::int64_t block = next / block_entries;
        const std::int64_t first = block * block_entries, end = first + block_entries;
        if (const auto places = listed(session, block, subject.bytes())) {
            for (const std::int64_t place : *places) {
                if (first + place < next || stopped) continue;
                if (const auto entry = at(session, first + place)) give(*entry);
            }
            ++cost;
        } else {
            // In pieces, so that one who has enough does not read on.
            constexpr std::int64_t at_once = 256;
            const auto read = [&](store::ReadSession& piece, std::int64_t from, std::int64_t to) {
                while (from < to && from <= last && !stopped) {
                    std::int64_t found = 0, behind = to;
                    piece.query(of_one_in, {from, to, subject.bytes(), at_once}, [&](const store::Row& row) {
                        ++found;
                        behind = row.integer(0) + 1;
                        give(entry_at(row));
                    });
                    from = found < at_once ? to : behind;
                }
                return !stopped;
            };
            archives_.over_entries(session, next, end, read);
            cost += base::limits::journal_unlisted_block_cost;
        }
        if (stopped) return *stopped;
        next = end;
    }
    return next > last ? std::max(last, seq) : next - 1;
}

std::int64_t Journal::of_subject(store::ReadSession& session, consent::SubjectId subject, std::int64_t seq,
                                 const Budget& budget, const std::function<void(const JournalEntry&)>& visit) const {
    if (budget.entries == 0) return seq;
    std::size_t left = budget.entries;
    return walk(session, subject, seq, budget.blocks, [&](const JournalEntry& entry) {
        visit(entry);
        return --left > 0;
    });
}

std::optional<base::Time> Journal::written(store::ReadSession& session, std::int64_t seq) const {
    std::optional<base::Time> time;
    archives_.over_entries(session, seq, std::numeric_limits<std::int64_t>::max(),
                           [&](store::ReadSession& piece, std::int64_t from, std::int64_t) {
                               piece.query(id_from, {from},
                                           [&](const store::Row& row) { time = id_at<base::RawId>(row, 0).time(); });
                               return !time;
                           });
    return time;
}

std::int64_t Journal::block_near(store::ReadSession& session, base::Time near) const {
    // Ids tell milliseconds, and so does what is compared with them.
    const base::Time instant = std::chrono::floor<std::chrono::milliseconds>(near);
    // Between the ends of the file that it is in, or among the live ones: no other file is opened for it.
    const auto [earliest, latest] = archives_.around(session, instant);
    std::int64_t from = earliest / block_entries;
    for (std::int64_t to = std::min(latest, last(session)) / block_entries + 1; from < to;) {
        const std::int64_t middle = from + (to - from) / 2;
        const auto begins = written(session, middle * block_entries);
        if (begins && *begins < instant) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return std::max<std::int64_t>(from - 1, 0);
}

std::optional<JournalEntry> Journal::find_of(store::ReadSession& session, const base::RawId& entity, base::Time near,
                                             const std::function<bool(const JournalEntry&)>& fits) const {
    std::optional<JournalEntry> found;
    const std::int64_t blocks = last(session) / block_entries + 1;
    const auto look = [&](std::int64_t first, std::size_t max) {
        const std::int64_t end = std::min(first + static_cast<std::int64_t>(max), blocks);
        archives_.over_entries(session, first * block_entries, end * block_entries,
                               [&](store::ReadSession& piece, std::int64_t from, std::int64_t to) {
                                   piece.query(of_entity_in, {from, to, entity.bytes()}, [&](const store::Row& row) {
                                       JournalEntry entry = entry_at(row);
                                       if (!found && fits(entry)) found = std::move(entry);
                                   });
                                   return !found;
                               });
        return end;
    };
    constexpr std::size_t around = 2;  // the one in which it was written, and the next
    const std::int64_t begin = block_near(session, near);
    const std::int64_t end = look(begin, around);
    if (found || (begin == 0 && end == blocks)) return found;
    const std::int64_t searched = look(0, base::limits::journal_search_blocks_max);
    if (!found && searched < blocks)
        throw store::Unavailable("the journal is too long to be looked through for one entry");
    return found;
}

std::optional<JournalEntry> Journal::find(store::ReadSession& session, consent::SubjectId subject, base::Time near,
                                          const std::function<bool(const JournalEntry&)>& fits) const {
    std::optional<JournalEntry> found;
    const auto look = [&](const JournalEntry& entry) {
        if (fits(entry)) found = entry;
        return !found;
    };
    const std::int64_t last = this->last(session);
    const std::int64_t begin = block_near(session, near) * block_entries - 1;
    const std::int64_t there = walk(session, subject, begin, base::limits::journal_read_blocks_max, look);
    if (found || (begin <= 0 && there >= last)) return found;
    const std::int64_t anywhere = walk(session, subject, 0, base::limits::journal_search_blocks_max, look);
    if (!found && anywhere < last)
        throw store::Unavailable("the journal is too long to be looked through for one entry");
    return found;
}

std::optional<JournalEntry> Journal::at(store::ReadSession& session, std::int64_t seq) const {
    std::optional<JournalEntry> entry;
    const auto missing = [&](store::ReadSession& from) {
        from.query(at_seq, {seq}, [&](const store::Row& row) { entry = entry_at(row); });
        return !entry;
    };
    // The live table first: nearly everything that is asked for one by one is young.
    if (missing(session)) {
        archives_.over_entries(session, seq, seq + 1, [&](store::ReadSession& piece, std::int64_t, std::int64_t) {
            return &piece != &session && missing(piece);
        });
    }
    return entry;
}

std::int64_t Journal::last(store::ReadSession& session) const {
    return number_from(session, last_seq, 0);
}

std::size_t Journal::list_blocks(store::Writer& writer, store::Readers& readers, std::size_t max) const {
    std::size_t done = 0;
    for (; done < max; ++done) {
        std::int64_t block = 0;
        std::optional<Runs> runs;
        readers.read([&](store::ReadSession& session) {
            block = first_unlisted(session);
            if (last(session) < (block + 1) * block_entries) return;
            runs = runs_of(session, archives_, block);
        });
        if (!runs) break;
        store::run(writer, [&](store::WriteSession& session) {
            for (std::size_t part = 0; part < runs->size(); ++part)
                session.execute(add_run, {block * run_parts + static_cast<std::int64_t>(part), runs->at(part)});
        });
    }
    return done;
}

std::optional<std::int64_t> Journal::wrong_list(store::ReadSession& session) const {
    const std::int64_t end = first_unlisted(session);
    for (std::int64_t block = 0; block < end; ++block) {
        const Runs right = runs_of(session, archives_, block);
        for (std::size_t part = 0; part < right.size(); ++part) {
            std::optional<base::Bytes> stored;
            session.query(read_run, {block * run_parts + static_cast<std::int64_t>(part)},
                          [&](const store::Row& row) { stored = base::Bytes(row.blob(0).begin(), row.blob(0).end()); });
            if (stored != right.at(part)) return block;
        }
    }
    return std::nullopt;
}

std::string Journal::open(const JournalEntry& entry) const {
    const base::Bytes plain = vault_.archive().open(entry.sealed, entry.salt, "journal entry");
    return std::string(base::as_text(plain));
}

}  // namespace kelisim::records
