// SPDX-License-Identifier: Apache-2.0
#include "records/journal.hpp"

#include <algorithm>

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"journal_insert",
                                  "INSERT INTO journal (id, bucket, kind, entity, salt, sealed, commitment, subject) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
constexpr store::Statement after{"journal_after",
                                 "SELECT seq, entity, kind, subject, salt, sealed, commitment FROM journal "
                                 "WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
constexpr store::Statement of_one{"journal_of_subject",
                                  "SELECT seq, entity, kind, subject, salt, sealed, commitment FROM journal "
                                  "WHERE subject = ?3 AND seq > ?1 ORDER BY seq LIMIT ?2"};

template <std::size_t size>
std::array<std::uint8_t, size> array_at(const store::Row& row, int column) {
    const base::BytesView bytes = row.blob(column);
    std::array<std::uint8_t, size> array{};
    if (bytes.size() != size) throw Damaged("a journal column has a wrong length");
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

JournalEntry entry_at(const store::Row& row) {
    const base::BytesView sealed = row.blob(5);
    return {.seq = row.integer(0),
            .entity = id_at<base::RawId>(row, 1),
            .kind = std::string(row.text(2)),
            .subject = row.null(3) ? std::nullopt : std::optional(id_at<consent::SubjectId>(row, 3)),
            .salt = array_at<ledger::salt_bytes>(row, 4),
            .sealed = base::Bytes(sealed.begin(), sealed.end()),
            .commitment = array_at<sizeof(Digest)>(row, 6)};
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
                             sealed, commitment, id_param(fact.subject)});
    session.after_commit([this] { growth_.tell(); });
}

void Journal::each_after(store::ReadSession& session, std::int64_t seq, std::size_t max,
                         const std::function<void(const JournalEntry&)>& visit) const {
    session.query(after, {seq, static_cast<std::int64_t>(max)}, [&](const store::Row& row) { visit(entry_at(row)); });
}

void Journal::of_subject(store::ReadSession& session, consent::SubjectId subject, std::int64_t seq, std::size_t max,
                         const std::function<void(const JournalEntry&)>& visit) const {
    session.query(of_one, {seq, static_cast<std::int64_t>(max), subject.bytes()},
                  [&](const store::Row& row) { visit(entry_at(row)); });
}

std::string Journal::open(const JournalEntry& entry) const {
    const base::Bytes plain = vault_.archive().open(entry.sealed, entry.salt, "journal entry");
    return std::string(base::as_text(plain));
}

}  // namespace kelisim::records
