// SPDX-License-Identifier: Apache-2.0
#include "records/official_looks.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "official_look_insert",
    "INSERT INTO official_look (id, bucket, subject, official, ends, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
constexpr store::Statement by_id{
    "official_look_by_id",
    "SELECT id, subject, official, ends, sealed FROM official_look WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_subject{"official_look_of_subject",
                                      "SELECT id, subject, official, ends, sealed FROM official_look "
                                      "WHERE subject = ?1 AND bucket = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"};

}  // namespace

void OfficialLooks::add(store::WriteSession& session, const OfficialLook& look) const {
    const std::string body =
        boost::json::serialize(boost::json::object{{"organisation", look.organisation}, {"reason", look.reason}});
    const base::Bytes sealed = vault_.archive().seal(base::as_bytes(body), look.id.bytes(), look.id.time(), entropy_);
    session.execute(insert, {look.id.bytes(), std::int64_t{look.id.bucket().value}, look.subject.bytes(),
                             look.official.bytes(), micros(look.ends), sealed});
}

OfficialLook OfficialLooks::read(const store::Row& row) const {
    const auto id = id_at<OfficialLookId>(row, 0);
    const base::Bytes plain = vault_.archive().open(row.blob(4), id.bytes(), "look of an official");
    const StoredJson json(base::as_text(plain), "look of an official");
    const auto& body = json.value().as_object();
    return {.id = id,
            .subject = id_at<consent::SubjectId>(row, 1),
            .official = id_at<consent::SubjectId>(row, 2),
            .ends = time_at(row, 3),
            .organisation = std::string(body.at("organisation").as_string()),
            .reason = std::string(body.at("reason").as_string())};
}

std::optional<OfficialLook> OfficialLooks::find(store::ReadSession& session, OfficialLookId id) const {
    std::optional<OfficialLook> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                  [&](const store::Row& row) { found = read(row); });
    return found;
}

std::vector<OfficialLook> OfficialLooks::of(store::ReadSession& session, consent::SubjectId subject,
                                            const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<OfficialLook> found;
    session.query(
        of_subject,
        {subject.bytes(), std::int64_t{subject.bucket().value}, before_bytes(before), static_cast<std::int64_t>(max)},
        [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

}  // namespace kelisim::records
