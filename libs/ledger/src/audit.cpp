// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"

namespace kelisim::ledger {

namespace {

constexpr std::size_t findings_max = 100;

class Auditor {
public:
    Auditor(const Fetch& fetch, const NoteKey& key, const EachTile& each) : fetch_(fetch), key_(key), each_(each) {}

    Audit run(const std::optional<std::string>& since) {
        const auto note = fetch_("checkpoint");
        if (!note) {
            report_.find("there is no checkpoint");
            return std::move(report_);
        }
        report_.checkpoint = read_checkpoint(base::as_text(*note), "the checkpoint");
        if (since) since_ = read_checkpoint(*since, "the earlier checkpoint");
        if (report_.checkpoint) {
            if (since_ && since_->size > report_.checkpoint->size)
                report_.find(fmt::format("the log has shrunk: {} entries, and {} in the earlier checkpoint",
                                         report_.checkpoint->size, since_->size));
            read_leaves();
            read_upper_tiles();
            if (frontier_.size() == report_.checkpoint->size && frontier_.root() != report_.checkpoint->root)
                report_.find("the entries do not give the root that was signed");
        }
        return std::move(report_);
    }

private:
    std::optional<Checkpoint> read_checkpoint(std::string_view text, std::string_view name) {
        const auto note = parse_note(text);
        const auto checkpoint = note ? parse_checkpoint(note->text) : std::nullopt;
        if (!checkpoint) {
            report_.find(fmt::format("{} does not read", name));
            return std::nullopt;
        }
        const Signed signature = signed_by(*note, key_);
        if (checkpoint->origin != key_.name) {
            report_.find(fmt::format("{} is of another log: {}", name, checkpoint->origin));
        } else if (signature != Signed::yes) {
            report_.find(fmt::format("{} {}", name,
                                     signature == Signed::no ? "is not signed by the key" : "has a wrong signature"));
        } else {
            return checkpoint;
        }
        return std::nullopt;
    }

    // What stands at the address, as `parse` reads it.
    template <class Parse>
    auto read(const TilePath& path, Parse parse) -> decltype(parse(base::BytesView{}, path.tile.width)) {
        const std::string address = "tile/" + to_path(path);
        const auto bytes = fetch_(address);
        if (!bytes) {
            report_.find(address + " is not there");
            return std::nullopt;
        }
        ++report_.tiles;
        auto found = parse(*bytes, path.tile.width);
        if (!found) report_.find(address + " is not what it should be in length or form");
        return found;
    }

    void read_leaves() {
        const std::uint64_t size = report_.checkpoint->size;
        compare_with_since();
        for (std::uint64_t n = 0; const std::uint64_t width = width_in(size, 0, n); ++n) {
            const Tile tile{.level = 0, .number = n, .width = width};
            const auto leaves = read({.content = TilePath::Content::hashes, .tile = tile}, read_tile);
            const auto entries = read({.content = TilePath::Content::entries, .tile = tile}, read_entry_bundle);
            if (!leaves || !entries) continue;
            for (std::uint64_t i = 0; i < width; ++i) {
                const std::uint64_t index = n * tile_width + i;
                if (leaf_hash((*entries)[i]) != (*leaves)[i])
                    report_.find(fmt::format("entry {} does not hash to its leaf", index));
                // Behind a missing tile the tree is unknown; what stands there was reported.
                if (frontier_.size() == index) append((*leaves)[i]);
            }
            each_(tile, *leaves, *entries);
        }
    }

    void append(const Digest& leaf) {
        frontier_.append(leaf, [this](const Frontier::Closed& closed) {
            if (closed.height % tile_height == 0) roots_[closed.height / tile_height].push_back(closed.root);
        });
        compare_with_since();
    }

    void compare_with_since() {
        if (since_ && frontier_.size() == since_->size && frontier_.root() != since_->root)
            report_.find("the log does not begin with the earlier checkpoint: it has forked");
    }

    void read_upper_tiles() {
        const std::uint64_t size = report_.checkpoint->size;
        for (unsigned level = 1; level < tile_levels; ++level) {
            for (std::uint64_t n = 0; const std::uint64_t width = width_in(size, level, n); ++n)
                read_upper_tile({.level = level, .number = n, .width = width});
        }
    }

    void read_upper_tile(const Tile& tile) {
        const TilePath path{.content = TilePath::Content::hashes, .tile = tile};
        const auto hashes = read(path, read_tile);
        if (!hashes) return;
        const Hashes& roots = roots_[tile.level];
        for (std::uint64_t i = 0; i < tile.width; ++i) {
            const std::uint64_t index = tile.number * tile_width + i;
            if (index < roots.size() && roots[index] != (*hashes)[i])
                report_.find(fmt::format("hash {} of tile/{} is not the root of the tile below", i, to_path(path)));
        }
    }

    const Fetch& fetch_;
    const NoteKey& key_;
    const EachTile& each_;
    Audit report_;
    std::optional<Checkpoint> since_;
    Frontier frontier_;
    std::array<Hashes, tile_levels> roots_;  // of full tiles, by the level that holds them
};

}  // namespace

void Audit::find(std::string what) {
    ++findings_total;
    if (findings.size() < findings_max) findings.push_back(std::move(what));
}

Audit audit(const Fetch& fetch, const NoteKey& key, const std::optional<std::string>& since, const EachTile& each) {
    return Auditor(fetch, key, each).run(since);
}

}  // namespace kelisim::ledger
