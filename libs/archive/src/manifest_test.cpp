// SPDX-License-Identifier: Apache-2.0
#include "archive/manifest.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "ledger/checkpoint.hpp"

namespace kelisim::archive {
namespace {

Manifest sample() {
    Manifest manifest{.ledger = "kelisim.test/ledger",
                      .number = 3,
                      .previous = crypto::sha256(base::as_bytes("previous")),
                      .first_leaf = 512,
                      .last_leaf = 767,
                      .first_seq = 514,
                      .last_seq = 770,
                      .began = base::from_micros(1'795'000'000'000'000),
                      .ended = base::from_micros(1'795'000'000'000'001),
                      .tables = {}};
    manifest.tables[0] = {.rows = 256, .root = crypto::sha256(base::as_bytes("rows"))};
    return manifest;
}

TEST(Manifest, ReadsBackAsItWasWritten) {
    EXPECT_EQ(Manifest::parse(sample().to_text()), sample());
    EXPECT_EQ(sample().hash(), crypto::sha256(base::as_bytes(sample().to_text())));
}

TEST(Manifest, HasOneSpelling) {
    const std::string right = sample().to_text();
    const auto with = [&](std::string_view what, std::string_view instead) {
        std::string text = right;
        text.replace(text.find(what), what.size(), instead);
        return text;
    };
    for (const std::string& wrong :
         {std::string(), right + "\n", right.substr(0, right.size() - 1), "\n" + right, with("archive 1", "archive 2"),
          with("number 3", "number 03"), with("number 3", "number"), with("number 3", "number -3"),
          with("leaves 512 767", "leaves 512"), with("leaves 512 767", "leaves 512  767"), with("leaves 512 767\n", ""),
          with("table journal 256", "table journals 256"),
          with("table journal 256", "table journal 9223372036854775808"), with("ledger kelisim", "ledger a kelisim"),
          with("previous ", "previous A"), with("time ", "date "), right + "table more 0 AAAA\n"}) {
        EXPECT_FALSE(Manifest::parse(wrong)) << wrong;
    }
}

// Both are signed with one key.
TEST(Manifest, IsNoCheckpointAndNoCheckpointIsOne) {
    EXPECT_FALSE(ledger::parse_checkpoint(sample().to_text()));
    const ledger::Checkpoint checkpoint{.origin = "kelisim.test/ledger", .size = 3, .root = {}};
    EXPECT_FALSE(Manifest::parse(checkpoint.to_text()));
}

}  // namespace
}  // namespace kelisim::archive
