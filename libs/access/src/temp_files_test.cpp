// SPDX-License-Identifier: Apache-2.0
#include "access/temp_files.hpp"

#include <gmock/gmock.h>

#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace limits = base::limits;

constexpr std::int64_t much = 1 << 20;

class TempFilesTest : public ::testing::Test {
protected:
    TempFiles files() { return TempFiles(world.service->parts); }
    FileToKeep file(std::string_view content = "the content", std::string_view origin = "m-1 0") {
        return {.uploader = "DEMOBANK",
                .origin = origin,
                .content = base::as_bytes(content),
                .names = {.name = "Договор.pdf", .mime = "application/pdf"}};
    }
    base::Result<std::string> keep(const FileToKeep& what) {
        const auto sealed = files().seal(what, world.clock.now());
        if (sealed.has_error()) return sealed.error();
        const auto kept = world.unit([&](store::WriteSession& session) { return files().keep(session, *sealed); });
        if (kept.has_error()) return kept.error();
        return sealed->identifier;
    }
    base::Result<TempFiles::Taken> take(std::string_view identifier, std::int64_t room = much) {
        return world.unit([&](store::WriteSession& session) {
            return files().take(session, identifier, "DEMOINS", room, world.clock.now());
        });
    }
    base::Result<records::TempFile> confirm(std::string_view identifier, std::string_view by = "DEMOINS") {
        return world.unit(
            [&](store::WriteSession& session) { return files().confirm(session, identifier, by, world.clock.now()); });
    }
    base::Result<records::TempFile> find(std::string_view identifier) {
        return world.look([&](store::ReadSession& session) { return files().find(session, identifier); });
    }
    void sweep() {
        world.unit([&](store::WriteSession& session) {
            files().sweep(session, world.clock.now());
            return true;
        });
    }
    records::TempFileUsage usage() {
        return world.look(
            [&](store::ReadSession& session) { return world.records.temp_files.usage(session, "DEMOBANK"); });
    }
    std::string content_of(const TempFiles::Taken& taken) {
        return std::string(base::as_text(world.records.temp_files.open_content(taken.file, taken.content)));
    }
    template <class T>
    static const base::Reason* refused(const base::Result<T>& result) {
        return result.has_error() ? &result.error().first() : nullptr;
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, IsEmpty()); }

    World world;
};

TEST_F(TempFilesTest, WhoKnowsTheIdentifierHasTheFileAndIsOnRecord) {
    const auto identifier = keep(file()).value();
    EXPECT_EQ(identifier.size(), 32U) << "128 bits";
    world.restart();
    const auto taken = take(identifier).value();
    EXPECT_EQ(content_of(taken), "the content");
    EXPECT_EQ(world.records.temp_files.open_names(taken.file).name, "Договор.pdf");
    EXPECT_EQ(taken.file.expires, taken.file.uploaded + limits::temp_file_life_default);
    EXPECT_THAT(world.journal_of(taken.file.id), ElementsAre("temp_file.kept", "temp_file.downloaded"));
    EXPECT_TRUE(take(identifier).has_value()) << "as often as it is asked for";
    EXPECT_EQ(world.journal_of(taken.file.id).size(), 3U) << "and each time is recorded";
}

TEST_F(TempFilesTest, NothingOfAFileLiesOpen) {
    const auto identifier = keep(file()).value();
    const std::string raw = world.store.raw_bytes();
    for (const std::string& secret :
         {std::string("the content"), std::string("Договор"), identifier, std::string("m-1 0")})
        EXPECT_EQ(raw.find(secret), std::string::npos) << secret;
}

TEST_F(TempFilesTest, AnIdentifierIsOfOneUploadAlone) {
    const auto first = keep(file()).value();
    EXPECT_EQ(keep(file()).value(), first) << "a repeat";
    EXPECT_EQ(usage().files, 1) << "keeps nothing twice";
    EXPECT_NE(keep(file("the content", "m-1 1")).value(), first);
    std::string guessed = first;
    guessed.front() = guessed.front() == '0' ? '1' : '0';
    EXPECT_EQ(refused(take(guessed)), &temp_file_unknown);
    for (const std::string_view wrong : {"", "0", "no identifier"}) {
        EXPECT_EQ(refused(take(wrong)), &temp_file_unknown);
        EXPECT_EQ(refused(confirm(wrong)), &temp_file_unknown);
        EXPECT_EQ(refused(find(wrong)), &temp_file_unknown);
    }
}

TEST_F(TempFilesTest, ALifeHasBounds) {
    const std::int64_t most = std::chrono::milliseconds(limits::temp_file_life_max).count();
    for (const std::int64_t wrong :
         {std::int64_t{0}, std::int64_t{-1}, most + 1, std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min()}) {
        FileToKeep one = file();
        one.life_ms = wrong;
        EXPECT_EQ(refused(keep(one)), &temp_file_life_outside) << wrong;
    }
    FileToKeep one = file("short", "short");
    one.life_ms = 1;
    EXPECT_EQ(find(keep(one).value())->expires, world.clock.now() + 1ms);
    one = file("long", "long");
    one.life_ms = most;
    EXPECT_EQ(find(keep(one).value())->expires, world.clock.now() + limits::temp_file_life_max);
}

TEST_F(TempFilesTest, EveryFileThatIsKeptFitsIntoAnAnswer) {
    static_assert(temp_file_bytes_max == 2'883'584, "as the text of the reason says");
    const std::string most(temp_file_bytes_max, 'x');
    EXPECT_EQ(take(keep(file(most)).value(), temp_file_bytes_max)->file.size, temp_file_bytes_max);
    EXPECT_EQ(refused(keep(file(most + "x", "over"))), &temp_file_too_large);
}

