// SPDX-License-Identifier: Apache-2.0
#include "records/representations.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"representation_insert",
                                  "INSERT INTO representation (representative, ward, since) VALUES (?1, ?2, ?3) "
                                  "ON CONFLICT (representative, ward) DO NOTHING"};
constexpr store::Statement wards{"representation_wards",
                                 "SELECT ward FROM representation WHERE representative = ?1 ORDER BY ward"};
constexpr store::Statement remove{"representation_forget",
                                  "DELETE FROM representation WHERE representative = ?1 OR ward = ?1"};

}  // namespace

void Representations::add(store::WriteSession& session, consent::SubjectId representative, consent::SubjectId ward,
                          base::Time since) const {
    session.execute(insert, {representative.bytes(), ward.bytes(), micros(since)});
}

std::vector<consent::SubjectId> Representations::wards_of(store::ReadSession& session,
                                                          consent::SubjectId representative) const {
    std::vector<consent::SubjectId> found;
    session.query(wards, {representative.bytes()},
                  [&](const store::Row& row) { found.push_back(id_at<consent::SubjectId>(row, 0)); });
    return found;
}

void Representations::forget(store::WriteSession& session, consent::SubjectId subject) const {
    session.execute(remove, {subject.bytes()});
}

}  // namespace kelisim::records
