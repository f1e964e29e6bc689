// SPDX-License-Identifier: Apache-2.0
#include "receipts/verify.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "json/json.hpp"
#include "members.hpp"
#include "receipts/receipt.hpp"
#include "token/jws.hpp"

namespace kelisim::receipts {

using base::Kind;
using base::Reason;
using boost::json::object;

const Reason receipt_key_unknown{
    "receipt_key_unknown",
    Kind::invalid,
    "RFC 7515 section 4.1.4",
    {"Түбіртекке берілген кілттердің ешқайсысымен қол қойылмаған.",
     "Квитанция не подписана ни одним из указанных ключей.", "The receipt is not signed with any of the given keys."}};
const Reason receipt_signature_wrong{
    "receipt_signature_wrong",
    Kind::invalid,
    "RFC 7515 section 5.2",
    {"Түбіртектің қолтаңбасы жарамсыз.", "Подпись квитанции неверна.", "The signature of the receipt does not hold."}};
const Reason receipt_not_ours{
    "receipt_not_ours",
    Kind::invalid,
    "ISO/IEC TS 27560:2023",
    {"Қол қойылған мәтін түбіртек емес.", "Подписанный текст не квитанция.", "What is signed is no receipt."}};
const Reason receipt_entry_malformed{
    "receipt_entry_malformed",
    Kind::invalid,
    "",
    {"Түбіртектегі журнал жазбасы ашылмайды.", "Запись журнала в квитанции не раскрывается.",
     "The entry of the ledger in the receipt does not open."}};
const Reason receipt_entry_differs{"receipt_entry_differs",
                                   Kind::invalid,
                                   "",
                                   {"Журнал жазбасы басқа оқиға туралы.", "Запись журнала говорит о другом событии.",
                                    "The entry of the ledger is about another event than the receipt."}};
const Reason receipt_other_ledger{"receipt_other_ledger",
                                  Kind::invalid,
                                  "C2SP tlog-checkpoint",
                                  {"Түбіртек басқа журналды атайды.", "Квитанция называет другой журнал.",
                                   "The receipt names another ledger than the key."}};
const Reason receipt_checkpoint_malformed{
    "receipt_checkpoint_malformed",
    Kind::invalid,
    "C2SP tlog-checkpoint",
    {"Бақылау нүктесі қате жазылған.", "Контрольная точка записана неверно.", "The checkpoint is malformed."}};
const Reason receipt_checkpoint_unsigned{
    "receipt_checkpoint_unsigned",
    Kind::invalid,
    "C2SP signed-note",
    {"Бақылау нүктесіне журнал кілтімен қол қойылмаған.", "Контрольная точка не подписана ключом журнала.",
     "The checkpoint is not signed by the key of the ledger."}};
const Reason receipt_proof_wrong{
    "receipt_proof_wrong",
    Kind::invalid,
    "RFC 9162 section 2.1.3.2",
    {"Дәлел жазбаны бақылау нүктесіне жеткізбейді.", "Доказательство не ведёт от записи к контрольной точке.",
     "The proof does not lead from the entry to the checkpoint."}};
const Reason receipt_checkpoints_contradict{
    "receipt_checkpoints_contradict",
    Kind::invalid,
    "C2SP tlog-checkpoint",
    {"Журнал бір өлшемге екі түрлі бақылау нүктесіне қол қойған: екеуін де сақтап, уәкілетті органға беріңіз.",
     "Журнал подписал две разные контрольные точки одного размера: сохраните обе и передайте уполномоченному органу.",
     "The ledger has signed two different checkpoints of one size: keep both, and hand them to the authorized body."}};
const Reason receipt_without_entry{
    "receipt_without_entry",
    Kind::invalid,
    "",
    {"Түбіртек журнал жазбасын атамайды: ол журналмен байланыстырылғанға дейін берілген.",
     "Квитанция не называет запись журнала: она выдана до того, как квитанции связали с журналом.",
     "The receipt names no entry of the ledger: it is from before receipts were tied to it."}};
const Reason receipt_without_proof{
    "receipt_without_proof",
    Kind::invalid,
    "RFC 9162 section 2.1.3",
    {"Журналға енгізу дәлелі жоқ, тек уәде бар: түбіртекті кабинеттен қайта жүктеп алыңыз.",
     "Доказательства включения в журнал нет, есть только обещание: скачайте квитанцию в кабинете ещё раз.",
     "There is no proof of inclusion in the ledger, only the promise: download the receipt again in the cabinet."}};
const Reason receipt_without_checkpoint{"receipt_without_checkpoint",
                                        Kind::invalid,
                                        "C2SP tlog-checkpoint",
                                        {"Дәлелдің бақылау нүктесі жоқ: оны --checkpoint арқылы беріңіз.",
                                         "У доказательства нет контрольной точки: укажите её через --checkpoint.",
                                         "The proof comes without its checkpoint: give it with --checkpoint."}};
const Reason receipt_other_size{
    "receipt_other_size",
    Kind::invalid,
    "RFC 9162 section 2.1.4",
    {"Дәлел берілген бақылау нүктесінен басқа өлшемге жасалған: түбіртекті кабинеттен осы өлшеммен (?tree_size=) "
     "жүктеп алыңыз.",
     "Доказательство сделано для другого размера, чем у данной контрольной точки: скачайте квитанцию в кабинете для "
     "этого размера (?tree_size=).",
     "The proof is for another size than that of the given checkpoint: download the receipt for that size "
     "(?tree_size=) in the cabinet."}};

const Reason receipt_witness_missing{
    "receipt_witness_missing",
    Kind::invalid,
    "C2SP tlog-cosignature",
    {"Бақылау нүктесіне сіз атаған куәгер қол қоймаған: түбіртекті кейінірек қайта жүктеп алыңыз.",
     "Контрольную точку не подписал названный вами свидетель: скачайте квитанцию позже ещё раз.",
     "A witness whom you name has not signed the checkpoint: download the receipt again later."}};

namespace {

// "urn:uuid:..." in a receipt, the bare id in a fact.
bool is_urn_of(std::string_view urn, std::string_view id) {
    constexpr std::string_view prefix = "urn:uuid:";
    return !id.empty() && urn.starts_with(prefix) && urn.substr(prefix.size()) == id;
}

// What both say has to be the same; what the fact of this kind does not say, it does not say.
class Comparison {
public:
    Comparison(const object& receipt, const object& fact) : receipt_(receipt), fact_(fact) {}

