// SPDX-License-Identifier: Apache-2.0
#include "records/person_rows.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement all_requests{"person_requests",
                                        "SELECT id FROM access_request WHERE subject = ?1 AND bucket = ?2 AND id < ?3 "
                                        "ORDER BY id DESC LIMIT ?4"};
// 0 and 1: recorded and asked.
constexpr store::Statement waiting{
    "person_open_requests",
    "SELECT id FROM access_request WHERE subject = ?1 AND bucket = ?2 AND state IN (0, 1) ORDER BY id DESC"};
constexpr store::Statement granted{"person_consents",
                                   "SELECT id, consent FROM access_request "
                                   "WHERE subject = ?1 AND bucket = ?2 AND id < ?3 AND consent IS NOT NULL "
                                   "ORDER BY id DESC LIMIT ?4"};
constexpr store::Statement lists{"person_use_lists",
                                 "SELECT c.last_use, c.marks FROM access_request r "
                                 "JOIN consent c ON c.id = r.consent AND c.bucket = r.bucket "
                                 "WHERE r.subject = ?1 AND r.bucket = ?2 AND r.id < ?3 AND c.last_use IS NOT NULL"};

std::int64_t bucket(const base::RawId& id) {
    return id.bucket().value;
}

}  // namespace

std::vector<consent::RequestId> PersonRows::requests(store::ReadSession& session, consent::SubjectId subject,
                                                     const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<consent::RequestId> found;
    session.query(all_requests,
                  {subject.bytes(), bucket(subject), before_bytes(before), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { found.push_back(id_at<consent::RequestId>(row, 0)); });
    return found;
}

std::vector<consent::RequestId> PersonRows::open_requests(store::ReadSession& session,
                                                          consent::SubjectId subject) const {
    std::vector<consent::RequestId> found;
    session.query(waiting, {subject.bytes(), bucket(subject)},
                  [&](const store::Row& row) { found.push_back(id_at<consent::RequestId>(row, 0)); });
    return found;
}

std::vector<PersonRows::Granted> PersonRows::consents(store::ReadSession& session, consent::SubjectId subject,
                                                      const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<Granted> found;
    session.query(granted, {subject.bytes(), bucket(subject), before_bytes(before), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) {
                      found.push_back({id_at<consent::RequestId>(row, 0), id_at<consent::ConsentId>(row, 1)});
                  });
    return found;
}

std::vector<PersonRows::UseList> PersonRows::use_lists(store::ReadSession& session, consent::SubjectId subject,
                                                       const std::optional<base::RawId>& before) const {
    std::vector<UseList> found;
    session.query(lists, {subject.bytes(), bucket(subject), before_bytes(before)}, [&](const store::Row& row) {
        UseList list{.newest = id_at<consent::UseId>(row, 0), .marks = {}};
        if (!row.null(1)) {
            const auto marks = ids_from_bytes<consent::UseId>(row.blob(1));
            std::copy_n(marks.begin(), std::min(marks.size(), list.marks.size()), list.marks.begin());
        }
        found.push_back(list);
    });
    return found;
}

}  // namespace kelisim::records
