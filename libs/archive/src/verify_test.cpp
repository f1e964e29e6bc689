// SPDX-License-Identifier: Apache-2.0
// Files that somebody changed: each change is a finding of its own, and the unchanged file passes.
#include "archive/verify.hpp"

#include <filesystem>
#include <fstream>

#include "archive/tables.hpp"
#include "fixture.hpp"
#include "ledger/note.hpp"

namespace kelisim::archive {
namespace {

using namespace fixture;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

// A row with one column changed.
class Changed final : public store::Row {
public:
    Changed(const store::Row& row, int column) : row_(row), column_(column) {}
    bool null(int column) const override { return row_.null(column); }
    std::int64_t integer(int column) const override { return row_.integer(column) + (column == column_ ? 1 : 0); }
    std::string_view text(int column) const override {
        return column == column_ ? std::string_view("consent.withdrawn") : row_.text(column);
    }
    base::BytesView blob(int column) const override {
        const base::BytesView bytes = row_.blob(column);
        if (column != column_) return bytes;
        changed_.assign(bytes.begin(), bytes.end());
        changed_.back() ^= 1;
        return changed_;
    }

private:
    const store::Row& row_;
    const int column_;
    mutable base::Bytes changed_;
};

struct Change {
    TableName table = TableName::journal;
    int row = -1, column = -1;  // no column: the row is left out
    std::optional<std::string> note = {};
};

// Writes the file anew, with a change.
void rewrite(const fs::path& from, const fs::path& to, const Change& change) {
    store_sqlite::SealedFile file(from);
    store_sqlite::SealedFileWriter copy(to, file_schema);
    for (std::size_t i = 0; i < table_names.size(); ++i) {
        const auto table = static_cast<TableName>(i);
        int at = 0;
        each_row(file, table, [&](const store::Row& row) {
            const bool here = table == change.table && at++ == change.row;
            if (!here) return add_row(copy, table, row);
            if (change.column >= 0) add_row(copy, table, Changed(row, change.column));
        });
    }
    add_manifest(copy, change.note.value_or(read_manifest(file)));
    copy.finish();
}

class VerifyTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        it = std::make_unique<Installation>();
        it->grow(4 * tile);
        it->archive(3);
    }
    static void TearDownTestSuite() { it.reset(); }

    std::vector<std::string> findings(const fs::path& file) { return verify_file(file, it->vkey()).findings; }
    std::vector<std::string> changed(const Change& change, std::int64_t number = 2) {
        const TemporaryDirectory directory;
        const fs::path copy = directory.path() / file_name(number);
        rewrite(it->files.path(number), copy, change);
        return findings(copy);
    }
    std::string note_of(std::int64_t number) {
        store_sqlite::SealedFile file(it->files.path(number));
        return read_manifest(file);
    }

    static std::unique_ptr<Installation> it;
};
std::unique_ptr<Installation> VerifyTest::it;

TEST_F(VerifyTest, AFileIsWhatItSays) {
    for (std::int64_t number = 1; number <= 3; ++number)
        EXPECT_THAT(findings(it->files.path(number)), IsEmpty());
    EXPECT_THAT(changed({}), IsEmpty()) << "the rows count, not the pages";
}

TEST_F(VerifyTest, ARowThatIsMissing) {
    EXPECT_THAT(changed({.table = TableName::journal, .row = 100}), Contains("table journal has 255 rows and not 256"));
    EXPECT_THAT(changed({.table = TableName::ledger_leaf, .row = 255}),
                Contains("table ledger_leaf has 255 rows and not 256"));
    EXPECT_THAT(changed({.table = TableName::use_record, .row = 0}), Contains(HasSubstr("table use_record has")));
    EXPECT_THAT(changed({.table = TableName::use_refusal, .row = 0}), Contains(HasSubstr("table use_refusal has")));
    EXPECT_THAT(changed({.table = TableName::own_look, .row = 0}), Contains(HasSubstr("table own_look has")));
}

TEST_F(VerifyTest, ARowThatIsAnother) {
    const auto other = [](std::string_view table) {
        return Contains("rows of table " + std::string(table) + " are not those that were sealed");
    };
    for (int column = 1; column < 8; ++column)
        EXPECT_THAT(changed({.table = TableName::journal, .row = 9, .column = column}), other("journal")) << column;
    EXPECT_THAT(changed({.table = TableName::journal, .row = 9, .column = 7}),
                Contains(HasSubstr("has no leaf that is its own")));
    EXPECT_THAT(changed({.table = TableName::ledger_leaf, .row = 9, .column = 2}), other("ledger_leaf"));
    for (int column = 1; column < 8; ++column)
        EXPECT_THAT(changed({.table = TableName::use_record, .row = 3, .column = column}), other("use_record"))
            << column;
    EXPECT_THAT(changed({.table = TableName::use_refusal, .row = 0, .column = 4}), other("use_refusal"));
    EXPECT_THAT(changed({.table = TableName::own_look, .row = 0, .column = 3}), other("own_look"));
}

