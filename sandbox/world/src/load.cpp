// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "world/world.hpp"
#include "world_toml.hpp"

namespace kelisim::world {

namespace {

std::string sha256_of(const std::string& text) {
    return base::to_base64url(crypto::sha256(base::as_bytes(text)));
}

using registry::Name;

// Reads one table of the file; the first that is wrong is named with its line.
class Table {
public:
    Table(const toml::table& table, std::string_view file) : table_(table), file_(file) {}

    std::string text(std::string_view name) const {
        const auto value = table_[name].value<std::string>();
        if (!value) fail(fmt::format("{} is missing or no text", name));
        return *value;
    }
    std::string text_or(std::string_view name, std::string_view fallback) const {
        return table_.contains(name) ? text(name) : std::string(fallback);
    }
    bool flag(std::string_view name, bool fallback) const { return table_[name].value_or(fallback); }
    std::int64_t number_or(std::string_view name, std::int64_t fallback) const {
        return table_[name].value_or(fallback);
    }
    std::vector<std::string> texts(std::string_view name) const {
        std::vector<std::string> list;
        if (const toml::array* array = table_[name].as_array()) {
            for (const toml::node& element : *array) {
                const auto value = element.value<std::string>();
                if (!value) fail(fmt::format("{} holds something else than texts", name));
                list.push_back(*value);
            }
        }
        return list;
    }
    Name name() const { return {text("name_kk"), text("name_ru")}; }

    template <class Enum>
    Enum choice(std::string_view name) const {
        const std::string wanted = text(name);
        std::optional<Enum> found;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto entry) {
            if (wanted == entry.name) found = entry.value;
        });
        if (!found) fail(fmt::format("{} is none of its values", name));
        return *found;
    }

    template <class Enum>
    Enum choice_or(std::string_view name, Enum fallback) const {
        return table_.contains(name) ? choice<Enum>(name) : fallback;
    }

    template <class Visit>
    void each(std::string_view name, Visit visit) const {
        const toml::array* array = table_[name].as_array();
        if (array == nullptr) return;
        for (const toml::node& element : *array) {
            if (element.as_table() == nullptr) fail(fmt::format("{} is no table", name));
            visit(Table(*element.as_table(), file_));
        }
    }

    [[noreturn]] void fail(std::string_view what) const {
        throw Malformed(fmt::format("{}:{}: {}", file_, table_.source().begin.line, what));
    }

private:
    const toml::table& table_;
    std::string_view file_;
};

template <class Parsed>
auto require(const Table& table, Parsed parsed, std::string_view what) {
    if (!parsed) table.fail(fmt::format("{} is not valid", what));
    return *parsed;
}

base::Iin iin_of(const Table& table, std::string_view name) {
    const auto iin = base::Iin::parse(table.text(name));
    if (iin.has_error()) table.fail(fmt::format("{} is no IIN", name));
    if (static_cast<int>(iin->birth_date().year()) >= 1900) table.fail("a sandbox person is born before 1900");
    return *iin;
}

registry::Organisation organisation_of(const Table& table) {
    const std::string bin = table.text("bin");
    if (base::Bin::parse(bin).has_error()) table.fail("bin is no BIN");
    return {.bin = bin,
            .kind = table.choice<registry::OrganisationKind>("kind"),
            .name = table.name(),
            .security_operations_centre = table.choice_or("security_operations_centre", registry::SecurityCentre::none),
            .own_means_approval = table.text_or("own_means_approval", ""),
            .renders_proactive_services = table.flag("renders_proactive_services", false)};
}

// Of all that a sandbox begins with, only organisations say whether they are the state's.
registry::Ownership ownership_of(std::string_view bin, const registry::Entries& entries) {
    const auto owner = std::find_if(entries.organisations.begin(), entries.organisations.end(),
                                    [&](const registry::Organisation& each) { return each.bin == bin; });
    using enum registry::OrganisationKind;
    const bool non_state = owner == entries.organisations.end() || owner->kind == bank || owner->kind == company;
    return non_state ? registry::Ownership::non_state : registry::Ownership::state;
}

