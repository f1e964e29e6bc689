// SPDX-License-Identifier: Apache-2.0
// For tests of signed documents: keys of parties, reports in words, and tables of altered documents as a README beside them
// has them: file, the unaltered one, what was altered, findings.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "trust/report.hpp"
#include "trust/signing_key.hpp"
#include "trust/testing.hpp"

namespace kelisim::trust::test {

inline SigningKey signing_key(const Party& party, base::Entropy& entropy) {
    return SigningKey::from_pem(base::Secret(to_pem("PRIVATE KEY", party.key.pkcs8())), {},
                                to_pem("CERTIFICATE", party.certificate.der()), entropy)
        .value();
}

// The text with `what`, which it must hold, exchanged once.
inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) throw std::logic_error("not in the document: " + std::string(what));
    return text.replace(at, what.size(), with);
}

struct AlteredDocument {
    std::string file, unaltered, what;
    std::set<std::string> findings;
};

inline void PrintTo(const AlteredDocument& one, std::ostream* out) {
    *out << one.file << ": " << one.what;
}

inline std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("no " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> split(const std::string& text, const std::string& by) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (std::size_t end = text.find(by); end != std::string::npos; at = end + by.size(), end = text.find(by, at))
        parts.push_back(text.substr(at, end - at));
    parts.push_back(text.substr(at));
    return parts;
}

inline std::vector<AlteredDocument> altered_documents(const std::string& directory) {
    std::vector<AlteredDocument> cases;
    for (const std::string& line : split(read_text(directory + "/README.md"), "\n")) {
        if (!line.starts_with("| ") || !line.ends_with(" |")) continue;
        const std::vector<std::string> cells = split(line.substr(2, line.size() - 4), " | ");
        if (cells.size() != 4 || !cells[0].ends_with(".xml")) continue;
        const std::vector<std::string> findings = split(cells[3], ", ");
        cases.push_back({cells[0], cells[1], cells[2], {findings.begin(), findings.end()}});
    }
    return cases;
}

// All that is said of a document and its signers.
inline Findings all_findings(const DocumentReport& report) {
    Findings all = report.findings;
    for (const SignerReport& one : report.signers) {
        all.add(one.findings);
        if (one.certificate) all.add(one.certificate->findings);
    }
    return all;
}

inline std::string in_words(const DocumentReport& report) {
    std::string text;
    const Findings all = all_findings(report);
    for (const Finding& one : all.all())
        text += std::string(one.reason->code) + "(" + one.detail + ") ";
    return text;
}

// Codes of all that is against it.
inline std::set<std::string> codes_against(const DocumentReport& report) {
    std::set<std::string> codes;
    const Findings all = all_findings(report);
    for (const Finding& one : all.all())
        if (one.weight != Weight::note) codes.emplace(one.reason->code);
    return codes;
}

}  // namespace kelisim::trust::test
