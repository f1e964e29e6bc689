// SPDX-License-Identifier: Apache-2.0
#include "access/registrations.hpp"

#include <algorithm>

#include "facts.hpp"
#include "records/registry_store.hpp"
#include "registry/contours.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;

const Reason registry_key_taken{"registry_key_taken",
                                Kind::conflict,
                                "307/НК п.2(22)",
                                {"Бұл атаумен тіркелген жазба бар.", "Запись с таким именем уже зарегистрирована.",
                                 "There is an entry of this name already."}};
const Reason agreement_incomplete{
    "agreement_incomplete",
    Kind::invalid,
    "418-V ст.43(1)",
    {"Шартта кемінде екі тіркелген тарап болады, ал соңғы күні қол қойылған күнінен ерте болмайды.",
     "У договора не меньше двух зарегистрированных сторон, а его последний день не раньше дня подписания.",
     "An agreement has two registered parties or more, and its last day is not before the day on which it was "
     "signed."}};

namespace {

bool between_registered(const registry::SecurityAgreement& agreement, const registry::Registry& registry) {
    std::vector<std::string> parties = agreement.parties;
    std::sort(parties.begin(), parties.end());
    parties.erase(std::unique(parties.begin(), parties.end()), parties.end());
    return parties.size() >= 2 && std::all_of(parties.begin(), parties.end(), [&](const std::string& bin) {
               return registry.organisation(bin) != nullptr;
           });
}

// One name is either behind the gateway or open.
bool taken_by_service(store::ReadSession& session, std::string_view key) {
    return records::load_service(session, key) || records::load_open_service(session, key);
}

}  // namespace

template <class Entry>
void Registrations::keep(store::WriteSession& session, const Entry& entry) const {
    registry::Entries changed{.organisations = {}, .systems = {}, .services = {}, .connections = {}};
    if constexpr (std::is_same_v<Entry, registry::System>) changed.systems.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::IntegrationService>) changed.services.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::SecurityAgreement>) changed.agreements.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::OpenService>) changed.open_services.push_back(entry);
    records::save_registry(session, changed);
    session.after_commit([&registry = registry_, entry] { registry.put(entry); });
}

void Registrations::note(store::WriteSession& session, std::string_view kind, boost::json::object details,
                         const Order& order, base::Time now) const {
    parts_.records.journal.append(
        session, registration_fact(kind, base::RawId::make(now, base::Bucket{}, parts_.entropy),
                                   {.by = order.official, .organisation = order.organisation, .reason = order.reason},
                                   std::move(details), now));
}

Registrations::Done Registrations::add(store::WriteSession& session, const registry::System& system, const Order& order,
                                       base::Time now) const {
    if (registry_.organisation(system.organisation) == nullptr) return Refusal(registry_entry_unknown);
    const auto systems = records::load_systems(session);
    const bool taken = std::any_of(systems.begin(), systems.end(), [&](const registry::System& each) {
        return each.key == system.key || each.client_id == system.client_id;
    });
    if (taken) return Refusal(registry_key_taken);
    if (auto reasons = registry::contour_objections(system); !reasons.empty()) return Refusal(std::move(reasons));
    keep(session, system);
    note(session, "registry.system_registered", details_of(system), order, now);
    return {};
}

Registrations::Done Registrations::add(store::WriteSession& session, const registry::IntegrationService& service,
                                       const Order& order, base::Time now) const {
    // The store and not the memory: another unit of this batch may have registered.
    const auto owner = records::load_system(session, service.owner);
    if (!owner) return Refusal(registry_entry_unknown);
    if (taken_by_service(session, service.key)) return Refusal(registry_key_taken);
    auto reasons = registry::contour_objections(service);
    for (const Reason* reason : registry::contour_objections(*owner))
        reasons.push_back(reason);
    if (!reasons.empty()) return Refusal(std::move(reasons));
    keep(session, service);
    note(session, "registry.service_registered", details_of(service), order, now);
    return {};
}

Registrations::Done Registrations::classify(store::WriteSession& session, std::string_view key, const SystemClass& as,
                                            const Order& order, base::Time now) const {
    auto system = records::load_system(session, key);
    if (!system) return Refusal(registry_entry_unknown);
    system->contour = as.contour;
    system->ownership = as.ownership;
    system->exclusions = as.exclusions;
    keep(session, *system);
    note(session, "registry.system_classified", details_of(*system), order, now);
    return {};
}

Registrations::Done Registrations::classify(store::WriteSession& session, std::string_view key,
                                            const registry::ServiceKind& as, const Order& order, base::Time now) const {
    auto service = records::load_service(session, key);
    if (!service) return Refusal(registry_entry_unknown);
    service->kind = as;
    keep(session, *service);
    note(session, "registry.service_classified", details_of(*service), order, now);
    return {};
}

Registrations::Done Registrations::describe(store::WriteSession& session, std::string_view key,
                                            const registry::Name& as, const Order& order, base::Time now) const {
    auto service = records::load_service(session, key);
    if (!service) return Refusal(registry_entry_unknown);
    if (!service->ended.empty()) return Refusal(registry_ended_before);
    service->description = as;
    keep(session, *service);
    note(session, "registry.service_described", described_details_of(*service), order, now);
    return {};
}

Registrations::Done Registrations::add(store::WriteSession& session, const registry::SecurityAgreement& agreement,
                                       const Order& order, base::Time now) const {
    if (!between_registered(agreement, registry_) || agreement.valid_to < agreement.signed_on) {
        return Refusal(agreement_incomplete);
    }
    if (records::load_agreement(session, agreement.number)) return Refusal(registry_key_taken);
    keep(session, agreement);
    note(session, "registry.agreement_registered", details_of(agreement), order, now);
    return {};
}

Registrations::Done Registrations::withdraw(store::WriteSession& session, std::string_view number, const Order& order,
                                            base::Time now) const {
    auto agreement = records::load_agreement(session, number);
    if (!agreement) return Refusal(registry_entry_unknown);
    if (!agreement->withdrawn.empty()) return Refusal(registry_ended_before);
    agreement->withdrawn = base::to_iso8601(now);
    keep(session, *agreement);
    note(session, "registry.agreement_withdrawn", details_of(*agreement), order, now);
    return {};
}

Registrations::Done Registrations::add(store::WriteSession& session, const registry::OpenService& service,
                                       const Order& order, base::Time now) const {
    if (registry_.organisation(service.publisher) == nullptr) return Refusal(registry_entry_unknown);
    if (taken_by_service(session, service.key)) return Refusal(registry_key_taken);
    keep(session, service);
    note(session, "registry.open_service_listed", details_of(service), order, now);
    return {};
}

Registrations::Done Registrations::end_open(store::WriteSession& session, std::string_view key, const Order& order,
                                            base::Time now) const {
    auto service = records::load_open_service(session, key);
    if (!service) return Refusal(registry_entry_unknown);
    if (!service->ended.empty()) return Refusal(registry_ended_before);
    service->ended = base::to_iso8601(now);
    keep(session, *service);
    note(session, "registry.open_service_ended", details_of(*service), order, now);
    return {};
}

}  // namespace kelisim::access
