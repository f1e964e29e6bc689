// SPDX-License-Identifier: Apache-2.0
#include "records/key_registrations.hpp"

#include "base/text.hpp"
#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr std::string_view what = "registration of keys";

constexpr store::Statement insert{
    "key_registration_insert",
    "INSERT INTO key_registration (id, bucket, organisation, purpose, client, made, sealed) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
constexpr store::Statement by_id{"key_registration_by_id",
                                 "SELECT id, organisation, purpose, client, made, sealed FROM key_registration "
                                 "WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement newest_made{"key_registration_newest",
                                       "SELECT max(made) FROM key_registration "
                                       "WHERE organisation = ?1 AND purpose = ?2 AND client = ?3"};
constexpr store::Statement of_organisation{
    "key_registration_of_organisation",
    "SELECT id, organisation, purpose, client, made, sealed FROM key_registration "
    "WHERE organisation = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"};
constexpr store::Statement of_all{"key_registration_all",
                                  "SELECT id, organisation, purpose, client, made, sealed FROM key_registration "
                                  "WHERE id < ?1 ORDER BY id DESC LIMIT ?2"};

}  // namespace

void KeyRegistrations::add(store::WriteSession& session, const KeptKeyRegistration& registration) const {
    const registry::KeyRegistration& content = registration.content;
    const std::string body =
        boost::json::serialize(boost::json::object{{"jwks", content.jwks},
                                                   {"name_kind", boost::json::value_from(content.name_kind)},
                                                   {"name", content.name},
                                                   {"role", registration.role},
                                                   {"certificate", base::to_base64url(registration.certificate)},
                                                   {"document", base::to_base64(registration.document)}});
    const base::RawId& id = registration.id;
    const base::Bytes sealed = vault_.archive().seal(base::as_bytes(body), id.bytes(), id.time(), entropy_);
    session.execute(insert, {id.bytes(), std::int64_t{id.bucket().value}, std::string_view(content.organisation),
                             static_cast<std::int64_t>(content.purpose), std::string_view(content.client_id),
                             base::to_micros(content.made), sealed});
}

KeptKeyRegistration KeyRegistrations::read(const store::Row& row) const {
    const auto id = id_at<KeyRegistrationId>(row, 0);
    const base::Bytes plain = vault_.archive().open(row.blob(5), id.bytes(), what);
    const StoredJson json(base::as_text(plain), what);
    const auto& body = json.value().as_object();
    const auto text = [&](std::string_view name) { return std::string(body.at(name).as_string()); };
    const auto certificate = base::from_base64url(text("certificate"));
    auto document = base::from_base64(text("document"));
    KeptKeyRegistration found{
        .id = id,
        .content = {.purpose = enum_at(row, 2, registry::KeyPurpose::tls_certificate),
                    .organisation = std::string(row.text(1)),
                    .client_id = std::string(row.text(3)),
                    .jwks = text("jwks"),
                    .name_kind = boost::json::value_to<registry::CertificateName>(body.at("name_kind")),
                    .name = text("name"),
                    .made = time_at(row, 4)},
        .role = text("role"),
        .document = {}};
    if (!certificate || certificate->size() != found.certificate.size() || !document) throw Damaged(std::string(what));
    std::copy(certificate->begin(), certificate->end(), found.certificate.begin());
    found.document = *std::move(document);
    return found;
}

std::optional<KeptKeyRegistration> KeyRegistrations::find(store::ReadSession& session, KeyRegistrationId id) const {
    std::optional<KeptKeyRegistration> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                  [&](const store::Row& row) { found = read(row); });
    return found;
}

std::optional<base::Time> KeyRegistrations::last_made(store::ReadSession& session,
                                                      const registry::KeyRegistration& like) const {
    std::optional<base::Time> last;
    session.query(newest_made,
                  {std::string_view(like.organisation), static_cast<std::int64_t>(like.purpose),
                   std::string_view(like.client_id)},
                  [&](const store::Row& row) {
                      if (!row.null(0)) last = time_at(row, 0);
                  });
    return last;
}

std::vector<KeptKeyRegistration> KeyRegistrations::list(store::ReadSession& session,
                                                        std::optional<std::string_view> organisation,
                                                        const std::optional<base::RawId>& before,
                                                        std::size_t max) const {
    std::vector<KeptKeyRegistration> found;
    const auto take = [&](const store::Row& row) { found.push_back(read(row)); };
    const auto count = static_cast<std::int64_t>(max);
    if (organisation) {
        session.query(of_organisation, {*organisation, before_bytes(before), count}, take);
    } else {
        session.query(of_all, {before_bytes(before), count}, take);
    }
    return found;
}

}  // namespace kelisim::records
