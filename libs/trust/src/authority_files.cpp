// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <toml++/toml.h>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "trust/authorities.hpp"

namespace kelisim::trust {
namespace {

namespace fs = std::filesystem;

// Collects every fault, so that an operator repairs a directory once.
class Reading {
public:
    explicit Reading(fs::path directory) : directory_(std::move(directory)) {}

    Authorities read() {
        const toml::table table = parse();
        known(table, {"contour", "authority"}, "authorities.toml");
        const Contour contour = read_contour(table);
        std::vector<Authority> members;
        const toml::array* const listed = table["authority"].as_array();
        if (listed == nullptr || listed->empty()) fault("no [[authority]]");
        for (std::size_t i = 0; listed != nullptr && i < listed->size(); ++i) {
            if (const toml::table* const one = (*listed)[i].as_table())
                read_authority(*one, contour, members);
            else
                fault("[[authority]] is no table");
        }
        fail_with_faults();
        auto made = Authorities::make(contour, std::move(members));
        if (made.has_error()) {
            const base::Refusal refusal = made.error();
            for (const base::Reason* const reason : refusal.reasons())
                fault(std::string(reason->text.en));
        }
        fail_with_faults();
        return *std::move(made);
    }

private:
    void fault(std::string text) { faults_.push_back(std::move(text)); }

    void fail_with_faults() const {
        if (faults_.empty()) return;
        throw base::Outage(fmt::format("{}: {}", directory_.string(), fmt::join(faults_, "; ")));
    }

    toml::table parse() {
        try {
            return toml::parse_file((directory_ / "authorities.toml").string());
        } catch (const toml::parse_error& error) {
            throw base::Outage(fmt::format("{}/authorities.toml: {}", directory_.string(), error.description()));
        }
    }

    void known(const toml::table& table, std::initializer_list<std::string_view> keys, std::string_view where) {
        for (const auto& [key, value] : table)
            if (std::ranges::find(keys, key.str()) == keys.end())
                fault(fmt::format("{}: unknown key {}", where, key.str()));
    }

    Contour read_contour(const toml::table& table) {
        const auto text = table["contour"].value<std::string>();
        if (text == "test") return Contour::test;
        if (text != "production") fault("contour is neither production nor test");
        return Contour::production;
    }

    std::optional<Certificate> read_certificate(const std::string& name, const std::string& file) {
        // A name in the directory, not a way out of it.
        if (file.empty() || file.find('/') != std::string::npos) {
            fault(name + ": file is no name of a file in this directory");
            return std::nullopt;
        }
        std::ifstream in(directory_ / file, std::ios::binary);
        std::string bytes(2 * base::limits::certificate_bytes_max + 1, '\0');
        in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(in.gcount()));
        auto certificate = Certificate::from_any(base::as_bytes(bytes));
        if (!certificate) fault(name + ": " + file + " is no certificate that can be read");
        return certificate;
    }

    void read_authority(const toml::table& table, Contour contour, std::vector<Authority>& members) {
        const std::string name = table["name"].value_or<std::string>("");
        known(table, {"name", "file", "sha256", "anchor", "role_arcs"}, name);
        if (name.empty()) fault("an authority without a name");
        auto certificate = read_certificate(name, table["file"].value_or<std::string>(""));
        if (!certificate) return;
        const auto anchor = table["anchor"].value<bool>();
        if (!anchor) fault(name + ": anchor is true or false");
        // The whole point of the fingerprint: a file that was exchanged is noticed.
        if (table["sha256"].value<std::string>() != base::to_hex(certificate->fingerprint()))
            fault(fmt::format("{}: {} {}", name, authority_fingerprint.text.en,
                              base::to_hex(certificate->fingerprint())));
        members.push_back({.name = name,
                           .certificate = *std::move(certificate),
                           .anchor = anchor.value_or(false),
                           .contour = contour,
                           .role_arcs = read_arcs(name, table)});
    }

    std::vector<std::string> read_arcs(const std::string& name, const toml::table& table) {
        std::vector<std::string> arcs;
        if (!table.contains("role_arcs")) return arcs;
        const toml::array* const listed = table["role_arcs"].as_array();
        if (listed == nullptr) fault(name + ": role_arcs is a list");
        for (std::size_t i = 0; listed != nullptr && i < listed->size(); ++i) {
            const auto arc = (*listed)[i].value<std::string>();
            if (!arc || arc->find_first_not_of("0123456789.") != std::string::npos)
                fault(name + ": a role arc is a dotted number");
            else
                arcs.push_back(*arc);
        }
        return arcs;
    }

    fs::path directory_;
    std::vector<std::string> faults_;
};

}  // namespace

Authorities read_authorities(const std::string& directory) {
    return Reading(directory).read();
}

}  // namespace kelisim::trust
