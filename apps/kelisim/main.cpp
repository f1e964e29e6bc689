// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>

#include "archive_command.hpp"
#include "commands.hpp"
#include "connect_command.hpp"
#include "demo.hpp"
#include "ledger_command.hpp"
#include "publish_command.hpp"
#include "receipt_command.hpp"
#include "serve.hpp"
#include "trust_command.hpp"
#include "world/world.hpp"

namespace {

using namespace kelisim;
namespace fs = std::filesystem;

struct Arguments {
    fs::path data, file;
    std::optional<fs::path> config, world;
    std::optional<std::int64_t> port;
    std::string organisation;
    std::size_t persons = 100;
    app::LedgerQuestion ledger;
    app::ReceiptQuestion receipt;
    app::ArchiveSearch search;
    app::TrustQuestion trust;
    app::SandboxEds eds;
    app::SandboxSign sign;
    std::string key;
    app::ConnectInit connect;
    app::Publish publish;
    bool sandbox = false;
};

int run_serve(const Arguments& arguments) {
    if (!arguments.sandbox) {
        fmt::print(stderr, "only the sandbox can be served yet: add --sandbox\n");
        return 2;
    }
    auto config = app::read_config(arguments.config);
    if (!config) return 1;
    if (arguments.port) config->set("server.port", *arguments.port);
    app::serve({.config = *config,
                .data = arguments.data,
                .world = arguments.world ? app::read_text(*arguments.world) : std::string(world::default_world()),
                .config_file = arguments.config});
    return 0;
}

void add_config(Arguments& a, CLI::App* command) {
    command->add_option("--config", a.config, "Configuration file.")->check(CLI::ExistingFile);
}

// What a person checks at home, and the key that it is checked with.
CLI::App* declare_receipt(CLI::App& cli, Arguments& a, int& status) {
    auto* receipt = cli.add_subcommand("receipt", "Receipts that persons keep.")->require_subcommand(1);
    auto* verify = receipt->add_subcommand(
        "verify",
        "Say what a receipt says and whether it holds; without a network. Exit status 0: proven, 1: false, "
        "2: something to check it with is missing, 3: genuine, not shown to be in the ledger yet.");
    verify->add_option("file", a.receipt.file, "The receipt, as the cabinet gave it.")->required();
    verify->add_option("--keys", a.receipt.keys, "Keys of receipts: a file of /receipts/jwks.")->required();
    verify->add_option("--ledger-key", a.receipt.ledger_key, "Key of the ledger, or a file of /ledger/vkey.")
        ->required();
    verify->add_option("--checkpoint", a.receipt.checkpoint, "A checkpoint of the ledger that you trust.");
    verify->add_option("--witness", a.receipt.witnesses, "Key of a witness who has to be heard too; may repeat.");
    verify->add_option("--language", a.receipt.language, "Of the words; without, that of the environment.")
        ->check(CLI::IsMember({"kk", "ru", "en"}));
    verify->callback([&] { status = app::receipt_verify(a.receipt, config::Config::defaults()); });
    return receipt;
}

// Files of old entries.
CLI::App* declare_archive(CLI::App& cli, Arguments& a, int& status) {
    auto* archive = cli.add_subcommand("archive", "Sealed files of old entries.")->require_subcommand(1);
    auto* verify = archive->add_subcommand(
        "verify", "Say whether a file, or all of a directory, is as it was sealed; without a database or a network.");
    verify->add_option("where", a.file, "A file, or a directory of them.")->required()->check(CLI::ExistingPath);
    verify->add_option("--key", a.key, "Key of the ledger, or a file of /ledger/vkey.")->required();
    verify->callback([&] { status = app::archive_verify(a.file, a.key); });
    auto* search = archive->add_subcommand(
        "search",
        "Show an official one person's uses, archived and live, in a data directory that nobody serves. Standard "
        "input: "
        "the IIN of the official, in the next line that of the person. The person sees the look and its reason.");
    search->add_option("--data", a.search.data, "Data directory.")->required();
    search->add_option("--reason", a.search.reason, "Of the look; the person will read it.")->required();
    search->add_option("--id", a.search.use, "One use; then no IIN of a person is read.");
    search->add_option("--from", a.search.from, "First day, as 2026-11-22.");
    search->add_option("--to", a.search.to, "Last day.");
    add_config(a, search);
    search->callback([&] {
        const auto config = app::read_config(a.config);
        status = config ? app::archive_search(a.search, *config) : 1;
    });
    return archive;
}

// Commands on a data directory that nobody serves.
void declare_on_data(CLI::App& cli, Arguments& a, int& status) {
    using OnData = std::function<int(const fs::path&, const config::Config&)>;
    const auto with_data = [&](CLI::App* parent, const char* name, const char* help, OnData run) {
        auto* command = parent->add_subcommand(name, help);
        command->add_option("--data", a.data, "Data directory.")->required();
        add_config(a, command);
        command->callback([&a, &status, run = std::move(run)] {
            const auto config = app::read_config(a.config);
            status = config ? run(a.data, *config) : 1;
        });
        return command;
    };
    auto* db = cli.add_subcommand("db", "The database of a data directory that nobody serves.")->require_subcommand(1);
    with_data(db, "init", "Make an empty one.", app::db_init);
    with_data(db, "upgrade", "Run the missing migrations.", app::db_upgrade);
    with_data(db, "status", "Compare its schema with the program.", app::db_status);
    auto* person = cli.add_subcommand("person", "The data of one person, in a data directory that nobody serves.")
                       ->require_subcommand(1);
    with_data(person, "erase", "Erase the person whose IIN stands on standard input.", app::person_erase);
    auto* events = cli.add_subcommand("events", "What receivers are told, in a data directory that nobody serves.")
                       ->require_subcommand(1);
    with_data(events, "list", "Events without a confirmation, and deletions that are overdue.", app::events_list);
    with_data(events, "replay", "Tell again what was refused or given up.", app::events_replay);
    with_data(declare_receipt(cli, a, status), "rotate-key", "Sign receipts with another key from the next start on.",
              app::receipt_rotate_key);
    with_data(declare_archive(cli, a, status), "list", "Which there are, and whether their files are there.",
              app::archive_list);
    auto* staff =
        cli.add_subcommand("staff", "Officials, in a data directory that nobody serves.")->require_subcommand(1);
    with_data(staff, "appoint", "Let the person whose IIN stands on standard input act for an organisation.",
              [&a](const fs::path& data, const config::Config& config) {
                  return app::staff_appoint(data, config, a.organisation);
              })
        ->add_option("--organisation", a.organisation, "BIN of the authorized body or of the operator.")
        ->required();
    with_data(staff, "dismiss", "End that for the person whose IIN stands on standard input.", app::staff_dismiss);
    with_data(staff, "list", "Who acts for whom.", app::staff_list);
}

void declare_trust(CLI::App& cli, Arguments& a, int& status) {
    auto* trust = cli.add_subcommand("trust", "Electronic signatures and certificates.")->require_subcommand(1);
    auto* verify = trust->add_subcommand(
        "verify", "Say whether a certificate or a signed document (CMS, XML, SOAP) is valid; exit status 0 only then.");
    verify->add_option("file", a.trust.file)->required()->check(CLI::ExistingFile);
    verify
        ->add_option("--anchors", a.trust.anchors,
                     "Directory with authorities.toml: whom to trust; without, trust.authorities of the configuration.")
        ->check(CLI::ExistingDirectory);
    add_config(a, verify);
    verify->add_option("--detached", a.trust.detached, "What a CMS without content was signed over.")
        ->check(CLI::ExistingFile);
    verify->add_option("--at", a.trust.at, "Instant of RFC 3339 instead of now.");
    verify->add_flag("--without-revocation", a.trust.without_revocation,
                     "Ask nobody whether certificates are revoked.");
    verify->add_flag("--allow-legacy", a.trust.allow_legacy, "Take SHA-1 and GOST 34.310-2004, and note it.");
    verify->add_flag("--json", a.trust.json, "The report for programs.");
    verify->add_option("--language", a.trust.language, "kk, ru or en.");
    verify->callback([&] {
        const auto config = app::read_config(a.config);
        status = config ? app::trust_verify(a.trust, *config) : 1;
    });
    auto* show = trust->add_subcommand("show", "Say what stands in a certificate; nothing of it is verified.");
    show->add_option("file", a.file)->required()->check(CLI::ExistingFile);
    show->add_option("--language", a.trust.language, "kk, ru or en.");
    show->callback([&] { status = app::trust_show(a.file, a.trust.language); });
}

// An access point beside an initiator's system.
void declare_connect(CLI::App& cli, Arguments& a, int& status) {
    auto* connect = cli.add_subcommand(
        "connect", "Run an access point beside your system: plain HTTP in, consent and data through the gateway.");
    auto* init = connect->add_subcommand("init", "Make its configuration, a pair of keys and a secret.");
    init->add_option("directory", a.connect.directory, "Where to; new or empty.")->required();
    init->add_option("--gateway", a.connect.gateway, "https://host:port of the gateway.")->required();
    init->add_option("--service", a.connect.service, "Key of the integration service.")->required();
    init->add_option("--client", a.connect.client, "Client id of your system at the gateway.")->required();
    init->callback([&] { status = app::connect_init(a.connect); });
    auto* service = connect->add_option("service", a.connect.service, "Key of the integration service.");
    auto* config = connect->add_option("--config", a.file, "What init wrote.")->check(CLI::ExistingFile);
    connect->callback([&a, &status, connect, service, config] {
        if (!connect->get_subcommands().empty()) return;
        if (service->count() == 0 || config->count() == 0)
            throw CLI::RequiredError("SERVICE and --config FILE, or init");
        status = app::connect(a.connect.service, a.file);
    });
}

// A service of an owner.
void declare_publish(CLI::App& cli, Arguments& a, int& status) {
    app::Publish& p = a.publish;
    auto* publish = cli.add_subcommand("publish",
                                       "Make a service of the gateway from an OpenAPI description or a WSDL: print its "
                                       "registration, register or run it.");
    publish->add_option("file", p.file, "OpenAPI 3 in JSON or YAML, or WSDL 1.1.")
        ->required()
        ->check(CLI::ExistingFile);
    publish->add_option("--operation", p.choices.operation, "Which operation, where there are several.");
    publish->add_option("--iin", p.choices.person, "Where it names the person: body:/iin, query:iin, path:iin.");
    publish->add_option("--key", p.choices.key, "Key of the service at the gateway.");
    publish->add_option("--owner", p.choices.owner, "Key of the system that answers.");
    publish->add_option("--name-kk", p.choices.name_kk, "Name of the service in Kazakh.");
    publish->add_option("--name-ru", p.choices.name_ru, "Name of the service in Russian.");
    publish->add_option("--description-kk", p.choices.description_kk, "What it gives, in Kazakh.");
    publish->add_option("--description-ru", p.choices.description_ru, "What it gives, in Russian.");
    publish->add_option("--address", p.address, "Where the gateway will find the owner, https://host:port.");
    publish->add_option("--reason", p.reason, "Why it is registered.");
    publish->add_option("--language", p.language, "Of the words; without, that of the environment.")
        ->check(CLI::IsMember({"kk", "ru", "en"}));
    publish->add_flag("--for-sandbox", p.for_sandbox, "Print a part of a world file instead.");
    auto* gateway = publish->add_option("--gateway", p.gateway, "The gateway, https://host:port.");
    publish->add_option("--issuer", p.issuer, "Its name in tokens, where that is another.");
    publish->add_option("--gateway-anchors", p.anchors,
                        "Authorities of its certificate; without, those of the system.");
    auto* passphrase = publish->add_option("--passphrase-file", p.passphrase, "First line: of the EDS.");
    auto* eds =
        publish->add_option("--register-with", p.eds, "EDS (PKCS #12) of an official of the operator: register now.")
            ->check(CLI::ExistingFile)
            ->needs(gateway)
            ->needs(passphrase);
    publish->add_flag("--serve", p.serve, "Run the service with examples, or with what --behind names.")
        ->needs(gateway)
        ->excludes(eds);
    publish->add_option("--behind", p.behind, "The real interface behind it: http[s]://host:port/path.");
    publish->add_option("--behind-anchors", p.behind_anchors, "Authorities of its certificate.");
    publish->add_option("--port", p.port, "On loopback; 0 picks a free one.")->check(CLI::Range(0, 65535));
    publish->callback([&] { status = app::publish(p); });
}

// What each command takes and does; CLI11 runs the callback of the one that was named.
void declare(CLI::App& cli, Arguments& a, int& status) {
    cli.require_subcommand(1);
    cli.set_version_flag("--version", KELISIM_VERSION);
    auto* serve = cli.add_subcommand("serve", "Serve until stopped.");
    serve->add_flag("--sandbox", a.sandbox, "The test world on loopback: no real persons.");
    serve->add_option("--sandbox-data", a.world, "World file instead of the built-in one.")->check(CLI::ExistingFile);
    serve->add_option("--data", a.data, "Data directory; made at first start.")->required();
    add_config(a, serve);
    serve->add_option("--port", a.port, "Port on 127.0.0.1; 0 picks a free one.")->check(CLI::Range(0, 65535));
    serve->callback([&] { status = run_serve(a); });
    auto* demo = cli.add_subcommand("demo", "Walk the main job without a human and say what happens.");
    add_config(a, demo);
    demo->callback([&] {
        const auto config = app::read_config(a.config);
        status = config ? app::demo(*config) : 1;
    });

    auto* routes = cli.add_subcommand("routes", "Print the addresses of a sandbox and who may call them.");
    add_config(a, routes);
    routes->callback([&] {
        const auto config = app::read_config(a.config);
        status = config ? app::routes(*config) : 1;
    });

    auto* ledger = cli.add_subcommand("ledger", "The ledger.")->require_subcommand(1);
    auto* verify =
        ledger->add_subcommand("verify", "Say whether everything holds; with --data and --against, for both.");
    verify->add_option("--data", a.ledger.data,
                       "Data directory that nobody serves: its whole store against the ledger.");
    verify->add_option("--against", a.ledger.against,
                       "Copy of the log: http://host:port/ledger, or a directory like it.");
    verify->add_option("--vkey", a.ledger.vkey, "Key of the log, or a file with it; without, ours or the copy's own.");
    verify->add_option("--since", a.ledger.since, "Checkpoint that was kept, which the copy must continue.")
        ->check(CLI::ExistingFile);
    add_config(a, verify);
    verify->callback([&] {
        const auto config = app::read_config(a.config);
        status = config ? app::ledger_verify(a.ledger, *config) : 1;
    });
    declare_on_data(cli, a, status);
    declare_trust(cli, a, status);
    declare_connect(cli, a, status);
    declare_publish(cli, a, status);
    auto* config = cli.add_subcommand("config", "Configuration files.")->require_subcommand(1);
    auto* check = config->add_subcommand("check", "Say everything that is wrong with a file.");
    check->add_option("file", a.file)->required()->check(CLI::ExistingFile);
    check->callback([&] { status = app::config_check(a.file); });
    config->add_subcommand("reference", "Print every key with its default.")->callback([&] {
        status = app::config_reference();
    });
    auto* sandbox = cli.add_subcommand("sandbox", "The test world.")->require_subcommand(1);
    auto* generate = sandbox->add_subcommand("generate", "Print a world file with more persons.");
    generate->add_option("--persons", a.persons, "How many more.")->check(CLI::Range(1, 1'000'000));
    generate->callback([&] { status = app::sandbox_generate(a.persons); });
    auto* eds = sandbox->add_subcommand(
        "eds", "Write an EDS of the sandbox's own authority for the person whose IIN stands on standard input.");
    eds->add_option("--data", a.eds.data, "Data directory of the sandbox.")->required()->check(CLI::ExistingDirectory);
    eds->add_option("--out", a.eds.out, "File to write (PKCS #12).")->required();
    eds->add_option("--name", a.eds.name, "Name in the certificate.");
    eds->add_option("--bin", a.eds.bin, "Of the organisation that the certificate names.");
    eds->add_option("--role", a.eds.role, "In that organisation.")
        ->check(CLI::IsMember({"first_head", "may_sign", "employee", "system"}));
    eds->add_option("--organisation", a.eds.organisation, "Its name.");
    eds->add_option("--passphrase", a.eds.passphrase);
    eds->add_option("--days", a.eds.days, "How long it is valid, from yesterday.")->check(CLI::Range(2, 3650));
    eds->callback([&] { status = app::sandbox_eds(a.eds); });
    auto* sign = sandbox->add_subcommand("sign", "Sign standard input with such an EDS, as NCALayer would.");
    sign->add_option("--key", a.sign.key)->required()->check(CLI::ExistingFile);
    sign->add_option("--passphrase", a.sign.passphrase);
    sign->add_option("--form", a.sign.form, "xml, cms in base64, or soap: the content of a body.")
        ->check(CLI::IsMember({"xml", "cms", "soap"}));
    sign->callback([&] { status = app::sandbox_sign(a.sign); });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli("Kelisim: personal-data access control");
    Arguments arguments;
    int status = 0;
    ::umask(077);  // whatever this process writes is for its own user alone
    try {
        declare(cli, arguments, status);
        cli.parse(argc, argv);
        return status;
    } catch (const CLI::ParseError& error) {
        return cli.exit(error);
    } catch (const std::exception& error) {
        fmt::print(stderr, "kelisim: {}\n", error.what());
        return 1;
    }
}
