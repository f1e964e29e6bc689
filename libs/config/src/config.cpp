// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <stdexcept>

namespace kelisim::config {

namespace {

// Which means of signing in opens what (docs/operating/levels.md).
Key level(std::string_view name, std::string_view description) {
    return {.name = name,
            .description = description,
            .fallback = std::string("code"),
            .one_of = {"code", "eds", "eds_and_code"}};
}

// How people sign in, and whose signatures count.
std::vector<Key> sign_in_keys() {
    using std::int64_t;
    return {
        {.name = "trust.authorities",
         .description =
             "Directory with authorities.toml: whose certificates count. Empty: nobody's, and in a sandbox its own.",
         .fallback = std::string()},
        {.name = "trust.revocation",
         .description =
             "\"required\": a certificate counts only when it is known not to be revoked. \"noted\" is for tests.",
         .fallback = std::string("required"),
         .one_of = {"required", "noted"}},
        {.name = "sign_in.address_hour_max",
         .description = "Sign-ins that may be begun from one address within an hour; thousands can be behind one.",
         .fallback = int64_t{600},
         .min = 1,
         .max = 1'000'000},
        level("sign_in.level_look", "What a person signs in with to see what concerns them."),
        level("sign_in.level_agree",
              "What a yes or an extension in the cabinet takes: a code, a document signed with an EDS, or that in a "
              "session by both."),
        level("sign_in.level_official", "What an official signs in with to work."),
    };
}

// How people are asked, and how often.
std::vector<Key> asking_keys() {
    using std::int64_t;
    return {
        {.name = "sms.script",
         .description = "Letters of SMS: cyrillic as people write, latin for half the segments.",
         .fallback = std::string("cyrillic"),
         .one_of = {"cyrillic", "latin"}},
        {.name = "sms.quiet_hours",
         .description = "Local hours in which nobody is written to unasked, \"22:00-08:00\"; empty: none.",
         .fallback = std::string()},
        {.name = "questions.person_day_max",
         .description = "Questions to one person within 24 hours, of all askers.",
         .fallback = int64_t{10},
         .min = 1,
         .max = 1'000'000},
        {.name = "questions.asker_day_max",
         .description = "Questions of one asker to one person within 24 hours.",
         .fallback = int64_t{3},
         .min = 1,
         .max = 1'000'000},
        {.name = "questions.first_wait_minutes",
         .description = "Minutes that an asker waits after a refusal or silence; grows with each further one.",
         .fallback = int64_t{5},
         .min = 0,
         .max = 10'080},
    };
}

// A path; empty: none.
Key file(std::string_view name, std::string_view description) {
    return {.name = name, .description = description, .fallback = std::string()};
}

// The listener for people.
std::vector<Key> server_keys() {
    using Texts = std::vector<std::string>;
    using std::int64_t;
    return {
        {.name = "server.port",
         .description = "TCP port on 127.0.0.1; 0 picks a free one.",
         .fallback = int64_t{8080},
         .min = 0,
         .max = 65535},
        {.name = "server.io_threads",
         .description = "Threads that serve connections.",
         .fallback = int64_t{2},
         .min = 1,
         .max = 64},
        {.name = "server.connections_max",
         .description = "Connections at the same time; further ones are closed.",
         .fallback = int64_t{10'000},
         .min = 1,
         .max = 1'000'000},
        {.name = "server.stop_grace_ms",
         .description = "Milliseconds that requests under way get at a stop.",
         .fallback = int64_t{5'000},
         .min = 0,
         .max = 600'000},
        {.name = "server.proxies",
         .description = "Addresses of reverse proxies before this server: their X-Forwarded-For says who calls.",
         .fallback = Texts{}},
        file("server.tls_certificate",
             "Certificate of the listener for people, then those between it and the root. Empty: plain HTTP, for "
             "loopback "
             "or behind a proxy."),
        file("server.tls_key", "Private key of that certificate, not encrypted."),
        {.name = "server.handshakes_max",
         .description = "TLS handshakes at the same time, of each listener; further connections are closed.",
         .fallback = int64_t{512},
         .min = 1,
         .max = 1'000'000},
    };
}

std::vector<Key> running_keys() {
    using std::int64_t;
    return {
        {.name = "service.zone",
         .description = "Zone of tzdata in which people read times and days end.",
         .fallback = std::string("Asia/Almaty")},
        {.name = "service.issuer",
         .description = "Issuer URL. Empty: the address of the first start. Fixed in the data directory from then on.",
         .fallback = std::string()},
        {.name = "store.engine",
         .description = "Database: sqlite in the data directory, or postgres on a server of its own.",
         .fallback = std::string("sqlite"),
         .one_of = {"sqlite", "postgres"}},
        {.name = "store.postgres",
         .description =
             "Connection string of libpq to a database that is the service's alone. A password belongs into the "
             "file that its passfile names, or stays secret with this file.",
         .fallback = std::string()},
        {.name = "store.readers",
         .description = "Connections that read the database at the same time.",
         .fallback = int64_t{4},
         .min = 1,
         .max = 64},
        {.name = "store.queue_units_max",
         .description = "Units of work that may wait; one more is answered 503.",
         .fallback = int64_t{16'384},
         .min = 1,
         .max = 1'000'000},
        {.name = "events.endpoints",
         .description = "Where receivers of events may let themselves be called: public refuses loopback and private "
                        "networks, any is for the sandbox.",
         .fallback = std::string("any"),
         .one_of = {"any", "public"}},
        file("events.anchors", "Authorities of the certificates of receivers of events. Empty: those of the system."),
    };
}

// Who may be called through the gateway, how, and how often.
std::vector<Key> gateway_keys() {
    using Texts = std::vector<std::string>;
    using std::int64_t;
    return {
        {.name = "gateway.upstreams",
         .description =
             "Owners on REST: \"serviceKey=http://host:port\" or https. Followed by \" repeatable\": the owner "
             "does and counts nothing by being asked, so that a call without an answer goes again. By \" "
             "signed-requests\": consumers sign what they send (RFC 9421) and are answered signed. By \" "
             "signed-answers\": the owner is asked signed and signs what it answers. By \" streamed\": content of any "
             "kind "
             "passes as it comes, and nobody looks into it; it is neither signed nor repeatable.",
         .fallback = Texts{}},
        {.name = "gateway.quota",
         .description =
             "How often each system may call, on all channels together: \"a second/at once/a day\"; 0 a day: "
             "no bound.",
         .fallback = std::string("10000/10000/0")},
        {.name = "gateway.quotas",
         .description = "The same for single systems: \"SYSTEM=50/100/200000\".",
         .fallback = Texts{}},
        {.name = "gateway.breaker_failures",
         .description = "After so many failures in a row an owner is not asked for a while.",
         .fallback = int64_t{5},
         .min = 1,
         .max = 1'000'000},
        {.name = "gateway.breaker_rest_seconds",
         .description = "How long; then one call is let through and decides.",
         .fallback = int64_t{10},
         .min = 1,
         .max = 3'600},
        {.name = "gateway.soap_services",
         .description =
             "Owners on the SOAP wire: \"serviceKey=http://host:port/path\" or https. Followed by "
             "\" several-persons\": one token for each natural person in a message (InfoAbtToken); "
             "\" subject=persons/iin\": where the data name the person, \"iin\" without it; "
             "\" signed-data\", \" signed-answers\": the business data of requests, of answers bear a "
             "signature of their own; \" signed-envelopes\": the owner signs the body of each answer (WS-Security); "
             "\" repeatable\" as above.",
         .fallback = Texts{}},
        {.name = "gateway.soap_routes",
         .description =
             "Other addresses of these services, chosen by routeId: \"serviceKey/routeId=http://host:port/path\" "
             "or https.",
         .fallback = Texts{}},
        {.name = "gateway.data_forms",
         .description = "How systems want business data on the SOAP wire: \"SYSTEM=nodes\", \"SYSTEM=escaped\" or "
                        "\"SYSTEM=cdata\". Whoever is not named gets them as the other side writes them.",
         .fallback = Texts{}},
        {.name = "gateway.kept_messages",
         .description =
             "Services without personal data whose signed messages are kept as they went over the wire, sealed: "
             "\"serviceKey=days\", from 1 to 92. Of the others only digests are.",
         .fallback = Texts{}},
        {.name = "gateway.async_services",
         .description = "Keys of services on the asynchronous channel; their owners get the requests. Followed by "
                        "\" several-persons\": one token for each natural person in a request (InfoAbtToken); "
                        "\" subject=persons/iin\": where the data name the person, \"iin\" without it; "
                        "\" signed-data\": business data bear a signature of their own.",
         .fallback = Texts{}},
        {.name = "gateway.async_receivers",
         .description = "Systems that are called with their messages: \"SYSTEM=http://host:port/path\" or https. The "
                        "others ask for them.",
         .fallback = Texts{}},
        {.name = "gateway.async_waiting_max",
         .description = "Messages that may wait for one receiver; one more is refused.",
         .fallback = int64_t{10'000},
         .min = 1,
         .max = 1'000'000},
    };
}

// With what the gateway signs on the SOAP wire, and whom it knows there.
std::vector<Key> gateway_signing_keys() {
    using Texts = std::vector<std::string>;
    return {
        {.name = "gateway.signing_keys",
         .description = "Keys with which the gateway signs messages: PKCS #12 files, or PEM with its certificates. The "
                        "newest that is valid signs. Empty, and no token: one of each start, in a sandbox.",
         .fallback = Texts{}},
        file("gateway.signing_passphrase",
             "File with the passphrase of those keys or the PIN of the token, on its first line."),
        file("gateway.signing_certificates", "Certificates of keys that bring none, PEM."),
        {.name = "gateway.known_certificates",
         .description =
             "Certificates of senders that name theirs by issuer and serial number alone: files of one each, "
             "DER or PEM.",
         .fallback = Texts{}},
        {.name = "gateway.fault_form",
         .description = "What stands in faultcode of SOAP 1.1: \"qualified\", soap:Server; \"bare_code\", the code "
                        "itself, as one receiver of the wire has it.",
         .fallback = std::string("qualified"),
         .one_of = {"qualified", "bare_code"}},
        file("gateway.token_module", "PKCS #11 library of a token with such a key. Empty: none."),
        file("gateway.token_label", "Label of the token."),
        file("gateway.token_key", "Label of the key on it."),
    };
}

// Other systems that are spoken to over TLS, and as whom. All files of certificates, keys and lists are PEM, and are read again
// at SIGHUP.
std::vector<Key> tls_keys() {
    using std::int64_t;
    return {
        file("systems.anchors",
             "Authorities of the certificates of systems. Not empty: a second listener, on which every caller shows "
             "one."),
        file("systems.crls", "Revocation lists of those authorities. Empty: none are looked at."),
        {.name = "systems.revocation",
         .description = "Whether their responders are asked too: \"required\": a certificate counts only when it is "
                        "known not to be "
                        "revoked; \"noted\": also when nobody can tell; \"not_asked\": systems.crls alone decides.",
         .fallback = std::string("not_asked"),
         .one_of = {"not_asked", "noted", "required"}},
        file("systems.tls_certificate", "Certificate of that listener. Empty: that of the listener for people."),
        file("systems.tls_key", "Private key of that certificate."),
        {.name = "systems.port",
         .description = "TCP port of that listener on 127.0.0.1; 0 picks a free one.",
         .fallback = int64_t{8443},
         .min = 0,
         .max = 65535},
        file("systems.url", "How systems reach that listener, \"https://host:port\". Empty: its address."),
        file("upstream.anchors",
             "Authorities of the certificates of owners and witnesses. Empty: those of the system."),
        file("upstream.tls_certificate", "Certificate that owners and witnesses are shown when they ask for one."),
        file("upstream.tls_key", "Private key of that certificate."),
    };
}

// What outsiders can check.
std::vector<Key> ledger_keys() {
    using Texts = std::vector<std::string>;
    using std::int64_t;
    return {
        {.name = "ledger.origin",
         .description = "Name of the log in its checkpoints. Empty: the issuer without its scheme, and /ledger.",
         .fallback = std::string()},
        {.name = "ledger.interval_ms",
         .description = "Milliseconds between two checkpoints at least.",
         .fallback = int64_t{1'000},
         .min = 1'000,
         .max = 60'000},
        {.name = "ledger.epoch_ms",
         .description =
             "Milliseconds between two states of the map that shows persons that nothing was hidden, at least.",
         .fallback = int64_t{5'000},
         .min = 1'000,
         .max = 3'600'000},
        {.name = "ledger.scrub_days",
         .description = "Days in which every leaf and every upper hash is read and compared once.",
         .fallback = int64_t{7},
         .min = 1,
         .max = 365},
        {.name = "ledger.witnesses",
         .description = "Witnesses that sign checkpoints too: \"<vkey> http://host:port/prefix\" or https.",
         .fallback = Texts{}},
        {.name = "ledger.witness_interval_ms",
         .description = "Milliseconds between two checkpoints that one witness gets at least.",
         .fallback = int64_t{5'000},
         .min = 100,
         .max = 3'600'000},
    };
}

// Stamps of a time-stamping authority over checkpoints of the ledger.
std::vector<Key> time_stamp_keys() {
    using std::int64_t;
    return {
        {.name = "timestamps.url",
         .description =
             "The authority: \"http://host:port/path\" or https (RFC 3161 over HTTP). Empty: nothing is stamped.",
         .fallback = std::string()},
        {.name = "timestamps.policy",
         .description = "Under which policy it is to stamp, as a dotted identifier. Empty: whichever it takes.",
         .fallback = std::string()},
        {.name = "timestamps.authorities",
         .description = "Directory with whom its certificate leads to, as trust.authorities. Empty: that one.",
         .fallback = std::string()},
        {.name = "timestamps.interval_seconds",
         .description = "Seconds between two stamps at least. One is about all exchanges before it.",
         .fallback = int64_t{60},
         .min = 1,
         .max = 86'400},
    };
}

// What is kept where once it is old.
std::vector<Key> archive_keys() {
    using std::int64_t;
    return {
        {.name = "archive.after_days",
         .description = "Days after which uses and entries of the ledger move to sealed files; 36500: never.",
         .fallback = int64_t{365},
         .min = 3,  // base::limits::archive_days_min
         .max = 36'500},
        {.name = "archive.directory",
         .description = "Where those files are. Empty: archive in the data directory.",
         .fallback = std::string()},
        {.name = "archive.tiles",
         .description = "Tiles of 256 entries that one file holds; a file is made once that many are old enough.",
         .fallback = int64_t{64},
         .min = 1,
         .max = 256},
    };
}

// КДП on the SOAP wire, where nobody has published what existing clients expect.
std::vector<Key> kdp_keys() {
    using Texts = std::vector<std::string>;
    const auto unit = [](std::string_view name, std::string_view description, std::string fallback) {
        return Key{.name = name,
                   .description = description,
                   .fallback = std::move(fallback),
                   .one_of = {"milliseconds", "seconds"}};
    };
    const auto word = [](std::string_view name, std::string_view description, std::string fallback) {
        return Key{.name = name, .description = description, .fallback = std::move(fallback)};
    };
    return {
        {.name = "kdp.wait_seconds",
         .description = "Seconds that KDP_SERVICE holds a call open for the person's answer; 0: it answers at once how "
                        "the question stands, and the same call may come again.",
         .fallback = std::int64_t{0},
         .min = 0,
         .max = 240},  // base::limits::kdp_wait_max
        unit("kdp.expires_in_unit", "What expiresIn of KDP_SERVICE and of the facade counts.", "milliseconds"),
        unit("kdp.insurers_expires_in_unit", "What expiresIn of getPersonDataAccessControlForESBD counts.", "seconds"),
        {.name = "kdp.own_means_methods",
         .description = "Values of mcheck: how an organisation may have recognised the person.",
         .fallback = Texts{"Ds", "Bio"}},
        word("kdp.insurers_purpose",
             "Code of the услуга for which getPersonDataAccessControlForESBD asks, whose call names neither it nor a "
             "service. Empty: the caller has one alone.",
             ""),
        word("kdp.status_granted", "Word of data/status: here is the token.", "GRANTED"),
        word("kdp.status_pending", "Word of data/status: the person has not answered yet.", "PENDING"),
        word("kdp.status_refused", "Word of data/status: the person said no.", "REFUSED"),
        word("kdp.status_expired", "Word of data/status: the person did not answer in time.", "EXPIRED"),
        word("kdp.status_undeliverable", "Word of data/status: the question could not be delivered.", "UNDELIVERABLE"),
        word("kdp.status_paused", "Word of data/status: the person paused the consent.", "PAUSED"),
        word("kdp.status_ended", "Word of data/status: the consent is over.", "ENDED"),
    };
}

const std::vector<Key>& table() {
    static const std::vector<Key> keys = [] {
        std::vector<Key> all = server_keys();
        for (auto* more : {running_keys, gateway_keys, gateway_signing_keys, tls_keys, ledger_keys, time_stamp_keys,
                           archive_keys, asking_keys, sign_in_keys, kdp_keys}) {
            for (Key& key : more())
                all.push_back(std::move(key));
        }
        return all;
    }();
    return keys;
}

const Key* find(std::span<const Key> table, std::string_view name) {
    const auto at = std::find_if(table.begin(), table.end(), [&](const Key& key) { return key.name == name; });
    return at == table.end() ? nullptr : &*at;
}

std::string type_of(const Value& value) {
    constexpr std::array names = {"a whole number", "a text", "a list of texts"};
    return names[value.index()];
}

std::optional<Value> value_of(const toml::node& node) {
    if (const auto* number = node.as_integer()) return Value{number->get()};
    if (const auto* text = node.as_string()) return Value{text->get()};
    const auto* array = node.as_array();
    if (array == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    for (const toml::node& element : *array) {
        const auto* text = element.as_string();
        if (text == nullptr) return std::nullopt;
        texts.push_back(text->get());
    }
    return Value{std::move(texts)};
}

// What is wrong with this value of this key; nothing when it is right.
std::optional<std::string> objection(const Key& key, const std::optional<Value>& value) {
    if (!value || value->index() != key.fallback.index()) return "must be " + type_of(key.fallback);
    if (const auto* number = std::get_if<std::int64_t>(&*value)) {
        if (*number < key.min || *number > key.max) return fmt::format("must be {} to {}", key.min, key.max);
    }
    const auto* text = std::get_if<std::string>(&*value);
    const bool chosen = text == nullptr || key.one_of.empty() ||
                        std::find(key.one_of.begin(), key.one_of.end(), *text) != key.one_of.end();
    if (!chosen) return fmt::format("must be one of {}", fmt::join(key.one_of, ", "));
    return std::nullopt;
}

class Reader {
public:
    Reader(std::string_view file, std::span<const Key> keys)
        : file_(file), keys_(keys), read_{.config = Config::defaults(keys), .errors = {}} {}

    void table(const toml::table& from, const std::string& prefix) {
        for (const auto& [name, node] : from) {
            const std::string full = prefix + std::string(name.str());
            const toml::table* inner = node.as_table();
            const bool group = inner != nullptr && std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
                                   return key.name.starts_with(full + ".");
                               });
            if (group) {
                table(*inner, full + ".");
            } else {
                key(full, node);
            }
        }
    }

    Read finish() { return std::move(read_); }
    void error(const toml::source_region& where, std::string_view what) {
        read_.errors.push_back(fmt::format("{}:{}: {}", file_, where.begin.line, what));
    }

private:
    void key(const std::string& name, const toml::node& node) {
        const Key* known = find(keys_, name);
        const bool of_server = keys_.data() == keys().data();
        if (known == nullptr)
            return error(node.source(),
                         name + (of_server ? " is not a key; see `kelisim config reference`" : " is not a key"));
        auto value = value_of(node);
        if (const auto wrong = objection(*known, value)) return error(node.source(), name + " " + *wrong);
        read_.config.set(name, std::move(*value));
    }

    std::string file_;
    std::span<const Key> keys_;
    Read read_;
};

std::string toml_value(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("\"{}\"", *text);
    std::string list;
    for (const auto& text : std::get<std::vector<std::string>>(value)) {
        list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", text);
    }
    return "[" + list + "]";
}

}  // namespace

std::span<const Key> keys() {
    return table();
}

Config Config::defaults(std::span<const Key> table) {
    Config config;
    for (const Key& key : table)
        config.values_.emplace(key.name, key.fallback);
    return config;
}

std::int64_t Config::number(std::string_view name) const {
    const auto at = values_.find(name);
    if (at == values_.end()) throw std::logic_error("no such configuration key");
    return std::get<std::int64_t>(at->second);
}

const Value& Config::value(std::string_view name) const {
    const auto at = values_.find(name);
    if (at == values_.end()) throw std::logic_error("no such configuration key");
    return at->second;
}

const std::string& Config::text(std::string_view name) const {
    const auto at = values_.find(name);
    if (at == values_.end()) throw std::logic_error("no such configuration key");
    return std::get<std::string>(at->second);
}

const std::vector<std::string>& Config::list(std::string_view name) const {
    const auto at = values_.find(name);
    if (at == values_.end()) throw std::logic_error("no such configuration key");
    return std::get<std::vector<std::string>>(at->second);
}

void Config::set(std::string_view name, Value value) {
    const auto at = values_.find(name);
    if (at == values_.end() || at->second.index() != value.index()) throw std::logic_error("no such configuration key");
    at->second = std::move(value);
}

Read read(std::string_view text, std::string_view file_name, std::span<const Key> table) {
    Reader reader(file_name, table);
    try {
        reader.table(toml::parse(text, file_name), "");
    } catch (const toml::parse_error& error) {
        reader.error(error.source(), error.description());
    }
    return reader.finish();
}

std::string reference() {
    return "# Every key of the configuration with its default.\n" + write(Config::defaults(), keys());
}

std::string write(const Config& config, std::span<const Key> table) {
    std::string out, group;
    for (const Key& key : table) {
        const auto dot = key.name.find('.');
        if (key.name.substr(0, dot) != group) {
            group = key.name.substr(0, dot);
            out += fmt::format("\n[{}]\n", group);
        }
        out += fmt::format("# {}", key.description);
        if (key.max != 0) out += fmt::format(" {} to {}.", key.min, key.max);
        out += fmt::format("\n{} = {}\n", key.name.substr(dot + 1), toml_value(config.value(key.name)));
    }
    return out;
}

}  // namespace kelisim::config
