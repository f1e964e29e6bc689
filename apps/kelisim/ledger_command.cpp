// SPDX-License-Identifier: Apache-2.0
#include "ledger_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "access/verify.hpp"
#include "archive/files.hpp"
#include "base/entropy.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "data_directory.hpp"
#include "exchange.hpp"
#include "kept_keys.hpp"
#include "ledger/audit.hpp"
#include "notary/mapping.hpp"
#include "records/registry_store.hpp"
#include "service.hpp"
#include "storage.hpp"

namespace kelisim::app {

namespace {

namespace fs = std::filesystem;

// What stands below the prefix of a log, over HTTP or in a directory.
class Copy {
public:
    explicit Copy(const std::string& where) {
        if (where.starts_with("http://") || where.starts_with("https://")) {
            prefix_ = http::parse_http_prefix(where);
            if (!prefix_) throw base::Outage("--against is no https://host:port/path: " + where);
        } else {
            directory_ = where;
            if (!fs::is_directory(directory_))
                throw base::Outage("--against is neither http://, https:// nor a directory: " + where);
        }
    }

    // Nothing when there is no such thing; throws base::Outage when that cannot be found out.
    std::optional<base::Bytes> fetch(const std::string& path) { return prefix_ ? over_http(path) : from_file(path); }

private:
    std::optional<base::Bytes> over_http(const std::string& path) {
        const http::Outcome outcome = exchange(workers_, client_,
                                               {.upstream = prefix_->upstream,
                                                .method = "GET",
                                                .target = prefix_->path + "/" + path,
                                                .headers = {},
                                                .body = {},
                                                .limits = {}});
        if (const auto* lost = std::get_if<http::Failure>(&outcome)) throw base::Outage(path + ": " + lost->why);
        const auto& answer = std::get<http::Answer>(outcome);
        constexpr int ok = 200, not_found = 404;
        if (answer.status == not_found) return std::nullopt;
        if (answer.status != ok) throw base::Outage(fmt::format("{}: answered {}", path, answer.status));
        const base::BytesView bytes = base::as_bytes(answer.body);
        return base::Bytes(bytes.begin(), bytes.end());
    }
    std::optional<base::Bytes> from_file(const std::string& path) const {
        std::ifstream in(directory_ / path, std::ios::binary);
        if (!in) return std::nullopt;
        return base::Bytes(std::istreambuf_iterator<char>(in), {});
    }

    std::optional<http::Prefix> prefix_;
    fs::path directory_;
    http::Workers workers_{1};
    const http::ClientTls tls_{{}};  // under the authorities of the system
    http::Client client_{workers_, {.tls = &tls_}};
};

// The store of a data directory that nobody serves, open for reading.
class OwnStore {
public:
    OwnStore(const fs::path& data, const config::Config& config)
        : directory_(data),
          storage_(existing_storage(data, config)),
          vault_(directory_.master_key(entropy_, DataDirectory::Database::exists)),
          archive_files_(archive_directory(data, config)),
          records_(vault_, entropy_, &archive_files_),
          database_(storage_->open({})) {}

    const records::Records& records() const { return records_; }
    void read(const std::function<void(store::ReadSession&)>& look) { database_->readers().read(look); }
    crypto::VrfKey tag_key() const { return kept_tag_key(database_->readers(), records_, directory_); }
    ledger::NoteKey key(const config::Config& config) {
        std::optional<std::string> issuer;
        read([&](store::ReadSession& session) { issuer = records::setting(session, issuer_setting); });
        return {.name = ledger_origin(config, issuer.value_or("")), .key = directory_.ledger_key().public_key()};
    }

private:
    const DataDirectory directory_;
    base::SystemEntropy entropy_;
    const std::unique_ptr<Storage> storage_;
    const records::Vault vault_;
    const archive::Files archive_files_;
    const records::Records records_;
    const std::unique_ptr<store::Database> database_;
};

class Verification {
public:
    Verification(const LedgerQuestion& question, const config::Config& config) : question_(question), config_(config) {
        if (question.data) own_.emplace(*question.data, config);
    }

