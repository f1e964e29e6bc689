// SPDX-License-Identifier: Apache-2.0
// A service with a year of history of one person, and everything that can be read of it.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "access/receipts.hpp"
#include "access/testing.hpp"
#include "archive/archiver.hpp"
#include "base/text.hpp"
#include "ledger/note.hpp"

namespace kelisim::archive::fixture {

using namespace std::chrono_literals;
namespace person = access::testing::person;
using access::testing::call_with;
using access::testing::conclude;
using access::testing::granted;
using access::testing::id_of;
using access::testing::redeem;
using access::testing::reserve;
using access::testing::World;
using records::testing::TemporaryDirectory;

class LogInMemory final : public telemetry::Log {
public:
    void write(const telemetry::Message& message, std::initializer_list<telemetry::Field> fields) override {
        const std::lock_guard lock(mutex_);
        lines_.push_back(telemetry::to_line(records::testing::start, message, fields));
    }
    long count(std::string_view text) const {
        const std::lock_guard lock(mutex_);
        return std::count_if(lines_.begin(), lines_.end(),
                             [&](const std::string& line) { return line.find(text) != std::string::npos; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

inline constexpr std::int64_t tile = 256;
inline const std::string origin = "kelisim.test/ledger";

// The first difference, for a report that can be read; empty when there is none.
inline std::string difference(const std::vector<std::string>& is, const std::vector<std::string>& was) {
    for (std::size_t i = 0; i < std::max(is.size(), was.size()); ++i) {
        const std::string one = i < is.size() ? is[i] : "nothing", other = i < was.size() ? was[i] : "nothing";
        if (one != other) return fmt::format("line {}: {} instead of {}", i, one, other);
    }
    return {};
}

struct Installation {
    // Consents with uses of every outcome, refused calls and own looks, until there are so many entries, all in the tree.
    void grow(std::int64_t entries) {
        const auto me = subject(person::abai()).id;
        while (sequenced() < entries) {
            const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
            // Three of them count, which is what the connection allows.
            for (int i = 0; i < 5; ++i) {
                const auto use =
                    std::get<access::Reserved>(reserve(world, call_with(id_of(token), person::abai().iin)));
                world.clock.advance(1s);
                conclude(world, use.id,
                         i % 2 == 0 && i < 4 ? consent::UseState::not_sent
                         : i == 1            ? consent::UseState::unknown
                                             : consent::UseState::delivered);
                access::UseCommand refused = call_with(id_of(token), person::abai().iin);
                refused.fields = {"children"};
                if (i == 0) reserve(world, refused);
                if (i == 3) {
                    const auto look = world.unit([&](store::WriteSession& session) {
                        return world.service->persons.own_data
                            .begin(session, {.by = me, .whose = me}, "GBDFLUniversal_token", world.clock.now())
                            .value();
                    });
                    world.unit([&](store::WriteSession& session) {
                        world.service->persons.own_data.conclude(session, look.id, consent::UseState::delivered);
                    });
                }
            }
            granted(world, person::ybyrai());
        }
    }
    std::int64_t sequenced() {
        world.unit([this](store::WriteSession& session) {
            while (world.records.ledger.sequence(session, 1000, world.clock.now()) != 0) {
            }
        });
        return static_cast<std::int64_t>(world.look(
            [this](store::ReadSession& session) { return world.records.ledger.head(session).frontier.size(); }));
    }
    records::Subject subject(const people::Person& person) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin).value(); });
    }

    ArchivingParts parts(std::function<std::uint64_t()> signed_size) {
        return {.records = world.records,
                .writer = world.store.writer(),
                .readers = world.store.readers(),
                .clock = world.clock,
                .entropy = world.entropy,
                .log = log,
                .files = files,
                .ledger = origin,
                .key = key,
                .signed_size = std::move(signed_size)};
    }
    // As after a restart.
    std::unique_ptr<Archiving> archiving(ArchivingOptions options = {.term = std::chrono::days{365}, .tiles = 1}) {
        return std::make_unique<Archiving>(parts([this] { return static_cast<std::uint64_t>(sequenced()); }),
                                           std::move(options));
    }
    void archive(std::size_t count) {
        world.clock.advance(std::chrono::days{366});
        const auto archiving = this->archiving();
        for (std::size_t i = 0; i < count; ++i)
            ASSERT_TRUE(archiving->step());
    }
    ledger::NoteKey vkey() const { return {.name = origin, .key = key.public_key()}; }