    bool same() const {
        return !event().empty() && text_at(fact_, {"kind"}) == event() && same_time() && same_entity() && same_basis();
    }

private:
    std::string_view event() const {
        const std::string_view of_consent =
            text_at(receipt_, {"dpv:hasRecord", "dpv:hasConsentStatus", "kelisim:event"});
        return of_consent.empty() ? text_at(receipt_, {"dpv:hasRecord", "dpv:hasActivityStatus", "kelisim:event"})
                                  : of_consent;
    }
    bool same_time() const {
        const std::string_view group = event().starts_with("request.") || event().starts_with("consent.")
                                           ? "dpv:hasConsentStatus"
                                           : "dpv:hasActivityStatus";
        const std::string_view at = text_at(fact_, {"at"});
        return !at.empty() && at == text_at(receipt_, {"dpv:hasRecord", group, "dpv:isIndicatedAtTime"}) &&
               at == text_at(receipt_, {"dct:issued"});
    }
    bool same_entity() const {
        const std::string_view own = text_at(receipt_, {"dpv:hasRecord", "dct:identifier"});
        const std::string_view under = text_at(receipt_, {"dpv:hasRecord", "dct:references"});
        // A refused call is an event of the consent, under an id of its own.
        if (event() == "use.refused")
            return is_urn_of(own, text_at(fact_, {"use"})) && is_urn_of(under, text_at(fact_, {"id"}));
        if (!is_urn_of(own, text_at(fact_, {"id"}))) return false;
        if (event().starts_with("use.")) return is_urn_of(under, text_at(fact_, {"consent"}));
        if (event().starts_with("consent.")) return is_urn_of(under, text_at(fact_, {"request"}));
        return true;
    }
    bool same_basis() const {
        const auto agrees = [&](std::string_view name, std::string_view in_receipt) {
            return !fact_.contains(name) || text_at(fact_, {name}) == in_receipt;
        };
        if (!agrees("expires", text_at(receipt_, {"dpv:hasRecord", "dct:valid"}))) return false;
        if (!event().starts_with("request.")) return true;
        return agrees("initiator", text_at(receipt_, {"dpv:hasRecord", "dpv:hasProcess", "dpv:hasRecipient"})) &&
               agrees("ground",
                      text_at(receipt_, {"dpv:hasRecord", "dpv:hasProcess", "dpv:hasLegalBasis", "dct:identifier"}));
    }

