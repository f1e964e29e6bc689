// SPDX-License-Identifier: Apache-2.0
#include "receipt_command.hpp"

#include <fmt/format.h>

#include "base/entropy.hpp"
#include "base/limits.hpp"
#include "base/zone.hpp"
#include "commands.hpp"
#include "data_directory.hpp"
#include "json/json.hpp"
#include "kept_keys.hpp"
#include "receipts/receipt.hpp"
#include "receipts/verify.hpp"
#include "storage.hpp"
#include "terminal.hpp"

namespace kelisim::app {

namespace {

namespace fs = std::filesystem;
namespace limits = base::limits;
using base::Language;
using base::Text;
using receipts::Verdict;

constexpr Text says{"Түбіртекте жазылғаны:", "В квитанции сказано:", "The receipt says:"};
constexpr Text signature_holds{"[иә] қол қойған: {}", "[да] подписано: {}", "[yes] signed by {}"};
constexpr Text entry_opens{"[иә] журнал жазбасы осы оқиға туралы", "[да] запись журнала говорит об этом событии",
                           "[yes] the entry of the ledger is about this event"};
constexpr Text in_the_tree{"[иә] журналда: {0} жазбаның ішінде № {1}", "[да] в журнале: № {1} из {0} записей",
                           "[yes] in the ledger: number {1} of {0} entries"};
constexpr Text signed_by_log{"[иә] бақылау нүктесіне қол қойған журнал: {}",
                             "[да] контрольную точку подписал журнал: {}",
                             "[yes] the checkpoint is signed by the ledger {}"};
constexpr Text signed_by_witness{"[иә] бақылау нүктесіне қол қойған куәгер: {}",
                                 "[да] контрольную точку подписал свидетель: {}",
                                 "[yes] the checkpoint is signed by the witness {}"};
constexpr Text not_checked{"[ ? ] тексерілмеген қолтаңба (кілті берілмеген): {}",
                           "[ ? ] подпись не проверена (ключ не указан): {}",
                           "[ ? ] a signature that was not checked, for want of its key: {}"};
constexpr Text fails{"[ЖОҚ] {}", "[НЕТ] {}", "[NO] {}"};
constexpr Text lacks{"[ ? ] {}", "[ ? ] {}", "[ ? ] {}"};
constexpr Text proven{"Түбіртек шынайы, жазбасы журналда бар.", "Квитанция подлинная, её запись есть в журнале.",
                      "The receipt is genuine, and its entry is in the ledger."};
constexpr Text promised{"Түбіртек шынайы, бірақ жазбасының журналда бар екені әлі көрсетілмеген.",
                        "Квитанция подлинная, но что её запись есть в журнале, пока не показано.",
                        "The receipt is genuine; that its entry is in the ledger is not shown yet."};
constexpr Text wrong{"Бұл түбіртекке сенуге БОЛМАЙДЫ.", "Этой квитанции верить НЕЛЬЗЯ.",
                     "This receipt must NOT be relied on."};

template <class... Values>
void say(const Text& text, Language language, const Values&... values) {
    print_line(fmt::format(fmt::runtime(pick(text, language)), values...));
}

token::KeySet read_keys(const fs::path& file) {
    const auto parsed = json::parse(read_bounded(file, limits::request_body_bytes_max), {});
    const auto* jwks = parsed.has_value() ? parsed->if_object() : nullptr;
    auto keys = jwks == nullptr ? token::KeySet{} : token::KeySet::from_jwks(*jwks);
    if (keys.keys().empty()) throw base::Outage("no keys of receipts (RFC 7517): " + file.string());
    return keys;
}

ledger::NoteKey read_vkey(const std::string& text_or_file) {
    std::string text = text_or_file;
    if (!ledger::NoteKey::parse(text)) text = read_bounded(text_or_file, limits::name_bytes_max * 8);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    auto key = ledger::NoteKey::parse(text);
    if (!key) throw base::Outage("no verifier key of a ledger (C2SP signed-note): " + text_or_file);
    return std::move(*key);
}

receipts::Trusted trusted_by(const ReceiptQuestion& question) {
    receipts::Trusted trusted{.keys = read_keys(question.keys), .log = read_vkey(question.ledger_key)};
    if (trusted.log.type != ledger::SignatureType::ed25519)
        throw base::Outage("the key is that of a witness, not of a ledger: " + question.ledger_key);
    for (const std::string& witness : question.witnesses)
        trusted.witnesses.push_back(read_vkey(witness));
    if (question.checkpoint) trusted.checkpoint = read_bounded(*question.checkpoint, limits::note_bytes_max);
    return trusted;
}

// As it was signed; a receipt of before there were words is put into them now.
std::string words_of(const boost::json::object& receipt, Language language, const base::Zone& zone) {
    const auto* texts = receipt.if_contains("dct:description");
    if (texts != nullptr && texts->is_array()) {
        for (const boost::json::value& each : texts->get_array()) {
            if (!each.is_object()) continue;
            const auto tag = json::text(each.get_object(), "@language");
            const auto value = json::text(each.get_object(), "@value", limits::receipt_bytes_max);
            if (tag.has_value() && value.has_value() && *tag == base::to_string(language)) return std::string(*value);
        }
    }
    return receipts::in_words(receipt, language, zone);
}

void tell(const receipts::Report& report, Language language, const base::Zone& zone) {
    if (report.receipt) {
        print_line(pick(says, language));
        print_line(printable(words_of(*report.receipt, language, zone)));
        print_line("");
        const auto issuer = json::text(*report.receipt, "dct:publisher");
        say(signature_holds, language, printable(std::string(issuer.has_value() ? *issuer : "?")));
    }
    if (report.checkpoint) {
        if (report.verdict != Verdict::wrong) say(entry_opens, language);
        say(in_the_tree, language, report.checkpoint->size, *report.index);
        say(signed_by_log, language, report.checkpoint->origin);
    }
    for (const std::string& witness : report.witnesses)
        say(signed_by_witness, language, witness);
    for (const std::string& name : report.unchecked)
        say(not_checked, language, name);
    for (const base::Reason* finding : report.findings)
        say(report.verdict == Verdict::wrong ? fails : lacks, language, pick(finding->text, language));
}

}  // namespace

int receipt_verify(const ReceiptQuestion& question, const config::Config& config) {
    const Language language = language_wanted(question.language);
    try {
        const receipts::Trusted trusted = trusted_by(question);
        const std::string file = read_bounded(question.file, limits::receipt_file_bytes_max);
        const base::ProcessZone zone(config.text("service.zone"));
        const receipts::Report report = receipts::verify(file, trusted);
        tell(report, language, zone);
        print_line("");
        switch (report.verdict) {
            case Verdict::proven:
                say(proven, language);
                return receipt_proven;
            case Verdict::promised:
                say(promised, language);
                return receipt_promised;
            case Verdict::wrong:
                break;
        }
        say(wrong, language);
        return receipt_wrong;
    } catch (const base::Outage& outage) {
        complain(outage.what());
        return receipt_untold;
    }
}

int receipt_rotate_key(const fs::path& data, const config::Config& config) {
    const auto storage = existing_storage(data, config);
    const DataDirectory directory(data);
    base::SystemEntropy entropy;
    const records::Vault vault(directory.master_key(entropy, DataDirectory::Database::exists));
    const records::Records records(vault, entropy);
    const auto database = storage->open({});
    // The old one is written down before it is replaced, the new one before it signs.
    const auto known = settle_receipt_keys(*database, records, directory.receipt_key(DataDirectory::Former::none),
                                           directory.signing_key());
    if (known.keys().size() >= base::limits::receipt_keys_max) throw base::Outage("too many keys have signed receipts");
    const token::SigningKey next = directory.replace_receipt_key();
    const auto all = settle_receipt_keys(*database, records, next, directory.signing_key());
    print_line(
        fmt::format("receipts are signed with {} from now on; {} keys are published", next.kid, all.keys().size()));
    return 0;
}

}  // namespace kelisim::app
