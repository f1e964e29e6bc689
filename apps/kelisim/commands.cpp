// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "access/erasure.hpp"
#include "access/steering.hpp"
#include "access/supervision.hpp"
#include "authority/authority.hpp"
#include "base/entropy.hpp"
#include "base/text.hpp"
#include "books.hpp"
#include "data_directory.hpp"
#include "records/registry_store.hpp"
#include "records/rows.hpp"
#include "service.hpp"
#include "soap/security.hpp"
#include "storage.hpp"
#include "temporary_directory.hpp"
#include "trust/cms.hpp"
#include "trust/xml_signature.hpp"
#include "world/world.hpp"

namespace kelisim::app {

namespace fs = std::filesystem;

void print_line(std::string_view text) {
    fmt::print("{}\n", text);
}
void complain(std::string_view text) {
    fmt::print(stderr, "{}\n", text);
}

std::unique_ptr<Storage> existing_storage(const fs::path& data, const config::Config& config) {
    auto storage = storage_of(data, config);
    if (!storage->exists()) throw base::Outage("no database in " + storage->name());
    return storage;
}

namespace {

int nobody() {
    complain("this service knows no such person");
    return 1;
}

}  // namespace

std::string read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw base::Outage("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::optional<config::Config> read_config(const std::optional<fs::path>& file) {
    if (!file) return config::Config::defaults();
    const config::Read read = config::read(read_text(*file), file->string());
    for (const std::string& error : read.errors)
        complain(error);
    if (!read.errors.empty()) return std::nullopt;
    return read.config;
}

int db_init(const fs::path& data, const config::Config& config) {
    // The key first: a database without one would be refused, a key without a database harms nobody.
    base::SystemEntropy entropy;
    const auto storage = storage_of(data, config);
    static_cast<void>(DataDirectory(data).master_key(entropy, found_in(*storage)));
    storage->init();
    print_line(
        fmt::format("made an empty database of schema version {} in {}", storage->status().found, storage->name()));
    return 0;
}

int db_upgrade(const fs::path& data, const config::Config& config) {
    const auto storage = storage_of(data, config);
    const int before = storage->status().found;
    print_line(fmt::format("schema version {} -> {}", before, storage->upgrade().found));
    return 0;
}

int db_status(const fs::path& data, const config::Config& config) {
    const auto status = storage_of(data, config)->status();
    print_line(fmt::format("schema version {}, this program needs {}", status.found, status.wanted));
    return status.found == status.wanted ? 0 : 1;
}

int config_check(const fs::path& file) {
    if (!read_config(file)) return 1;
    print_line(file.string() + ": right");
    return 0;
}

int config_reference() {
    fmt::print("{}", config::reference());
    return 0;
}

int person_erase(const fs::path& data, const config::Config& config) {
    const base::Iin iin = read_iin();
    Desk desk(data, config);
    Books& books = desk.books;
    const auto subject = books.person(iin);
    if (!subject) return nobody();
    books.directory.note_erasure(subject->id);
    store::run(books.database->writer(), [&, parts = desk.parts(), now = books.now()](store::WriteSession& session) {
        access::erase_person(parts, session, subject->id, now);
    });
    print_line("erased; records of access stay until their archive term ends");
    return 0;
}

namespace {

std::string time_or_never(const std::optional<base::Time>& time) {
    return time ? base::to_iso8601(*time) : "never";
}

void list_overdue_deletions(store::ReadSession& session, const records::Records& records, base::Time now) {
    std::vector<consent::ConsentId> ids;
    records::each_row(session, [&](const records::RowState& row) {
        if (row.table == "consent") ids.emplace_back(row.id);
    });
    for (const consent::ConsentId id : ids) {
        const auto state = records.consents.state(session, id);
        if (!state || !records.subjects.find(session, state->subject)) continue;  // the person was erased
        const auto found = records.consents.find(session, id, records.subjects).value();
        const auto due = access::storage_ends(found.consent);
        const bool over = consent::ended(found.consent) || now >= found.consent.expires;
        if (!over || !due || now < *due) continue;
        const auto events = records.consent_events.all(session, id, found.subject.data_key);
        const bool confirmed = std::any_of(
            events.begin(), events.end(), [](const auto& event) { return event.kind == "consent.deletion_confirmed"; });
        if (!confirmed) {
            print_line(fmt::format("deletion overdue: {} consent {} since {}", found.consent.terms.initiator,
                                   id.to_string(), base::to_iso8601(*due)));
        }
    }
}

}  // namespace

int events_list(const fs::path& data, const config::Config& config) {
    Books opened(data, config);
    std::size_t open = 0;
    const base::Time now = opened.now();
    opened.database->readers().read([&](store::ReadSession& session) {
        opened.records.security_events.each_open(session, [&](const records::SecurityEvent& event) {
            ++open;
            print_line(fmt::format("{} {} {} {} {} at {}, told {}, attempts {}{}{}",
                                   boost::describe::enum_to_string(event.status, "?"), event.receiver,
                                   event.id.to_string(), event.consent.to_string(), event.change,
                                   base::to_iso8601(event.at), time_or_never(event.told), event.attempts,
                                   event.error.empty() ? "" : ", ", event.error));
        });
        list_overdue_deletions(session, opened.records, now);
    });
    print_line(fmt::format("{} events without a confirmation", open));
    return 0;
}

int events_replay(const fs::path& data, const config::Config& config) {
    Books opened(data, config);
    const base::Time now = base::SystemClock().now();
    const std::size_t replayed = store::run(opened.database->writer(), [&](store::WriteSession& session) {
        return opened.records.security_events.replay(session, {}, now);
    });
    print_line(fmt::format("{} events wait again", replayed));
    return 0;
}

int staff_appoint(const fs::path& data, const config::Config& config, const std::string& bin) {
    const base::Iin iin = read_iin();
    Books books(data, config);
    const registry::Registry registry(books.registry());
    const registry::Organisation* organisation = registry.organisation(bin);
    if (organisation == nullptr || !access::office_of(*organisation)) {
        complain("no authorized body and no operator is registered under " + bin);
        return 1;
    }
    const auto subject = books.person(iin);
    if (!subject) return nobody();
    store::run(books.database->writer(), [&](store::WriteSession& session) {
        books.records.officials.appoint(session, {subject->id, bin, books.clock.now()});
    });
    print_line("appointed; signs in as this person");
    return 0;
}

int staff_dismiss(const fs::path& data, const config::Config& config) {
    const base::Iin iin = read_iin();
    Books books(data, config);
    const auto subject = books.person(iin);
    const bool was = subject && store::run(books.database->writer(), [&](store::WriteSession& session) {
                         return books.records.officials.dismiss(session, subject->id);
                     });
    if (!was) {
        complain("no official");
        return 1;
    }
    print_line("dismissed");
    return 0;
}

int staff_list(const fs::path& data, const config::Config& config) {
    const Books books(data, config);
    books.database->readers().read([&](store::ReadSession& session) {
        for (const records::Official& official : books.records.officials.all(session)) {
            const auto subject = books.records.subjects.find(session, official.subject);
            if (!subject) continue;  // erased
            print_line(fmt::format("{} {} {} since {}", official.organisation, subject->person.surname,
                                   subject->person.name, base::to_iso8601(official.since)));
        }
    });
    return 0;
}

int routes(const config::Config& given) {
    std::signal(SIGPIPE, SIG_IGN);
    const TemporaryDirectory directory;
    config::Config config = given;
    config.set("server.port", std::int64_t{0});
    Service service({.config = config, .data = directory.path(), .world = std::string(world::default_world())});
    const http::Routes table = service.routes();
    std::vector<std::string> lines;
    for (const http::Route& route : table.all())
        lines.push_back(fmt::format("{} {} {}", route.method, route.pattern, route.endpoint.authentication()));
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines)
        print_line(line);
    return 0;
}

