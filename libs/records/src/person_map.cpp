// SPDX-License-Identifier: Apache-2.0
#include "records/person_map.hpp"

#include "base/text.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement newest_epoch{
    "ledger_epoch_newest",
    "SELECT number, root, persons, size, journal_seq FROM ledger_epoch ORDER BY number DESC LIMIT 1"};
constexpr store::Statement one_epoch{
    "ledger_epoch", "SELECT number, root, persons, size, journal_seq FROM ledger_epoch WHERE number = ?1"};
constexpr store::Statement add_epoch{
    "ledger_epoch_insert",
    "INSERT INTO ledger_epoch (number, root, persons, size, journal_seq) VALUES (?1, ?2, ?3, ?4, ?5)"};
constexpr store::Statement read_page{"ledger_page", "SELECT page FROM ledger_page WHERE address = ?1"};
constexpr store::Statement write_page{"ledger_page_write",
                                      "INSERT INTO ledger_page (address, page) VALUES (?1, ?2) "
                                      "ON CONFLICT (address) DO UPDATE SET page = ?2"};
constexpr store::Statement read_before{"ledger_page_before", "SELECT page FROM ledger_page_before WHERE address = ?1"};
constexpr store::Statement forget_before{"ledger_page_before_forget", "DELETE FROM ledger_page_before"};
constexpr store::Statement keep_before{"ledger_page_before_keep",
                                       "INSERT INTO ledger_page_before (address, page) "
                                       "SELECT address, page FROM ledger_page WHERE address = ?1"};
constexpr store::Statement read_tag{"ledger_tag", "SELECT tag FROM ledger_tag WHERE subject = ?1"};
constexpr store::Statement subjects_of_tag{"ledger_tag_subjects",
                                           "SELECT subject FROM ledger_tag WHERE tag = ?1 ORDER BY subject"};
constexpr store::Statement add_tag{"ledger_tag_insert", "INSERT INTO ledger_tag (subject, tag) VALUES (?1, ?2)"};

Epoch epoch_at(const store::Row& row) {
    return {.number = row.integer(0),
            .root = digest_at(row, 1),
            .persons = static_cast<std::uint64_t>(row.integer(2)),
            .size = static_cast<std::uint64_t>(row.integer(3)),
            .journal_seq = row.integer(4)};
}

std::optional<ledger::MapPage> page_in(store::ReadSession& session, const store::Statement& statement,
                                       const std::string& address) {
    std::optional<ledger::MapPage> page;
    session.query(statement, {std::string_view(address)}, [&](const store::Row& row) {
        page = ledger::MapPage::from_bytes(row.blob(0));
        if (!page) throw Damaged("page " + address + " of the map does not read");
    });
    return page;
}

boost::json::object details_of(const Epoch& epoch, base::BytesView tag_key) {
    return {{"epoch", epoch.number},
            {"root", base::to_base64(epoch.root)},
            {"persons", epoch.persons},
            {"size", epoch.size},
            {"tag_key", base::to_base64(tag_key)}};
}

}  // namespace

Epoch PersonMap::newest(store::ReadSession& session) const {
    Epoch epoch;
    session.query(newest_epoch, {}, [&](const store::Row& row) { epoch = epoch_at(row); });
    return epoch;
}

std::optional<Epoch> PersonMap::find(store::ReadSession& session, std::int64_t number) const {
    std::optional<Epoch> epoch;
    session.query(one_epoch, {number}, [&](const store::Row& row) { epoch = epoch_at(row); });
    return epoch;
}

PersonMap::Told PersonMap::told(store::ReadSession& session, const Epoch& epoch, base::BytesView tag_key) const {
    const auto entry = journal_.at(session, epoch.journal_seq);
    if (!entry || entry->kind != map_root_kind) throw Damaged("an epoch of the map has no fact");
    Told told{.fact = journal_.open(*entry), .salt = entry->salt};
    const auto said = object_from(told.fact, "the fact of an epoch");
    for (const auto& [name, value] : details_of(epoch, tag_key)) {
        const auto* stands = said.if_contains(name);
        // Numbers are read back signed.
        if (stands == nullptr || boost::json::serialize(*stands) != boost::json::serialize(value))
            throw Damaged("an epoch of the map is not what its fact says");
    }
    return told;
}

base::Bytes PersonMap::tag_key(store::ReadSession& session, const Epoch& epoch) const {
    const auto entry = journal_.at(session, epoch.journal_seq);
    if (!entry || entry->kind != map_root_kind) throw Damaged("an epoch of the map has no fact");
    const auto said = object_from(journal_.open(*entry), "the fact of an epoch");
    const auto* key = said.if_contains("tag_key");
    auto bytes = key != nullptr && key->is_string() ? base::from_base64(key->as_string()) : std::nullopt;
    if (!bytes) throw Damaged("an epoch of the map names no key");
    return std::move(*bytes);
}

ledger::SparseMap PersonMap::map(store::ReadSession& session, const Epoch& epoch) const {
    return {epoch.root, [this, &session](const std::string& address, const Digest& hash) {
                auto found = page(session, address);
                // As it was for the state before the newest one; the hash tells which.
                if (!found || found->hash() != hash) found = page_in(session, read_before, address);
                if (!found || found->hash() != hash) throw Damaged("page " + address + " of the map is not its hash");
                return std::move(*found);
            }};
}

std::optional<ledger::MapPage> PersonMap::page(store::ReadSession& session, const std::string& address) const {
    return page_in(session, read_page, address);
}

std::optional<Digest> PersonMap::tag(store::ReadSession& session, consent::SubjectId subject) const {
    std::optional<Digest> tag;
    session.query(read_tag, {subject.bytes()}, [&](const store::Row& row) { tag = digest_at(row, 0); });
    return tag;
}

std::vector<consent::SubjectId> PersonMap::subjects(store::ReadSession& session, const Digest& tag) const {
    std::vector<consent::SubjectId> subjects;
    session.query(subjects_of_tag, {tag},
                  [&](const store::Row& row) { subjects.push_back(id_at<consent::SubjectId>(row, 0)); });
    return subjects;
}

Epoch PersonMap::add(store::WriteSession& session, std::int64_t number, const Next& next, base::BytesView tag_key,
                     base::Entropy& entropy, base::Time now) const {
    Epoch epoch{.number = number, .root = next.root, .persons = next.persons, .size = next.size, .journal_seq = 0};
    const auto entity = base::RawId::make(now, base::Bucket{}, entropy);
    journal_.append(
        session,
        {.kind = map_root_kind, .entity = entity, .at = now, .subject = {}, .details = details_of(epoch, tag_key)});
    epoch.journal_seq = journal_.last(session);
    session.execute(add_epoch, {epoch.number, epoch.root, static_cast<std::int64_t>(epoch.persons),
                                static_cast<std::int64_t>(epoch.size), epoch.journal_seq});
    session.execute(forget_before, {});
    for (const auto& [address, page] : next.pages) {
        session.execute(keep_before, {std::string_view(address)});
        const base::Bytes bytes = page.to_bytes();
        session.execute(write_page, {std::string_view(address), bytes});
    }
    for (const auto& [subject, tag] : next.tags)
        session.execute(add_tag, {subject.bytes(), tag});
    return epoch;
}

}  // namespace kelisim::records
