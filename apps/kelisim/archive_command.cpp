// SPDX-License-Identifier: Apache-2.0
#include "archive_command.hpp"

#include <fmt/format.h>

#include <boost/describe.hpp>

#include "access/supervision.hpp"
#include "archive/verify.hpp"
#include "base/limits.hpp"
#include "books.hpp"
#include "commands.hpp"

namespace kelisim::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t page = 100;

ledger::NoteKey key_of(const std::string& given) {
    std::string text = fs::exists(given) ? read_text(given) : given;
    if (text.ends_with('\n')) text.pop_back();
    auto key = ledger::NoteKey::parse(text);
    if (!key || key->type != ledger::SignatureType::ed25519)
        throw base::Outage("not the verifier key of a ledger: " + text);
    return std::move(*key);
}

class Search {
public:
    Search(const ArchiveSearch& search, const config::Config& config)
        : search_(search), desk_(search.data, config), parts_(desk_.parts()), now_(desk_.books.now()) {}

    int run() {
        for (const auto& day : {search_.from, search_.to}) {
            if (day && !base::is_day(*day)) return refuse("not a day as 2026-11-22: " + *day);
        }
        const auto official = official_at_the_desk();
        // 418-V ст.46(1): the operator keeps the files and looks at nobody (docs/decisions/0022).
        if (!official || official->office != access::Office::authorized_body)
            return refuse("this person acts for no authorized body");
        const auto iin = whose();
        if (!iin) return refuse("no such use");
        // 236/НК п.2(6): the look and its reason stand before anything is shown.
        const auto begun = store::run(desk_.books.database->writer(), [&](store::WriteSession& session) {
            return access::Supervision(parts_).begin(session, *official, *iin, search_.reason, now_);
        });
        if (const auto* refused = std::get_if<base::Refusal>(&begun))
            return refuse(std::string(refused->reasons().front()->text.en));
        print_line("look " + std::get<records::OfficialLook>(begun).id.to_string());
        desk_.books.database->readers().read([&](store::ReadSession& session) {
            const auto subject = desk_.books.records.subjects.find(session, *iin);
            if (subject) show(session, *subject);
        });
        print_line(fmt::format("{} uses, refused calls and looks", shown_));
        return 0;
    }

private:
    static int refuse(const std::string& why) {
        complain(why);
        return 1;
    }

    std::optional<access::Official> official_at_the_desk() {
        const auto subject = desk_.books.person(read_iin());
        if (!subject) return std::nullopt;
        std::optional<access::Official> found;
        desk_.books.database->readers().read(
            [&](store::ReadSession& session) { found = access::official(parts_, session, subject->id); });
        return found;
    }

    std::optional<base::Iin> whose() {
        if (!search_.use) return read_iin();
        const auto id = consent::UseId::parse(*search_.use);
        if (!id) return std::nullopt;
        const records::Records& records = desk_.books.records;
        std::optional<base::Iin> iin;
        desk_.books.database->readers().read([&](store::ReadSession& session) {
            if (const auto record = records.uses.record(session, *id)) iin = record->subject;
            if (const auto refusal = records.use_refusals.find(session, *id)) iin = refusal->record.subject;
            if (const auto look = records.own_looks.find(session, *id)) iin = look->record.subject;
        });
        return iin;
    }

    void show(store::ReadSession& session, const records::Subject& whose) {
        const access::Cabinet cabinet(parts_);
        access::PageWanted wanted{.before = {}, .max = page};
        for (;;) {
            const auto found = cabinet.uses(session, whose, wanted);
            for (const access::UseView& use : found.items)
                print(use);
            const bool older = search_.from && !found.items.empty() && day_of(found.items.back()) < *search_.from;
            if (!found.next || older) return;
            wanted.before = found.next;
        }
    }

    std::string day_of(const access::UseView& use) const { return desk_.zone.day(use.id.time()); }

    void print(const access::UseView& use) {
        if (search_.use && use.id.to_string() != *search_.use) return;
        const std::string day = day_of(use);
        if ((search_.from && day < *search_.from) || (search_.to && *search_.to < day)) return;
        ++shown_;
        std::string line =
            fmt::format("{} {} {} by {}: {} {}", use.id.to_string(), base::to_iso8601(use.id.time()),
                        use.refused_for.empty() ? boost::describe::enum_to_string(use.state, "?") : "refused",
                        use.record.receiver, use.record.service, fmt::join(use.record.fields, ","));
        if (use.consent) line += " consent " + use.consent->to_string();
        if (!use.ground.empty()) line += " ground " + use.ground;
        print_line(line);
    }

    const ArchiveSearch& search_;
    Desk desk_;
    const access::Parts parts_;
    const base::Time now_;
    std::size_t shown_ = 0;
};

}  // namespace

int archive_list(const fs::path& data, const config::Config& config) {
    const Books books(data, config);
    std::vector<records::Archive> archives;
    books.database->readers().read([&](store::ReadSession& session) {
        for (std::int64_t number = 0;;) {
            const auto some = books.records.archives.after(session, number, page);
            if (some.empty()) break;
            archives.insert(archives.end(), some.begin(), some.end());
            number = some.back().number;
        }
    });
    std::size_t away = 0;
    for (const records::Archive& archive : archives) {
        const bool there = books.archive_files.glance(archive);
        away += there ? 0 : 1;
        print_line(fmt::format("{} leaves {} to {}, {} to {}, {} uses, {} refused calls, {} looks, {} bytes{}{}",
                               archive::file_name(archive.number), archive.first_leaf, archive.last_leaf,
                               base::to_iso8601(archive.began), base::to_iso8601(archive.ended), archive.uses,
                               archive.refusals, archive.looks, archive.bytes,
                               archive.emptied ? "" : ", live rows still there", there ? "" : ", MISSING OR ALTERED"));
    }
    print_line(fmt::format("{} archives in {}", archives.size(), books.archive_files.directory().string()));
    if (away != 0) complain(fmt::format("{} of them missing or altered", away));
    return away == 0 ? 0 : 1;
}

int archive_verify(const fs::path& where, const std::string& given) {
    const ledger::NoteKey key = key_of(given);
    const auto all =
        fs::is_directory(where) ? archive::verify_directory(where, key) : std::vector{archive::verify_file(where, key)};
    std::size_t findings = 0;
    for (const archive::Verified& file : all) {
        for (const std::string& finding : file.findings)
            complain(file.file + ": " + finding);
        findings += file.findings.size();
        if (!file.findings.empty()) continue;
        const archive::Manifest& manifest = *file.manifest;
        print_line(fmt::format("{}: archive {} of {}, leaves {} to {}, {} to {}: as it was sealed", file.file,
                               manifest.number, manifest.ledger, manifest.first_leaf, manifest.last_leaf,
                               base::to_iso8601(manifest.began), base::to_iso8601(manifest.ended)));
    }
    if (all.empty()) throw base::Outage("no archives in " + where.string());
    if (findings != 0) complain(fmt::format("{} findings", findings));
    return findings == 0 ? 0 : 1;
}

int archive_search(const ArchiveSearch& search, const config::Config& config) {
    return Search(search, config).run();
}

}  // namespace kelisim::app