namespace {

base::Iin iin_from_input() {
    std::string line;
    std::getline(std::cin, line);
    const auto iin = base::Iin::parse(line);
    if (iin.has_error()) throw base::Outage("no IIN on standard input");
    return *iin;
}

}  // namespace

int sandbox_eds(const SandboxEds& wanted) {
    using Office = authority::SandboxAuthority::Office;
    const std::map<std::string_view, Office> offices{{"first_head", Office::first_head},
                                                     {"may_sign", Office::may_sign},
                                                     {"employee", Office::employee},
                                                     {"system", Office::system}};
    base::SystemEntropy entropy;
    const base::SystemClock clock;
    const authority::SandboxAuthority authority(DataDirectory(wanted.data).sandbox_authority_seed(entropy));
    const base::Bytes file = authority.issue({.iin = iin_from_input(),
                                              .name = wanted.name,
                                              .bin = wanted.bin,
                                              .organisation = wanted.organisation,
                                              .office = offices.at(wanted.role),
                                              .valid_for = std::chrono::days(wanted.days)},
                                             wanted.passphrase, clock.now(), entropy);
    std::ofstream out(wanted.out, std::ios::binary);
    out << base::as_text(file);
    if (!out.flush()) throw base::Outage("cannot write " + wanted.out.string());
    return 0;
}

int sandbox_sign(const SandboxSign& wanted) {
    base::SystemEntropy entropy;
    const base::SystemClock clock;
    const std::string file = read_text(wanted.key);
    const auto key = trust::SigningKey::from_pkcs12(base::as_bytes(file), base::Secret(wanted.passphrase), entropy);
    if (key.has_error()) throw base::Outage(std::string(key.error().first().text.en));
    const std::string content{std::istreambuf_iterator<char>(std::cin), {}};
    if (wanted.form == "cms") {
        print_line(base::to_base64(trust::sign_cms(base::as_bytes(content), *key, clock.now())));
        return 0;
    }
    if (wanted.form == "soap") {
        const auto message = soap::sign({.content = content, .body_id = "id-signed-here"}, *key);
        if (message.has_error()) throw base::Outage(std::string(message.error().first().text.en));
        fmt::print("{}", base::as_text(*message));
        return 0;
    }
    const auto signed_xml = trust::sign_xml(base::as_bytes(content), *key);
    if (signed_xml.has_error()) throw base::Outage(std::string(signed_xml.error().first().text.en));
    fmt::print("{}", base::as_text(*signed_xml));
    return 0;
}

int sandbox_generate(std::size_t persons) {
    base::SystemEntropy entropy;
    fmt::print("{}", world::generate(persons, entropy));
    return 0;
}

}  // namespace kelisim::app