    const object& receipt_;
    const object& fact_;
};

class Verification {
public:
    explicit Verification(const Trusted& trusted) : trusted_(trusted) {}

    Report run(std::string_view bytes) {
        const auto file = read_file(bytes);
        if (file.has_error()) return wrong(file.error());
        auto payload = token::verify(file->jws, trusted_.keys, receipt_type, base::limits::receipt_bytes_max);
        if (payload.has_error()) return wrong(in_terms_of_receipts(payload.error()));
        if (text_at(*payload, {"dct:conformsTo"}) != "ISO/IEC TS 27560:2023") return wrong(receipt_not_ours);
        report_.receipt = std::move(*payload);
        const auto leaf = check_entry(*report_.receipt);
        const auto given = check_given();
        if (leaf) check_proof(file->proof, *leaf, given);
        if (!wrong_.empty()) {
            report_.verdict = Verdict::wrong;
            report_.findings = std::move(wrong_);
        } else {
            report_.verdict = missing_.empty() ? Verdict::proven : Verdict::promised;
            report_.findings = std::move(missing_);
        }
        return std::move(report_);
    }

private:
    struct Signed {
        ledger::Checkpoint checkpoint;
        ledger::Note note;
    };

    // Who reads this has a receipt, and knows of no token.
    static const Reason& in_terms_of_receipts(const base::Refusal& of_jws) {
        if (of_jws.has(token::jws_malformed)) return receipt_malformed;
        return of_jws.has(token::jws_unknown_key) ? receipt_key_unknown : receipt_signature_wrong;
    }

    static Report wrong(const base::Refusal& refusal) {
        return {.verdict = Verdict::wrong, .findings = refusal.reasons()};
    }

    // The leaf that the entry has in the ledger, when it opens to what the receipt says.
    std::optional<ledger::Digest> check_entry(const object& receipt) {
        const auto* value = receipt.if_contains("kelisim:entry");
        if (value == nullptr) {
            missing_.push_back(&receipt_without_entry);
            return std::nullopt;
        }
        const auto leaf = value->is_object() ? open_entry(receipt, value->get_object()) : std::nullopt;
        if (!leaf && wrong_.empty()) wrong_.push_back(&receipt_entry_malformed);
        return leaf;
    }

    std::optional<ledger::Digest> open_entry(const object& receipt, const object& entry) {
        const auto salt_bytes = base::from_base64url(text_at(entry, {"kelisim:salt"}));
        const auto committed = base::from_base64url(text_at(entry, {"kelisim:commitment"}));
        const std::string_view text = text_at(entry, {"kelisim:fact"});
        ledger::Salt salt{};
        if (!salt_bytes || salt_bytes->size() != salt.size()) return std::nullopt;
        std::copy(salt_bytes->begin(), salt_bytes->end(), salt.begin());
        const ledger::Digest commitment = ledger::commitment(salt, base::as_bytes(text));
        if (!committed || !std::equal(committed->begin(), committed->end(), commitment.begin(), commitment.end()))
            return std::nullopt;
        const auto fact = json::parse(text, {});
        if (fact.has_error() || !fact->is_object()) return std::nullopt;
        if (text_at(entry, {"kelisim:log"}) != trusted_.log.name) wrong_.push_back(&receipt_other_ledger);
        if (!Comparison(receipt, fact->get_object()).same()) wrong_.push_back(&receipt_entry_differs);
        return ledger::leaf_hash({.commitment = commitment});
    }