// Signed with the operator, for the time for which the world has its connections.
std::optional<registry::SecurityAgreement> agreement_of(const Table& table, const registry::Entries& entries) {
    const std::string number = table.text_or("joint_security_agreement", "");
    if (number.empty()) return std::nullopt;
    std::vector<std::string> parties{table.text("bin")};
    for (const registry::Organisation& each : entries.organisations) {
        if (each.kind == registry::OrganisationKind::egov_operator) parties.push_back(each.bin);
    }
    return registry::SecurityAgreement{.number = number,
                                       .signed_on = table.text_or("joint_security_agreement_signed_on", "2026-01-01"),
                                       .valid_to = table.text_or("joint_security_agreement_valid_to", "2027-12-31"),
                                       .parties = std::move(parties)};
}

registry::IntegrationService service_of(const Table& table) {
    const std::string access = table.text("access_class");
    return {
        .key = table.text("key"),
        .owner = table.text("owner"),
        .personal_data = table.flag("personal_data", true),
        .access_class = access == "public" ? registry::AccessClass::public_data : registry::AccessClass::confidential,
        .name = table.name(),
        .fields = table.texts("fields"),
        .kind = table.choice_or("kind", registry::ServiceKind::ordinary),
        .description = {table.text_or("description_kk", ""), table.text_or("description_ru", "")}};
}

registry::Connection connection_of(const Table& table, const std::vector<registry::Connection>& before) {
    registry::Connection connection{.key = {},
                                    .initiator = table.text("initiator"),
                                    .channel = table.choice<registry::Channel>("channel"),
                                    .environment = table.choice<registry::Environment>("environment"),
                                    .valid_from = table.text("valid_from"),
                                    .valid_to = table.text("valid_to"),
                                    .acts = table.texts("acts"),
                                    .grounds = table.texts("grounds"),
                                    .storage = table.text("storage"),
                                    .processing = table.text("processing"),
                                    .uses_max = table.number_or("uses_max", 0),
                                    .uses_per_day = table.number_or("uses_per_day", 0),
                                    .code = table.choice_or("code", registry::CodeKind::numeric),
                                    .act = table.text_or("act", ""),
                                    .bare_proofs_per_hour = table.number_or("bare_proofs_per_hour", 0),
                                    .purposes = {}};
    for (const std::string& period : {connection.processing, connection.storage}) {
        if (base::parse_period(period).has_error()) table.fail(fmt::format("{} is no period", period));
    }
    // A name for people: the initiator and how many of its connections stand before this one.
    const auto earlier = std::count_if(before.begin(), before.end(),
                                       [&](const auto& other) { return other.initiator == connection.initiator; });
    connection.key = fmt::format("{}-{}", connection.initiator, earlier + 1);
    table.each("service", [&](const Table& purpose) {
        connection.purposes.push_back({purpose.text("code"), purpose.name(), purpose.texts("integration_services")});
    });
    return connection;
}

// RFC 8705 2.1.2: "MUST use exactly one of the below metadata parameters".
std::optional<registry::TlsClient> tls_client_of(const Table& table) {
    std::optional<registry::TlsClient> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<registry::CertificateName>>([&](auto entry) {
        const std::string name = table.text_or(std::string("tls_client_auth_") + entry.name, "");
        if (name.empty()) return;
        if (found) table.fail("a client has one name of a certificate");
        found = registry::TlsClient{.client_id = table.text("client_id"), .kind = entry.value, .name = name};
    });
    return found;
}

