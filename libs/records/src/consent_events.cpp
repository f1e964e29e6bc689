// SPDX-License-Identifier: Apache-2.0
#include "records/consent_events.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement last{
    "consent_event_last", "SELECT coalesce(max(number), 0) FROM consent_event WHERE consent = ?1 AND bucket = ?2"};
constexpr store::Statement insert{"consent_event_insert",
                                  "INSERT INTO consent_event (consent, number, bucket, at, kind, sealed) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
constexpr store::Statement of_consent{"consent_events",
                                      "SELECT number, at, kind, sealed FROM consent_event "
                                      "WHERE consent = ?1 AND bucket = ?2 ORDER BY number"};

std::int64_t bucket(consent::ConsentId id) {
    return id.bucket().value;
}

// An event cannot be moved to another consent nor to another place in its history.
base::Bytes context(consent::ConsentId id, std::int64_t number) {
    base::Bytes bytes(id.bytes().begin(), id.bytes().end());
    for (const char c : " event " + std::to_string(number))
        bytes.push_back(static_cast<std::uint8_t>(c));
    return bytes;
}

}  // namespace

void ConsentEvents::add(store::WriteSession& session, consent::ConsentId consent, std::string_view kind,
                        const boost::json::object& details, const crypto::SealKey& data_key, base::Time now) const {
    std::int64_t number = 0;
    session.query(last, {consent.bytes(), bucket(consent)},
                  [&](const store::Row& row) { number = row.integer(0) + 1; });
    const std::string text = boost::json::serialize(details);
    const base::Bytes sealed = crypto::seal(data_key, base::as_bytes(text), context(consent, number), entropy_);
    session.execute(insert, {consent.bytes(), number, bucket(consent), micros(now), kind, sealed});
}

std::vector<ConsentEvents::Event> ConsentEvents::all(store::ReadSession& session, consent::ConsentId consent,
                                                     const crypto::SealKey& data_key) const {
    std::vector<Event> events;
    session.query(of_consent, {consent.bytes(), bucket(consent)}, [&](const store::Row& row) {
        const base::Bytes plain =
            open_or_throw(data_key, row.blob(3), context(consent, row.integer(0)), "consent event");
        events.push_back({.at = time_at(row, 1),
                          .kind = std::string(row.text(2)),
                          .details = object_from(base::as_text(plain), "consent event")});
    });
    return events;
}

}  // namespace kelisim::records
