// SPDX-License-Identifier: Apache-2.0
#include "archive/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "archive/tables.hpp"
#include "records/person_map.hpp"
#include "store/writer.hpp"

namespace kelisim::archive {

namespace {

namespace fs = std::filesystem;

class Verifying {
public:
    Verifying(const fs::path& file, const ledger::NoteKey& key) : path_(file), key_(key) {
        result_.file = file.filename().string();
    }

    Verified run() {
        try {
            store_sqlite::SealedFile file(path_);
            check_manifest(read_manifest(file));
            check_tables(file);
            check_leaves(file);
        } catch (const store::Unavailable& failure) {
            find(std::string("is cut off, or no archive: ") + failure.what());
        } catch (const store::Defect& failure) {
            find(std::string("is no archive: ") + failure.what());
        } catch (const records::Damaged& damaged) {
            find(damaged.what());
        }
        return std::move(result_);
    }

private:
    void find(std::string what) { result_.findings.push_back(std::move(what)); }

    void check_manifest(const std::string& text) {
        const auto note = ledger::parse_note(text);
        result_.manifest = note ? Manifest::parse(note->text) : std::nullopt;
        if (!result_.manifest) return find("its manifest does not read");
        switch (ledger::signed_by(*note, key_)) {
            case ledger::Signed::yes:
                break;
            case ledger::Signed::wrongly:
                find("its manifest is not what was signed");
                break;
            case ledger::Signed::no:
                find("its manifest is not signed by this key: of another installation, whose ledger is " +
                     result_.manifest->ledger);
        }
        if (result_.manifest->ledger != key_.name) find("it is of the ledger " + result_.manifest->ledger);
    }

    void check_tables(store::ReadSession& file) {
        for (std::size_t i = 0; i < table_names.size(); ++i) {
            RowHash hash;
            const auto table = static_cast<TableName>(i);
            each_row(file, table, [&](const store::Row& row) { hash.add(row, table); });
            if (!result_.manifest) continue;
            const Manifest::Table is = hash.finish(), was = result_.manifest->tables.at(i);
            if (is.rows != was.rows)
                find(fmt::format("table {} has {} rows and not {}", table_names.at(i), is.rows, was.rows));
            if (is.rows == was.rows && is.root != was.root)
                find(fmt::format("rows of table {} are not those that were sealed", table_names.at(i)));
        }
    }

    // Each leaf is that of its entry, without a gap: which of them is not is told by its number.
    void check_leaves(store::ReadSession& file) {
        struct Leaf {
            std::int64_t number, seq;
            base::Bytes hash;
        };
        std::vector<Leaf> leaves;
        each_row(file, TableName::ledger_leaf, [&](const store::Row& row) {
            leaves.push_back({row.integer(0), row.integer(1), {row.blob(2).begin(), row.blob(2).end()}});
        });
        std::size_t next = 0;
        each_row(file, TableName::journal, [&](const store::Row& row) {
            ledger::Entry entry{.format = row.text(3) == records::map_root_kind ? ledger::EntryFormat::map_root
                                                                                : ledger::EntryFormat::fact,
                                .commitment = {}};
            const base::BytesView commitment = row.blob(7);
            if (commitment.size() == entry.commitment.size()) std::ranges::copy(commitment, entry.commitment.begin());
            const bool right = next < leaves.size() && leaves[next].seq == row.integer(0) &&
                               std::ranges::equal(leaves[next].hash, ledger::leaf_hash(entry));
            if (!right && !told_)
                find(fmt::format("entry {} of the journal has no leaf that is its own", row.integer(0)));
            told_ = told_ || !right;
            ++next;
        });
        if (!told_ && next != leaves.size()) find("there are leaves without an entry");
        if (!result_.manifest) return;
        const Manifest& manifest = *result_.manifest;
        const bool range = !leaves.empty() && leaves.front().number == manifest.first_leaf &&
                           leaves.back().number == manifest.last_leaf && leaves.back().seq == manifest.last_seq &&
                           static_cast<std::int64_t>(leaves.size()) == manifest.last_leaf - manifest.first_leaf + 1;
        if (!range) find("its leaves are not those that the manifest names");
    }

    const fs::path path_;
    const ledger::NoteKey key_;
    Verified result_;
    bool told_ = false;
};

}  // namespace

Verified verify_file(const fs::path& file, const ledger::NoteKey& key) {
    if (!fs::is_regular_file(file)) throw base::Outage("no such file: " + file.string());
    return Verifying(file, key).run();
}

std::vector<Verified> verify_directory(const fs::path& directory, const ledger::NoteKey& key) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("archive-") && name.ends_with(".sqlite")) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<Verified> all;
    for (const fs::path& file : files)
        all.push_back(verify_file(file, key));
    std::stable_sort(all.begin(), all.end(), [](const Verified& a, const Verified& b) {
        return (a.manifest ? a.manifest->number : 0) < (b.manifest ? b.manifest->number : 0);
    });
    const Manifest* before = nullptr;
    for (Verified& each : all) {
        if (!each.manifest) continue;
        const Manifest& is = *each.manifest;
        const std::int64_t expected = before == nullptr ? 1 : before->number + 1;
        if (is.number > expected) {
            each.findings.push_back(
                fmt::format("the archives {} to {} before it are missing", expected, is.number - 1));
        } else if (is.number < expected) {
            each.findings.push_back(fmt::format("is a second archive {}", is.number));
        } else {
            const crypto::Digest previous = before == nullptr ? crypto::Digest{} : before->hash();
            const std::int64_t leaf = before == nullptr ? 0 : before->last_leaf + 1;
            if (is.previous != previous || is.first_leaf != leaf)
                each.findings.emplace_back("does not continue the archive before it");
        }
        before = &is;
    }
    return all;
}

}  // namespace kelisim::archive