people::Person person_of(const Table& table) {
    people::Person person;
    person.iin = iin_of(table, "iin");
    person.surname = table.text("surname");
    person.name = table.text("name");
    person.patronymic = table.text_or("patronymic", "");
    person.language = require(table, base::parse_language(table.text_or("language", "kk")), "language");
    if (const auto phone = table.text_or("phone", ""); !phone.empty()) {
        person.phone = require(table, people::Phone::parse(phone), "phone");
    }
    if (table.text_or("life_status", "") == "dead") person.life_status = people::LifeStatus::dead;
    if (table.flag("missing", false)) person.life_status = people::LifeStatus::missing;
    person.capable = table.flag("capable", true);
    person.minor = table.flag("minor", false);
    if (!table.text_or("representative", "").empty()) person.representative = iin_of(table, "representative");
    return person;
}

}  // namespace

std::string_view default_world() {
    return world_toml;
}

World load(std::string_view text, std::string_view file_name) {
    toml::table file;
    try {
        file = toml::parse(text, file_name);
    } catch (const toml::parse_error& error) {
        throw Malformed(fmt::format("{}:{}: {}", file_name, error.source().begin.line, error.description()));
    }
    const Table root(file, file_name);
    World world;
    registry::Entries& entries = world.entries;
    root.each("organisation", [&](const Table& t) { entries.organisations.push_back(organisation_of(t)); });
    root.each("organisation", [&](const Table& t) {
        if (auto agreement = agreement_of(t, entries)) entries.agreements.push_back(std::move(*agreement));
    });
    root.each("system", [&](const Table& t) {
        entries.systems.push_back({.key = t.text("key"),
                                   .organisation = t.text("organisation"),
                                   .contour = t.choice<registry::Contour>("contour"),
                                   .client_id = t.text("client_id"),
                                   .exempt_ground = t.text_or("exempt_ground", ""),
                                   .unified_requirements_declared = t.flag("unified_requirements_declared", false),
                                   .security_test_protocol = t.text_or("security_test_protocol", ""),
                                   .ownership = ownership_of(t.text("organisation"), entries)});
        entries.credentials.push_back(
            {.client_id = t.text("client_id"), .secret_sha256 = sha256_of(t.text("client_secret")), .jwks = ""});
        if (auto client = tls_client_of(t)) entries.tls_clients.push_back(std::move(*client));
    });
    root.each("integration_service", [&](const Table& t) { entries.services.push_back(service_of(t)); });
    root.each("open_service", [&](const Table& t) {
        entries.open_services.push_back(
            {.key = t.text("key"), .publisher = t.text("publisher"), .name = t.name(), .address = t.text("address")});
    });
    root.each("connection",
              [&](const Table& t) { entries.connections.push_back(connection_of(t, entries.connections)); });
    root.each("campaign", [&](const Table& t) {
        const registry::Name offer{t.text("text_kk"), t.text("text_ru")};
        entries.campaigns.push_back({.code = t.text("code"),
                                     .act = t.text("act"),
                                     .ground = t.text("ground"),
                                     .valid_from = t.text("valid_from"),
                                     .valid_to = t.text("valid_to"),
                                     .text = offer,
                                     .text_sha256 = {sha256_of(offer.kk), sha256_of(offer.ru)}});
    });
    root.each("deferral_law", [&](const Table& t) {
        entries.deferral_laws.push_back({.key = t.text("key"),
                                         .ground = t.text("ground"),
                                         .law = {t.text("law_kk"), t.text("law_ru")},
                                         .article = t.text("article"),
                                         .longest = t.text("longest"),
                                         .deciders = t.texts("deciders")});
    });
    root.each("person", [&](const Table& t) { world.persons.push_back(person_of(t)); });
    root.each("official", [&](const Table& t) {
        const base::Iin iin = iin_of(t, "iin");
        const bool known = std::any_of(world.persons.begin(), world.persons.end(),
                                       [&](const people::Person& person) { return person.iin == iin; });
        if (!known) t.fail("an official is one of the persons");
        world.officials.push_back({.iin = iin, .organisation = t.text("organisation")});
    });
    return world;
}

}  // namespace kelisim::world
