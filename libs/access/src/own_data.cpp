// SPDX-License-Identifier: Apache-2.0
#include "access/own_data.hpp"

#include "base/limits.hpp"
#include "facts.hpp"

namespace kelisim::access {

const base::Reason own_data_no_service{
    "own_data_service_unknown",
    base::Kind::not_found,
    "418-V ст.16",
    {"Деректері кабинетте көрсетілетін мұндай сервис жоқ.", "Нет такого сервиса, данные которого показывает кабинет.",
     "There is no such service whose data the cabinet shows."}};

base::Result<OwnData::Look> OwnData::begin(store::WriteSession& session, const Acting& acting, std::string_view key,
                                           base::Time now) const {
    const auto actors = may_look(parts_, session, acting);
    if (!actors) return base::Refusal(cabinet_not_found);
    const registry::IntegrationService* service = parts_.registry.service(std::string(key));
    const bool answers = service != nullptr && service->personal_data && service->ended.empty();
    if (!answers) return base::Refusal(own_data_no_service);
    const base::Iin& iin = actors->whose.person.iin;
    const auto id = consent::UseId::make(now, acting.whose.bucket(), parts_.entropy);
    const records::OwnLook look{.id = id,
                                .subject = acting.whose,
                                .state = consent::UseState::reserved,
                                .record = {.subject = iin,
                                           .receiver = std::string(own_data_client),
                                           .service = service->key,
                                           .purpose = std::string(own_data_purpose),
                                           .fields = service->fields,
                                           .acts = {"collection"},
                                           .employee = {},
                                           .by = acting.by}};
    parts_.records.own_looks.add(session, look);
    parts_.records.journal.append(session, own_look_fact(look, now));
    const consent::TokenId token{id};
    const base::Time expires = now + base::limits::owner_deadline;
    session.after_commit([&index = parts_.tokens, token, id, expires] {
        index.add(token, {.consent = consent::ConsentId{id}, .expires = expires, .verified = {}});
    });
    return Look{.id = id,
                .fields = service->fields,
                .claims = {.issuer = issuer_,
                           .subject = iin,
                           .audience = {service->owner},
                           .client_id = std::string(own_data_client),
                           .jti = token.to_string(),
                           .issued = now,
                           .expires = expires,
                           .acr = "urn:kelisim:acr:cabinet",
                           .answered = now,
                           .grant = {.services = {service->key},
                                     .purpose = std::string(own_data_purpose),
                                     .fields = service->fields,
                                     .acts = {"collection"},
                                     .consent = id.to_string()}}};
}

void OwnData::conclude(store::WriteSession& session, consent::UseId id, consent::UseState outcome) const {
    parts_.records.own_looks.conclude(session, id, outcome);
    session.after_commit([&index = parts_.tokens, token = consent::TokenId{id}] { index.remove(token); });
}

}  // namespace kelisim::access
