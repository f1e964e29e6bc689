// SPDX-License-Identifier: Apache-2.0
#include "records/data_changes.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement taken{"data_change_taken", "SELECT id FROM data_change WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement insert{"data_change_insert",
                                  "INSERT INTO data_change (id, bucket, person, sealed) VALUES (?1, ?2, ?3, ?4)"};
constexpr store::Statement of_person{"data_change_of_person",
                                     "SELECT id, sealed FROM data_change "
                                     "WHERE person = ?1 AND bucket = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"};

boost::json::object to_object(const DataChange& change) {
    return {{"kind", boost::json::value_from(change.kind)},     {"owner", change.owner},   {"service", change.service},
            {"fields", boost::json::value_from(change.fields)}, {"at", micros(change.at)}, {"reason", change.reason}};
}

DataChange change_from(const boost::json::object& object, DataChangeId id) {
    const auto text = [&](std::string_view name) { return std::string(object.at(name).as_string()); };
    return {.id = id,
            .kind = boost::json::value_to<DataChangeKind>(object.at("kind")),
            .owner = text("owner"),
            .service = text("service"),
            .fields = boost::json::value_to<std::vector<std::string>>(object.at("fields")),
            .at = base::from_micros(object.at("at").as_int64()),
            .reason = text("reason")};
}

}  // namespace

bool DataChanges::add(store::WriteSession& session, const base::Iin& person, const DataChange& change) const {
    const std::int64_t bucket{change.id.bucket().value};
    bool known = false;
    session.query(taken, {change.id.bytes(), bucket}, [&](const store::Row&) { known = true; });
    if (known) return false;
    const std::string body = boost::json::serialize(to_object(change));
    const base::Bytes sealed =
        vault_.archive().seal(base::as_bytes(body), change.id.bytes(), change.id.time(), entropy_);
    session.execute(insert, {change.id.bytes(), bucket, vault_.blind_index(person), sealed});
    return true;
}

std::vector<DataChange> DataChanges::of(store::ReadSession& session, const base::Iin& person,
                                        const std::optional<base::RawId>& before, std::size_t max) const {
    std::vector<DataChange> found;
    session.query(of_person,
                  {vault_.blind_index(person), std::int64_t{vault_.bucket_of(person).value}, before_bytes(before),
                   static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) {
                      const auto id = id_at<DataChangeId>(row, 0);
                      const base::Bytes plain = vault_.archive().open(row.blob(1), id.bytes(), "change of data");
                      const StoredJson json(base::as_text(plain), "change of data");
                      found.push_back(change_from(json.value().as_object(), id));
                  });
    return found;
}

}  // namespace kelisim::records