    // A checkpoint counts when the ledger has signed it; the witnesses are told beside it.
    std::optional<Signed> read_checkpoint(std::string_view text, std::vector<const Reason*>& findings) const {
        auto note = ledger::parse_note(text);
        const auto checkpoint = note ? ledger::parse_checkpoint(note->text) : std::nullopt;
        if (!checkpoint || checkpoint->origin != trusted_.log.name) {
            findings.push_back(&receipt_checkpoint_malformed);
            return std::nullopt;
        }
        if (ledger::signed_by(*note, trusted_.log) != ledger::Signed::yes) {
            findings.push_back(&receipt_checkpoint_unsigned);
            return std::nullopt;
        }
        return Signed{.checkpoint = *checkpoint, .note = std::move(*note)};
    }

    // One that is of no use says nothing against the receipt.
    std::optional<Signed> check_given() {
        return trusted_.checkpoint ? read_checkpoint(*trusted_.checkpoint, missing_) : std::nullopt;
    }

    void check_proof(const std::optional<Proof>& proof, const ledger::Digest& leaf,
                     const std::optional<Signed>& given) {
        if (!proof) return missing_.push_back(&receipt_without_proof);
        std::optional<Signed> own;
        if (!proof->checkpoint.empty()) {
            own = read_checkpoint(proof->checkpoint, wrong_);
            if (!own) return;
            if (own->checkpoint.size != proof->size) return wrong_.push_back(&receipt_proof_wrong);
        }
        if (given && given->checkpoint.size != proof->size) {
            missing_.push_back(&receipt_other_size);
        } else if (given && own && given->checkpoint.root != own->checkpoint.root) {
            return wrong_.push_back(&receipt_checkpoints_contradict);
        }
        // What the reader brought is worth more than what came with the receipt.
        const bool fits = given && given->checkpoint.size == proof->size;
        const std::optional<Signed>& against = fits ? given : own;
        if (!against) {
            if (missing_.empty() && wrong_.empty()) missing_.push_back(&receipt_without_checkpoint);
            return;
        }
        if (!ledger::verify_inclusion(leaf, proof->index, proof->size, proof->path, against->checkpoint.root))
            return wrong_.push_back(&receipt_proof_wrong);
        report_.checkpoint = against->checkpoint;
        report_.index = proof->index;
        tell_witnesses(against->note);
    }

    void tell_witnesses(const ledger::Note& note) {
        for (const ledger::NoteKey& witness : trusted_.witnesses) {
            const auto found = ledger::signed_by(note, witness);
            if (found == ledger::Signed::wrongly) wrong_.push_back(&receipt_checkpoint_unsigned);
            if (found == ledger::Signed::yes) report_.witnesses.push_back(witness.name);
            if (found == ledger::Signed::no) missing_.push_back(&receipt_witness_missing);
        }
        for (const ledger::NoteSignature& signature : note.signatures) {
            const bool known = signature.name == trusted_.log.name ||
                               std::any_of(trusted_.witnesses.begin(), trusted_.witnesses.end(),
                                           [&](const ledger::NoteKey& key) { return key.name == signature.name; });
            if (!known) report_.unchecked.push_back(signature.name);
        }
    }

    const Trusted& trusted_;
    Report report_;
    std::vector<const Reason*> wrong_, missing_;
};

}  // namespace

Report verify(std::string_view file, const Trusted& trusted) {
    return Verification(trusted).run(file);
}

}  // namespace kelisim::receipts
