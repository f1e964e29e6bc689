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
    session.after_commit([this] { growth_.tell(); });
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

}  // namespace kelisim::records
