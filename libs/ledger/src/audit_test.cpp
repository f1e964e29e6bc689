// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit.hpp"

#include <gmock/gmock.h>

#include "base/text.hpp"

namespace kelisim::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const crypto::Ed25519Key& log_key() {
    static const auto key = crypto::Ed25519Key::generate();
    return key;
}

// A copy of a log, as files.
class Copy {
public:
    explicit Copy(std::uint64_t size, std::string_view seed = "") : seed_(seed) {
        while (frontier_.size() < size) {
            const Digest commitment = crypto::sha256(base::as_bytes(seed_ + std::to_string(frontier_.size())));
            entries_.push_back({.commitment = commitment});
            levels_[0].push_back(leaf_hash({.commitment = commitment}));
            frontier_.append(levels_[0].back(), [this](const Frontier::Closed& closed) {
                if (closed.height % tile_height == 0) levels_[closed.height / tile_height].push_back(closed.root);
            });
        }
        for (unsigned level = 0; level < tile_levels; ++level) {
            for (std::uint64_t n = 0; const std::uint64_t width = width_in(size, level, n); ++n) {
                const TilePath path{.tile = {level, n, width}};
                files["tile/" + to_path(path)] = tile_bytes(part(levels_[level], path.tile));
                if (level == 0) {
                    files["tile/" + to_path({TilePath::Content::entries, path.tile})] =
                        entry_bundle(part(entries_, path.tile));
                }
            }
        }
        sign();
    }

    void sign(std::string origin = "log.example", const crypto::Ed25519Key& key = log_key()) {
        Note note{.text = Checkpoint{origin, frontier_.size(), frontier_.root()}.to_text(), .signatures = {}};
        note.signatures.push_back(sign_note(note.text, origin, key));
        const std::string text = note.to_text();
        files["checkpoint"] = base::Bytes(text.begin(), text.end());
    }
    std::string checkpoint() { return std::string(base::as_text(files["checkpoint"])); }

    Audit check(const std::optional<std::string>& since = std::nullopt) {
        const NoteKey key{.name = "log.example", .key = log_key().public_key()};
        seen = 0;
        return audit(
            [this](const std::string& path) -> std::optional<base::Bytes> {
                const auto at = files.find(path);
                if (at == files.end()) return std::nullopt;
                return at->second;
            },
            key, since, [this](const Tile& tile, const Hashes&, const Entries&) { seen += tile.width; });
    }

    std::map<std::string, base::Bytes> files;
    std::uint64_t seen = 0;

private:
    template <class List>
    static List part(const List& all, const Tile& tile) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(tile.number * tile_width);
        return {begin, begin + static_cast<std::ptrdiff_t>(tile.width)};
    }
    const std::string seed_;
    Frontier frontier_;
    Entries entries_;
    std::array<Hashes, tile_levels> levels_;
};

TEST(Audit, HoldsForCopiesOfEveryWidth) {
    for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 600U, 65'536U, 65'793U}) {
        Copy copy(size);
        const Audit audit = copy.check();
        EXPECT_THAT(audit.findings, IsEmpty()) << size;
        EXPECT_EQ(audit.checkpoint->size, size);
        EXPECT_EQ(audit.tiles, copy.files.size() - 1) << "each file is looked at";
        EXPECT_EQ(copy.seen, size);
    }
}

// One bit of any file.
TEST(Audit, FindsAFlippedBitInAnyFile) {
    Copy copy(600);
    for (auto& [path, bytes] : copy.files) {
        for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 2}) {
            bytes[at] ^= 4;
            EXPECT_NE(copy.check().findings_total, 0U) << path << " at " << at;
            bytes[at] ^= 4;
        }
    }
    EXPECT_EQ(copy.check().findings_total, 0U);
}

TEST(Audit, FindsEachMissingFile) {
    Copy copy(600);
    const auto all = copy.files;
    for (const auto& [path, bytes] : all) {
        copy.files.erase(path);
        EXPECT_THAT(copy.check().findings, ::testing::Contains(HasSubstr("there"))) << path;
        copy.files = all;
    }
}

TEST(Audit, FindsAnEntryThatWasChangedWithItsLeaf) {
    Copy copy(600), other(600, "x");
    for (const char* path : {"tile/entries/001", "tile/0/001"})
        copy.files[path] = other.files[path];
    EXPECT_THAT(copy.check().findings, ElementsAre(HasSubstr("tile/1/000.p/2"), HasSubstr("root that was signed")));
    copy.files["tile/1/000.p/2"] = other.files["tile/1/000.p/2"];
    EXPECT_NE(copy.check().findings_total, 0U);
}

TEST(Audit, KnowsWhoMustHaveSigned) {
    Copy copy(5);
    copy.sign("other.example");
    EXPECT_THAT(copy.check().findings, ElementsAre("the checkpoint is of another log: other.example"));
    copy.sign("log.example", crypto::Ed25519Key::generate());
    EXPECT_THAT(copy.check().findings, ElementsAre("the checkpoint is not signed by the key"));
    copy.sign();
    copy.files["checkpoint"].back() = ' ';
    EXPECT_THAT(copy.check().findings, ElementsAre("the checkpoint does not read"));
    copy.files.erase("checkpoint");
    EXPECT_THAT(copy.check().findings, ElementsAre("there is no checkpoint"));
}

TEST(Audit, HoldsAnEarlierCheckpointAgainstTheLog) {
    for (const std::uint64_t before : {0U, 1U, 256U, 300U, 600U})
        EXPECT_THAT(Copy(600).check(Copy(before).checkpoint()).findings, IsEmpty()) << before;
    EXPECT_THAT(Copy(600).check(Copy(601).checkpoint()).findings, ElementsAre(HasSubstr("shrunk")));
    EXPECT_THAT(Copy(600).check(Copy(300, "x").checkpoint()).findings, ElementsAre(HasSubstr("forked")));
    EXPECT_THAT(Copy(600).check(Copy(600, "x").checkpoint()).findings, ElementsAre(HasSubstr("forked")));
    EXPECT_THAT(Copy(600).check("no checkpoint\n").findings, ElementsAre("the earlier checkpoint does not read"));
    Copy forged(300);
    forged.sign("log.example", crypto::Ed25519Key::generate());
    EXPECT_THAT(Copy(600).check(forged.checkpoint()).findings,
                ElementsAre("the earlier checkpoint is not signed by the key"));
}

}  // namespace
}  // namespace kelisim::ledger