TEST_F(VerifyTest, AManifestThatIsAnothers) {
    EXPECT_THAT(changed({.note = note_of(1)}), Contains("its leaves are not those that the manifest names"));
    EXPECT_THAT(changed({.note = note_of(1)}), Contains("rows of table journal are not those that were sealed"));
}

TEST_F(VerifyTest, AManifestThatWasNotSigned) {
    std::string note = note_of(2);
    note.replace(note.find("number 2"), 8, "number 5");
    EXPECT_THAT(changed({.note = note}), Contains("its manifest is not what was signed"));
    EXPECT_THAT(changed({.note = "nothing"}), Contains("its manifest does not read"));
    const std::string text = note_of(2).substr(0, note_of(2).find("\n\n") + 1);
    EXPECT_THAT(changed({.note = text}), Contains("its manifest does not read")) << "no signature at all";
}

TEST_F(VerifyTest, AFileOfAnotherInstallation) {
    Installation other;
    other.grow(2 * tile);
    other.archive(1);
    EXPECT_THAT(findings(other.files.path(1)), Contains(HasSubstr("not signed by this key")));
    EXPECT_THAT(verify_file(other.files.path(1), other.vkey()).findings, IsEmpty());
    ledger::NoteKey renamed = it->vkey();
    renamed.name = "kelisim.elsewhere/ledger";
    EXPECT_THAT(verify_file(it->files.path(1), renamed).findings, Contains("it is of the ledger " + origin));
}

TEST_F(VerifyTest, AFileThatIsCutOff) {
    const TemporaryDirectory directory;
    for (const double part : {0.9, 0.5, 0.01}) {
        const fs::path copy = directory.path() / "cut";
        fs::copy_file(it->files.path(1), copy, fs::copy_options::overwrite_existing);
        fs::permissions(copy, fs::perms::owner_all);
        fs::resize_file(copy, static_cast<std::uintmax_t>(part * static_cast<double>(fs::file_size(copy))));
        EXPECT_THAT(findings(copy), ::testing::Not(IsEmpty())) << part;
        fs::remove(copy);
    }
    std::ofstream(directory.path() / "empty").close();
    EXPECT_THAT(findings(directory.path() / "empty"), Contains(HasSubstr("is no archive")));
    std::ofstream(directory.path() / "text") << std::string(5000, 'x');
    EXPECT_THAT(findings(directory.path() / "text"), Contains(HasSubstr("no archive")));
    EXPECT_THROW(findings(directory.path() / "none"), base::Outage);
}

class DirectoryTest : public VerifyTest {
protected:
    DirectoryTest() {
        for (std::int64_t number = 1; number <= 3; ++number)
            fs::copy_file(it->files.path(number), directory.path() / file_name(number));
    }
    std::vector<std::string> all() {
        std::vector<std::string> found;
        for (const Verified& file : verify_directory(directory.path(), it->vkey())) {
            for (const std::string& finding : file.findings)
                found.push_back(finding);
        }
        return found;
    }
    TemporaryDirectory directory;
};

TEST_F(DirectoryTest, EachContinuesTheOneBefore) {
    EXPECT_THAT(all(), IsEmpty());
    std::ofstream(directory.path() / "archive-00000001.sqlite.unregistered") << "not one of them";
    EXPECT_THAT(all(), IsEmpty());
}

TEST_F(DirectoryTest, AGap) {
    fs::remove(directory.path() / file_name(2));
    EXPECT_THAT(all(), Contains("the archives 2 to 2 before it are missing"));
    fs::remove(directory.path() / file_name(1));
    EXPECT_THAT(all(), Contains("the archives 1 to 2 before it are missing"));
}

TEST_F(DirectoryTest, OneTwice) {
    fs::copy_file(it->files.path(2), directory.path() / file_name(9));
    EXPECT_THAT(all(), Contains("is a second archive 2"));
}

// Signed by the key, and not the one that was there when the next was sealed.
TEST_F(DirectoryTest, AChainThatWasExchanged) {
    const auto note = ledger::parse_note(note_of(2)).value();
    Manifest manifest = Manifest::parse(note.text).value();
    manifest.ended += 1s;
    ledger::Note forged{.text = manifest.to_text(), .signatures = {}};
    forged.signatures.push_back(ledger::sign_note(forged.text, origin, it->key));
    fs::remove(directory.path() / file_name(2));
    rewrite(it->files.path(2), directory.path() / file_name(2), {.note = forged.to_text()});
    EXPECT_THAT(all(), Contains("does not continue the archive before it"));
}

}  // namespace
}  // namespace kelisim::archive
