// SPDX-License-Identifier: Apache-2.0
#include "records/own_looks.hpp"

#include "access_record.hpp"
#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "own_look_insert", "INSERT INTO own_look (id, bucket, subject, state, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"};
constexpr store::Statement change{"own_look_conclude",
                                  "UPDATE own_look SET state = ?1 WHERE id = ?2 AND bucket = ?3 AND state = 0"};
constexpr store::Statement by_id{"own_look_find",
                                 "SELECT id, subject, state, sealed FROM own_look WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_subject{"own_look_of_subject",
                                      "SELECT id, subject, state, sealed FROM own_look "
                                      "WHERE subject = ?1 AND bucket = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"};
constexpr store::Statement give_up{"own_look_sweep", "UPDATE own_look SET state = 3 WHERE state = 0 AND id < ?1"};

OwnLook look_at(const Vault& vault, const store::Row& row) {
    const auto id = id_at<consent::UseId>(row, 0);
    return {.id = id,
            .subject = id_at<consent::SubjectId>(row, 1),
            .state = enum_at(row, 2, consent::UseState::unknown),
            .record = open_record(vault, row.blob(3), id)};
}

}  // namespace

void OwnLooks::add(store::WriteSession& session, const OwnLook& look) const {
    const base::Bytes sealed = seal_record(vault_, look.record, look.id, look.id.time(), entropy_);
    session.execute(insert, {look.id.bytes(), std::int64_t{look.id.bucket().value}, look.subject.bytes(),
                             number(look.state), sealed});
}

void OwnLooks::conclude(store::WriteSession& session, consent::UseId id, consent::UseState outcome) const {
    session.execute(change, {number(outcome), id.bytes(), std::int64_t{id.bucket().value}});
}

std::optional<OwnLook> OwnLooks::find(store::ReadSession& session, consent::UseId id) const {
    std::optional<OwnLook> found;
    archives_.look_up(session, id, [&](store::ReadSession& in) {
        return in.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                        [&](const store::Row& row) { found = look_at(vault_, row); }) != 0;
    });
    return found;
}

std::vector<OwnLook> OwnLooks::of(store::ReadSession& session, consent::SubjectId subject,
                                  const std::optional<base::RawId>& before, std::size_t max) const {
    const auto read = [&](store::ReadSession& from) {
        std::vector<OwnLook> found;
        from.query(of_subject,
                   {subject.bytes(), std::int64_t{subject.bucket().value}, before_bytes(before),
                    static_cast<std::int64_t>(max)},
                   [&](const store::Row& row) { found.push_back(look_at(vault_, row)); });
        return found;
    };
    return archives_.merged<OwnLook>(session, Archives::Kind::look, subject, before, max, read);
}

void OwnLooks::sweep(store::WriteSession& session, base::Time instant) const {
    session.execute(give_up, {first_id_at(instant)});
}

}  // namespace kelisim::records
