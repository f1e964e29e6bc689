// SPDX-License-Identifier: Apache-2.0
#include "records/journal.hpp"

#include <algorithm>

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "journal_insert",
    "INSERT INTO journal (id, bucket, kind, entity, salt, sealed, commitment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
constexpr store::Statement after{"journal_after",
                                 "SELECT seq, entity, kind, salt, sealed, commitment FROM journal "
                                 "WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
constexpr store::Statement commitments_after{
    "journal_commitments_after", "SELECT seq, commitment FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
constexpr store::Statement read_head{"ledger_head", "SELECT frontier, journal_seq FROM ledger_head WHERE only_row = 1"};
constexpr store::Statement write_head{
    "ledger_head_write",
    "INSERT INTO ledger_head (only_row, size, frontier, journal_seq, at) VALUES (1, ?1, ?2, ?3, ?4) "
    "ON CONFLICT (only_row) DO UPDATE SET size = ?1, frontier = ?2, journal_seq = ?3, at = ?4"};
constexpr store::Statement add_leaf{"ledger_leaf_insert",
                                    "INSERT INTO ledger_leaf (number, journal_seq, hash) VALUES (?1, ?2, ?3)"};
constexpr store::Statement leaves{"ledger_leaf_from",
                                  "SELECT number, journal_seq, hash FROM ledger_leaf "
                                  "WHERE number >= ?1 ORDER BY number LIMIT ?2"};

template <std::size_t size>
std::array<std::uint8_t, size> array_at(const store::Row& row, int column) {
    const base::BytesView bytes = row.blob(column);
    std::array<std::uint8_t, size> array{};
    if (bytes.size() != size) throw Damaged("a journal column has a wrong length");
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
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
                             sealed, commitment});
}

void Journal::each_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                         const std::function<void(const JournalEntry&)>& visit) const {
    session.query(after, {seq, static_cast<std::int64_t>(max)}, [&](const store::Row& row) {
        const base::BytesView sealed = row.blob(4);
        visit({.seq = row.integer(0),
               .entity = id_at<base::RawId>(row, 1),
               .kind = std::string(row.text(2)),
               .salt = array_at<ledger::salt_bytes>(row, 3),
               .sealed = base::Bytes(sealed.begin(), sealed.end()),
               .commitment = array_at<sizeof(Digest)>(row, 5)});
    });
}

std::string Journal::open(const JournalEntry& entry) const {
    const base::Bytes plain = vault_.archive().open(entry.sealed, entry.salt, "journal entry");
    return std::string(base::as_text(plain));
}

Journal::Head Journal::head(store::ReadSession& session) const {
    Head head;
    session.query(read_head, {}, [&](const store::Row& row) {
        auto frontier = ledger::Frontier::from_bytes(row.blob(0));
        if (!frontier) throw Damaged("the frontier of the ledger does not read");
        head = {.frontier = std::move(*frontier), .journal_seq = row.integer(1)};
    });
    return head;
}

std::size_t Journal::sequence(store::WriteSession& session, std::size_t max, base::Time now) const {
    Head head = this->head(session);
    const std::uint64_t before = head.frontier.size();
    session.query(commitments_after, {head.journal_seq, static_cast<std::int64_t>(max)}, [&](const store::Row& row) {
        const Digest hash = ledger::leaf_hash(array_at<sizeof(Digest)>(row, 1));
        head.journal_seq = row.integer(0);
        session.execute(add_leaf, {static_cast<std::int64_t>(head.frontier.size()), head.journal_seq, hash});
        head.frontier.append(hash);
    });
    const std::uint64_t added = head.frontier.size() - before;
    if (added != 0) {
        session.execute(write_head, {static_cast<std::int64_t>(head.frontier.size()), head.frontier.to_bytes(),
                                     head.journal_seq, micros(now)});
    }
    return added;
}

void Journal::each_leaf_from(store::ReadSession& session, std::int64_t number, std::size_t max,
                             const std::function<void(const Leaf&)>& visit) const {
    session.query(leaves, {number, static_cast<std::int64_t>(max)}, [&](const store::Row& row) {
        visit({.number = row.integer(0), .journal_seq = row.integer(1), .hash = array_at<sizeof(Digest)>(row, 2)});
    });
}

}  // namespace kelisim::records