    std::int64_t rows(const store::Statement& count) {
        return world.look([&](store::ReadSession& session) {
            std::int64_t found = -1;
            session.query(count, {}, [&](const store::Row& row) { found = row.integer(0); });
            return found;
        });
    }
    std::vector<records::Archive> registered() {
        return world.look(
            [this](store::ReadSession& session) { return world.records.archives.after(session, 0, 100); });
    }

    // What a person, a witness and an auditor read of the first `size` leaves, each thing a line.
    std::vector<std::string> everything(std::int64_t size) {
        std::vector<std::string> lines;
        const auto me = subject(person::abai());
        world.look([&](store::ReadSession& session) {
            read_uses(session, me, lines);
            read_ledger(session, me, size, lines);
            return true;
        });
        return lines;
    }

    TemporaryDirectory directory;
    LogInMemory log;
    Files files{directory.path() / "archive", &log};
    World world{1, &files};
    crypto::Ed25519Key key = crypto::Ed25519Key::generate();

private:
    static std::string hash_of(std::string_view text) { return base::to_hex(crypto::sha256(base::as_bytes(text))); }
    void read_uses(store::ReadSession& session, const records::Subject& me, std::vector<std::string>& lines) {
        const access::PersonSide& side = world.service->persons;
        for (access::PageWanted wanted{.before = {}, .max = 7};;) {
            const auto page = side.cabinet.uses(session, me, wanted);
            for (const access::UseView& use : page.items) {
                const auto receipt = side.receipts.of_use(session, me, use.id, {}).value();
                lines.push_back(fmt::format("use {} {} {} {} {} {} {}", use.id.to_string(), static_cast<int>(use.state),
                                            use.record.receiver, fmt::join(use.record.fields, ","), use.ground,
                                            use.refused_for.size(), hash_of(boost::json::serialize(receipt.content))));
            }
            lines.push_back("page");
            if (!page.next) break;
            wanted.before = page.next;
        }
    }
    void read_ledger(store::ReadSession& session, const records::Subject& me, std::int64_t size,
                     std::vector<std::string>& lines) {
        const records::Records& records = world.records;
        const auto entry = [&](const records::JournalEntry& each) {
            const auto leaf = records.ledger.leaf_of(session, each.seq);
            if (!leaf || static_cast<std::int64_t>(*leaf) >= size) return;
            lines.push_back(fmt::format("entry {} {} {} {} {}", each.seq, *leaf, each.kind, records.journal.open(each),
                                        base::to_hex(each.commitment)));
        };
        const auto all = [&](auto read) {
            std::vector<records::JournalEntry> entries;
            read([&](const records::JournalEntry& each) { entries.push_back(each); });
            for (const auto& each : entries)
                entry(each);
        };
        all([&](const auto& visit) { records.journal.each_after(session, 0, 1'000'000, visit); });
        all([&](const auto& visit) { records.journal.each_after(session, 250, 20, visit); });
        all([&](const auto& visit) { records.journal.of_subject(session, me.id, 0, {}, visit); });
        all([&](const auto& visit) { records.journal.of_subject(session, me.id, 200, {.entries = 90}, visit); });
        records.ledger.each_leaf_from(session, 250, 10, [&](const records::Ledger::Leaf& leaf) {
            lines.push_back(fmt::format("leaf {} {} {}", leaf.number, leaf.journal_seq, base::to_hex(leaf.hash)));
        });
        records.ledger.each_owned_leaf(
            session, 200, static_cast<std::uint64_t>(size), [&](const records::Ledger::OwnedLeaf& leaf) {
                lines.push_back(fmt::format("owned {} {}", leaf.number, leaf.subject.has_value()));
            });
        for (std::uint64_t n = 0; ledger::width_in(static_cast<std::uint64_t>(size), 0, n) != 0; ++n) {
            const ledger::Tile wanted{
                .level = 0, .number = n, .width = ledger::width_in(static_cast<std::uint64_t>(size), 0, n)};
            lines.push_back(base::to_hex(crypto::sha256(ledger::tile_bytes(records.ledger.tile(session, wanted)))));
            lines.push_back(
                base::to_hex(crypto::sha256(ledger::entry_bundle(records.ledger.entries(session, wanted)))));
        }
        auto tree = records.ledger.tree(session, static_cast<std::uint64_t>(size));
        for (std::uint64_t index = 0; index < static_cast<std::uint64_t>(size); index += 37) {
            for (const auto& hash : tree.inclusion(index))
                lines.push_back(base::to_hex(hash));
        }
        for (const auto& hash : tree.consistency(100))
            lines.push_back(base::to_hex(hash));
    }
};

}  // namespace kelisim::archive::fixture