    int run() {
        if (own_) verify_store();
        if (question_.against) verify_copy();
        if (findings_ != 0) complain(fmt::format("{} findings", findings_));
        return findings_ == 0 ? 0 : 1;
    }

private:
    void report(const std::vector<std::string>& findings, std::uint64_t total) {
        for (const std::string& finding : findings)
            complain(finding);
        findings_ += total;
    }

    void verify_store() {
        access::LedgerReport report;
        std::vector<std::string> persons;
        const crypto::VrfKey tags = own_->tag_key();
        own_->read([&](store::ReadSession& session) {
            report = access::verify_ledger(session, own_->records());
            persons = notary::verify_persons(session, own_->records(), tags);
        });
        print_line(fmt::format("{} journal entries, {} of them in the tree, {} rows compared\nroot {}", report.entries,
                               report.leaves, report.rows, report.root));
        this->report(report.findings, report.findings_total);
        this->report(persons, persons.size());
    }

    ledger::NoteKey key(Copy& copy) {
        if (!question_.vkey && own_) return own_->key(config_);
        std::string text;
        if (!question_.vkey) {
            const auto stored = copy.fetch("vkey");
            if (!stored) throw base::Outage("the copy holds no vkey: give the log's with --vkey");
            text = base::as_text(*stored);
            print_line(
                "the key is the one that stands beside the copy; whether it is the log's has to be known from "
                "elsewhere");
        } else {
            text = fs::exists(*question_.vkey) ? read_text(*question_.vkey) : *question_.vkey;
        }
        if (text.ends_with('\n')) text.pop_back();
        auto key = ledger::NoteKey::parse(text);
        if (!key || key->type != ledger::SignatureType::ed25519)
            throw base::Outage("not the verifier key of a log: " + text);
        return std::move(*key);
    }

    void verify_copy() {
        Copy copy(*question_.against);
        const auto since = question_.since ? std::optional(read_text(*question_.since)) : std::nullopt;
        ledger::Audit audit = ledger::audit(
            [&](const std::string& path) { return copy.fetch(path); }, key(copy), since,
            [&](const ledger::Tile& tile, const auto& leaves, const auto& entries) { compare(tile, leaves, entries); });
        if (audit.checkpoint) {
            print_line(fmt::format("{} entries of {} in {} tiles and bundles\nroot {}", audit.checkpoint->size,
                                   audit.checkpoint->origin, audit.tiles, base::to_hex(audit.checkpoint->root)));
        }
        report(audit.findings, audit.findings_total);
        report(differences_.findings, differences_.findings_total);
    }

    // Ours against the copy, tile by tile.
    void compare(const ledger::Tile& tile, const ledger::Hashes& leaves, const ledger::Entries& entries) {
        if (!own_) return;
        own_->read([&](store::ReadSession& session) {
            try {
                const auto& stored = own_->records().ledger;
                if (stored.tile(session, tile) != leaves || stored.entries(session, tile) != entries)
                    differences_.find(
                        fmt::format("our entries {} to {} are not those of the copy", first(tile), last(tile)));
            } catch (const records::Damaged&) {
                differences_.find(fmt::format("we lack entries from {} to {} of the copy", first(tile), last(tile)));
            }
        });
    }
    static std::uint64_t first(const ledger::Tile& tile) { return tile.number * ledger::tile_width; }
    static std::uint64_t last(const ledger::Tile& tile) { return first(tile) + tile.width - 1; }

    const LedgerQuestion& question_;
    const config::Config& config_;
    std::optional<OwnStore> own_;
    ledger::Audit differences_;
    std::uint64_t findings_ = 0;
};

}  // namespace

int ledger_verify(const LedgerQuestion& question, const config::Config& config) {
    if (!question.data && !question.against) throw base::Outage("nothing to verify: give --data, --against or both");
    return Verification(question, config).run();
}

std::string ledger_origin(const config::Config& config, const std::string& issuer) {
    std::string origin = config.text("ledger.origin");
    if (origin.empty()) {
        const auto scheme = issuer.find("://");
        origin = (scheme == std::string::npos ? issuer : issuer.substr(scheme + 3)) + "/ledger";
    }
    if (!ledger::valid_key_name(origin)) throw base::Outage("ledger.origin: no name of a key: spaces, + or nothing");
    return origin;
}

}  // namespace kelisim::app
