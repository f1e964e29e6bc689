// SPDX-License-Identifier: Apache-2.0
#include "archive/seal.hpp"

#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "archive/tables.hpp"
#include "ledger/note.hpp"

namespace kelisim::archive {

using records::Archives;
using records::Damaged;
using store::Row;

namespace {

// Kinds of entries, as access writes them: the end of a use, a call that was refused, a look at one's own data.
bool ends_use(std::string_view kind) {
    return kind == "use.delivered" || kind == "use.not_sent" || kind == "use.unknown";
}
constexpr std::string_view refused_kind = "use.refused";
constexpr std::string_view look_kind = "own_look.reserved";

template <class Id>
Id id_at(const Row& row, int column) {
    const auto id = Id::from_bytes(row.blob(column));
    if (!id) throw Damaged("a stored id is none");
    return *id;
}

crypto::Digest digest_at(const Row& row, int column) {
    const base::BytesView bytes = row.blob(column);
    crypto::Digest digest{};
    if (bytes.size() != digest.size()) throw Damaged("a stored digest is none");
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

class Sealing {
public:
    Sealing(store::ReadSession& session, const SealParts& parts, const std::filesystem::path& file)
        : session_(session), parts_(parts), file_(file, file_schema, parts.hooks) {}

    std::optional<Sealed> run(const Range& range, base::Time before) {
        const auto previous = parts_.records.archives.newest(session_);
        records::Archive& archive = sealed_.archive;
        archive.number = previous ? previous->number + 1 : 1;
        archive.first_leaf = range.first_leaf;
        archive.last_leaf = range.last_leaf;
        archive.first_seq = previous ? previous->last_seq + 1 : 1;
        add_leaves(range);
        if (!add_entries(range, before) || !add_uses() || !add_refusals() || !add_looks()) return std::nullopt;
        Manifest manifest{.ledger = parts_.ledger,
                          .number = archive.number,
                          .previous = previous ? previous->manifest : crypto::Digest{},
                          .first_leaf = archive.first_leaf,
                          .last_leaf = archive.last_leaf,
                          .first_seq = archive.first_seq,
                          .last_seq = archive.last_seq,
                          .began = archive.began,
                          .ended = archive.ended,
                          .tables = {}};
        for (std::size_t i = 0; i < hashes_.size(); ++i)
            manifest.tables.at(i) = hashes_.at(i).finish();
        archive.manifest = manifest.hash();
        ledger::Note note{.text = manifest.to_text(), .signatures = {}};
        note.signatures.push_back(ledger::sign_note(note.text, parts_.ledger, parts_.key));
        add_manifest(file_, note.to_text());
        file_.finish();
        for (const auto& [key, person] : persons_)
            sealed_.persons.push_back(person);
        return std::move(sealed_);
    }

private:
    void add(TableName table, const Row& row) {
        hashes_.at(static_cast<std::size_t>(table)).add(row, table);
        add_row(file_, table, row);
    }

    void add_leaves(const Range& range) {
        Archives::each_leaf_row(session_, range.first_leaf, range.last_leaf + 1, [&](const Row& row) {
            if (row.integer(0) != range.first_leaf + static_cast<std::int64_t>(leaves_.size()))
                throw Damaged("the ledger lacks leaf " + std::to_string(range.first_leaf));
            leaves_.push_back({.seq = row.integer(1), .hash = digest_at(row, 2)});
            add(TableName::ledger_leaf, row);
        });
        if (static_cast<std::int64_t>(leaves_.size()) != range.last_leaf - range.first_leaf + 1)
            throw Damaged("the ledger lacks leaves before " + std::to_string(range.last_leaf));
        sealed_.archive.last_seq = leaves_.back().seq;
        check_tiles(range);
    }

    // The roots stay live: from them later proofs are made, and they have to be those of what goes away.
    void check_tiles(const Range& range) {
        for (std::size_t from = 0; from < leaves_.size(); from += ledger::tile_width) {
            ledger::Hashes hashes;
            for (std::size_t i = from; i < from + ledger::tile_width; ++i)
                hashes.push_back(leaves_.at(i).hash);
            const std::uint64_t tile = (static_cast<std::uint64_t>(range.first_leaf) + from) / ledger::tile_width;
            const ledger::Tile above{
                .level = 1, .number = tile / ledger::tile_width, .width = tile % ledger::tile_width + 1};
            if (parts_.records.ledger.tile(session_, above).back() != ledger::root_of(std::move(hashes)))
                throw Damaged("the root of tile " + std::to_string(tile) + " is not that of its hashes");
        }
    }

    bool add_entries(const Range& range, base::Time before) {
        std::size_t next = 0;
        bool old = true;
        records::Archive& archive = sealed_.archive;
        Archives::each_entry_row(session_, archive.first_seq, archive.last_seq + 1, [&](const Row& row) {
            const auto at = id_at<base::RawId>(row, 1).time();
            old = old && at < before;
            const ledger::Entry entry{.format = row.text(3) == records::map_root_kind ? ledger::EntryFormat::map_root
                                                                                      : ledger::EntryFormat::fact,
                                      .commitment = digest_at(row, 7)};
            if (next >= leaves_.size() || leaves_[next].seq != row.integer(0) ||
                leaves_[next].hash != ledger::leaf_hash(entry)) {
                throw Damaged("leaf " + std::to_string(range.first_leaf + static_cast<std::int64_t>(next)) +
                              " is not the journal entry of its place");
            }
            if (next == 0) archive.began = at;
            archive.ended = at;
            ++next;
            note(row);
            add(TableName::journal, row);
        });
        if (next != leaves_.size()) throw Damaged("leaves have no journal entry");
        return old;
    }

    void note(const Row& row) {
        const std::string_view kind = row.text(3);
        if (ends_use(kind)) uses_.insert(id_at<base::RawId>(row, 4));
        if (kind == look_kind) looks_.insert(id_at<base::RawId>(row, 4));
        if (kind != refused_kind) return;
        // The entry is the consent's; which call it was stands in the fact.
        records::JournalEntry entry;
        const base::BytesView salt = row.blob(5), bytes = row.blob(6);
        if (salt.size() != entry.salt.size()) throw Damaged("a journal column has a wrong length");
        std::copy(salt.begin(), salt.end(), entry.salt.begin());
        entry.sealed.assign(bytes.begin(), bytes.end());
        const auto fact = boost::json::parse(parts_.records.journal.open(entry));  // our own writing
        const auto* use = fact.as_object().if_contains("use");
        const auto id = use == nullptr ? std::nullopt : base::RawId::parse(use->as_string());
        if (id) refusals_.insert(*id);
    }

    // In the order of their keys, which is that of the manifest.
    bool add_uses() {
        constexpr int state = 5;
        bool ended = true;
        for (const base::RawId& id : uses_) {
            const bool found = Archives::row(session_, Archives::Table::use, id, [&](const Row& row) {
                ended = ended && row.integer(state) != 0;
                add(TableName::use_record, row);
            });
            if (!found) throw Damaged("a use whose outcome is in the journal is gone");
            span(id);
            ++sealed_.archive.uses;
        }
        return ended;
    }

    // Of many refused calls only the first of a day are kept. One that the person is told of later stays live: its row gets
    // its person with the disclosure, which no row of a file can.
    bool add_refusals() {
        for (const base::RawId& id : refusals_) {
            bool moves = false;
            Archives::row(session_, Archives::Table::refusal, id, [&](const Row& row) {
                const auto whose = id_at<consent::SubjectId>(row, 2);
                const auto deferral = parts_.records.deferrals.find(session_, whose);
                if (deferral && !deferral->disclosed) return;
                moves = true;
                belongs(Archives::Kind::refusal, whose, id);
                add(TableName::use_refusal, row);
            });
            if (!moves) continue;
            span(id);
            ++sealed_.archive.refusals;
        }
        return true;
    }

    bool add_looks() {
        constexpr int state = 3;
        bool ended = true;
        for (const base::RawId& id : looks_) {
            const bool found = Archives::row(session_, Archives::Table::look, id, [&](const Row& row) {
                ended = ended && row.integer(state) != 0;
                belongs(Archives::Kind::look, id_at<consent::SubjectId>(row, 2), id);
                add(TableName::own_look, row);
            });
            if (!found) throw Damaged("a look that is in the journal is gone");
            span(id);
            ++sealed_.archive.looks;
        }
        return ended;
    }

    void span(const base::RawId& id) {
        records::Archive& archive = sealed_.archive;
        if (!archive.first_use || id < *archive.first_use) archive.first_use = id;
        if (!archive.last_use || *archive.last_use < id) archive.last_use = id;
    }

    void belongs(Archives::Kind kind, consent::SubjectId subject, const base::RawId& id) {
        const auto [at, fresh] = persons_.try_emplace(
            {kind, subject}, Archives::Person{.subject = subject, .kind = kind, .first = id, .last = id});
        at->second.last = id;  // ids come in their order
    }

    struct Leaf {
        std::int64_t seq = 0;
        crypto::Digest hash{};
    };

    store::ReadSession& session_;
    const SealParts& parts_;
    store_sqlite::SealedFileWriter file_;
    std::array<RowHash, table_names.size()> hashes_;
    std::vector<Leaf> leaves_;
    std::set<base::RawId> uses_, refusals_, looks_;
    std::map<std::pair<Archives::Kind, consent::SubjectId>, Archives::Person> persons_;
    Sealed sealed_;
};

}  // namespace

std::optional<Sealed> seal(store::ReadSession& session, const SealParts& parts, const Range& range, base::Time before,
                           const std::filesystem::path& file) {
    return Sealing(session, parts, file).run(range, before);
}

}  // namespace kelisim::archive