TEST_F(TempFilesTest, WhatIsOverIsNotGivenEvenBeforeTheSweep) {
    const auto identifier = keep(file()).value();
    world.clock.advance(limits::temp_file_life_default - 1us);
    EXPECT_TRUE(take(identifier).has_value());
    sweep();
    EXPECT_FALSE(find(identifier)->deleted) << "not a moment too early";
    world.clock.advance(1us);
    EXPECT_EQ(refused(take(identifier)), &temp_file_over);
    EXPECT_EQ(refused(confirm(identifier)), &temp_file_over);
    EXPECT_FALSE(find(identifier)->deleted) << "it says what is";
}

TEST_F(TempFilesTest, TheSweepDestroysWhatIsOverAndLaterForgetsIt) {
    const auto identifier = keep(file()).value();
    FileToKeep other = file("stays", "other");
    other.life_ms = std::chrono::milliseconds(24h).count();
    const auto stays = keep(other).value();
    world.clock.advance(limits::temp_file_life_default);
    sweep();
    sweep();
    const auto gone = find(identifier).value();
    EXPECT_EQ(gone.deleted, world.clock.now());
    EXPECT_THAT(gone.key, IsEmpty());
    EXPECT_THAT(gone.names, IsEmpty());
    EXPECT_THAT(world.journal_of(gone.id), ElementsAre("temp_file.kept", "temp_file.deleted"));
    const auto content = [&](store::ReadSession& session) {
        return world.records.temp_files.sealed_content(session, gone.id).size();
    };
    EXPECT_THROW(world.look(content), records::Damaged);
    EXPECT_EQ(usage().files, 1);
    EXPECT_EQ(usage().bytes, 5);
    EXPECT_EQ(content_of(take(stays).value()), "stays");
    world.clock.advance(limits::temp_file_meta_kept);
    sweep();
    EXPECT_TRUE(find(identifier).has_value());
    world.clock.advance(1us);
    sweep();
    EXPECT_EQ(refused(find(identifier)), &temp_file_unknown);
}

TEST_F(TempFilesTest, TheFirstConfirmationStandsAndChangesNoTime) {
    FileToKeep one = file();
    one.needs_confirmation = true;
    const auto identifier = keep(one).value();
    const base::Time at = world.clock.now();
    EXPECT_FALSE(find(identifier)->confirmed);
    EXPECT_EQ(confirm(identifier)->confirmed, at);
    world.clock.advance(1s);
    EXPECT_EQ(confirm(identifier, "DEMOBANK")->confirmed_by, "DEMOINS");
    const auto found = find(identifier).value();
    EXPECT_EQ(found.confirmed, at);
    EXPECT_EQ(found.confirmed_by, "DEMOINS");
    EXPECT_EQ(found.expires, at + limits::temp_file_life_default);
    EXPECT_THAT(world.journal_of(found.id), ElementsAre("temp_file.kept", "temp_file.confirmed"));
}

TEST_F(TempFilesTest, ASystemHasAQuotaOfBytes) {
    static const store::Statement nearly_full{
        "t_nearly_full", "UPDATE temp_file_quota SET bytes = 1073741824 - 12"};  // temp_files_of_system_bytes_max
    static_assert(limits::temp_files_of_system_bytes_max == 1073741824);
    keep(file("x", "first")).value();
    world.store.tamper(nearly_full);
    EXPECT_EQ(refused(keep(file("thirteen byte", "over"))), &temp_file_quota_full);
    EXPECT_TRUE(keep(file("twelve bytes", "full")).has_value());
    EXPECT_EQ(refused(keep(file("x", "one more"))), &temp_file_quota_full);
    EXPECT_TRUE(keep(file("twelve bytes", "full")).has_value()) << "what is there already is no new file";
    FileToKeep others = file("x", "of others");
    others.uploader = "DEMOINS";
    EXPECT_TRUE(keep(others).has_value());
}

TEST_F(TempFilesTest, ASystemHasAQuotaOfFiles) {
    static const store::Statement nearly_full{"t_nearly_many", "UPDATE temp_file_quota SET files = 9999"};
    static_assert(limits::temp_files_of_system_max == 10'000);
    keep(file("x", "first")).value();
    world.store.tamper(nearly_full);
    EXPECT_TRUE(keep(file("x", "last")).has_value());
    EXPECT_EQ(refused(keep(file("x", "one more"))), &temp_file_quota_full);
}

TEST_F(TempFilesTest, WhatDoesNotFitIntoAnAnswerIsRefusedAndNotOnRecord) {
    const auto identifier = keep(file()).value();
    EXPECT_EQ(refused(take(identifier, 10)), &temp_file_answer_full);
    EXPECT_TRUE(take(identifier, 11).has_value());
    EXPECT_THAT(world.journal_of(find(identifier)->id), ElementsAre("temp_file.kept", "temp_file.downloaded"));
}

TEST_F(TempFilesTest, AContentThatWasMovedOrChangedIsNotGivenOut) {
    const auto identifier = keep(file()).value();
    keep(file("another", "another")).value();
    static const store::Statement move{
        "t_move_content",
        "UPDATE temp_file_content SET sealed = (SELECT o.sealed FROM temp_file_content o WHERE o.file <> "
        "temp_file_content.file)"};
    world.store.tamper(move);
    EXPECT_THROW(content_of(take(identifier).value()), records::Damaged);
}

}  // namespace
}  // namespace kelisim::access
