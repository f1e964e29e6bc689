// SPDX-License-Identifier: Apache-2.0
#include "trust_report.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands.hpp"
#include "terminal.hpp"

namespace kelisim::app {

namespace {

using base::Language;
using base::Text;
using trust::Verdict;
using trust::Weight;

constexpr Text good{"[иә]", "[да]", "[yes]"};
constexpr Text against{"[ЖОҚ]", "[НЕТ]", "[NO]"};
constexpr Text open{"[ ? ]", "[ ? ]", "[ ? ]"};
constexpr Text noted{"[ескерту]", "[заметка]", "[note]"};
constexpr Text owner_is{"иесі: {}", "владелец: {}", "owner: {}"};
constexpr Text organisation_is{"ұйым: {} (БСН {})", "организация: {} (БИН {})", "organisation: {} (BIN {})"};
constexpr Text issuer_is{"берген: {}", "выдан: {}", "issued by: {}"};
constexpr Text serial_is{"нөмірі: {}", "номер: {}", "serial number: {}"};
constexpr Text valid_from_to{"мерзімі: {} – {}", "действует: {} – {}", "valid: {} to {}"};
constexpr Text key_is{"кілт: {}", "ключ: {}", "key: {}"};
constexpr Text role_is{"рөлі: {}", "роль: {}", "role: {}"};
constexpr Text fingerprint_is{"SHA-256: {}", "SHA-256: {}", "SHA-256: {}"};
constexpr Text signer_number{"Қол қоюшы {}:", "Подписавший {}:", "Signer {}:"};
constexpr Text claimed{"өз сөзінше қол қойған уақыты: {}", "время подписи со слов подписавшего: {}",
                       "signed, by the signer's own word: {}"};
constexpr Text proven{"уақыт белгісі бойынша: {}", "по метке времени: {}", "signed before, by a time stamp: {}"};
constexpr Text no_certificate{"сертификаты табылмады", "сертификат не найден", "its certificate was not found"};
constexpr Text is_valid{"Жарамды.", "Действительно.", "Valid."};
constexpr Text is_invalid{"ЖАРАМСЫЗ: бұған сенуге болмайды.", "НЕДЕЙСТВИТЕЛЬНО: полагаться на это нельзя.",
                          "INVALID: this must not be relied on."};
constexpr Text is_open{"Анықталмады: қарсы ештеңе табылмады, бірақ бәрін тексеру мүмкін болмады.",
                       "Не установлено: против ничего не найдено, но проверить удалось не всё.",
                       "Undetermined: nothing is against it, but not everything could be checked."};
constexpr Text iin_is{", ЖСН {}", ", ИИН {}", ", IIN {}"};
constexpr Text person_word{"жеке тұлға", "физическое лицо", "a person"};
constexpr Text system_word{"ұйымның жүйесі", "система организации", "a system of the organisation"};
constexpr Text unknown_key{"белгісіз алгоритм", "неизвестный алгоритм", "an algorithm that is not known"};

template <class... Values>
std::string filled(const Text& text, Language language, const Values&... values) {
    return fmt::format(fmt::runtime(pick(text, language)), values...);
}

const Text& mark(Weight weight) {
    if (weight == Weight::fails) return against;
    return weight == Weight::leaves_open ? open : noted;
}

std::string owner_text(const trust::Certificate& certificate, Language language) {
    const trust::Owner& owner = certificate.owner();
    if (owner.kind == trust::OwnerKind::authority) return certificate.authority_text();
    if (owner.kind == trust::OwnerKind::organisation) return std::string(pick(system_word, language));
    std::string text = owner.common_name.reveal();
    if (!owner.patronymic.reveal().empty()) text += " " + owner.patronymic.reveal();
    if (!owner.iin.reveal().empty()) text += filled(iin_is, language, owner.iin.reveal());
    return text.empty() ? std::string(pick(person_word, language)) : text;
}

std::string key_text(const trust::Certificate& certificate, Language language) {
    if (!certificate.key()) return std::string(pick(unknown_key, language));
    const trust::PublicKey& key = *certificate.key();
    if (key.kind() == trust::KeyKind::rsa) return fmt::format("RSA, {}", key.bits());
    if (key.kind() == trust::KeyKind::ec) return fmt::format("ECDSA, {}", key.bits());
    return std::string(trust::name_of(trust::signature_for(key.kind())));
}

std::string_view name_of(Verdict verdict) {
    if (verdict == Verdict::valid) return "valid";
    return verdict == Verdict::indeterminate ? "indeterminate" : "invalid";
}

std::string_view name_of(Weight weight) {
    if (weight == Weight::fails) return "fails";
    return weight == Weight::leaves_open ? "leaves_open" : "note";
}

std::string_view name_of(trust::OwnerKind kind) {
    switch (kind) {
        case trust::OwnerKind::person:
            return "person";
        case trust::OwnerKind::person_of_organisation:
            return "person_of_organisation";
        case trust::OwnerKind::organisation:
            return "organisation";
        case trust::OwnerKind::authority:
            return "authority";
    }
    return "authority";
}

boost::json::array to_json(const trust::Findings& findings) {
    boost::json::array list;
    for (const trust::Finding& one : findings.all())
        list.push_back(boost::json::object{{"code", one.reason->code},
                                           {"weight", name_of(one.weight)},
                                           {"clause", one.reason->clause},
                                           {"text", one.reason->text.en},
                                           {"detail", one.detail}});
    return list;
}

boost::json::object owner_json(const trust::Certificate& certificate) {
    const trust::Owner& owner = certificate.owner();
    boost::json::object object{{"kind", name_of(owner.kind)}};
    if (!owner.iin.reveal().empty()) object["iin"] = owner.iin.reveal();
    if (!owner.common_name.reveal().empty()) object["common_name"] = owner.common_name.reveal();
    if (!owner.bin.empty()) object["bin"] = owner.bin;
    if (!owner.organisation.empty()) object["organisation"] = owner.organisation;
    return object;
}

boost::json::object to_json(const trust::Certificate& certificate) {
    return {{"sha256", base::to_hex(certificate.fingerprint())},
            {"serial", certificate.serial()},
            {"issuer", certificate.issuer_text()},
            {"owner", owner_json(certificate)},
            {"not_before", base::to_iso8601(certificate.not_before())},
            {"not_after", base::to_iso8601(certificate.not_after())}};
}

boost::json::object to_json(const trust::SignerReport& signer) {
    boost::json::object object{{"verdict", name_of(signer.verdict())},
                               {"checked_at", base::to_iso8601(signer.checked_at)},
                               {"findings", to_json(signer.findings)}};
    if (signer.algorithm) object["algorithm"] = trust::name_of(*signer.algorithm);
    if (signer.claimed_at) object["claimed_at"] = base::to_iso8601(*signer.claimed_at);
    if (signer.proven_at) object["proven_at"] = base::to_iso8601(*signer.proven_at);
    if (signer.certificate) object["certificate"] = app::to_json(*signer.certificate);
    return object;
}

}  // namespace

void tell(const trust::Findings& findings, Language language, std::string_view indent) {
    for (const trust::Finding& one : findings.all()) {
        const std::string detail = one.detail.empty() ? "" : " (" + printable(one.detail) + ")";
        print_line(fmt::format("{}{} {}{}", indent, pick(mark(one.weight), language), pick(one.reason->text, language),
                               detail));
    }
}

void tell(const trust::Certificate& certificate, Language language, std::string_view indent) {
    const auto line = [&](const std::string& text) { print_line(std::string(indent) + printable(text)); };
    line(filled(owner_is, language, owner_text(certificate, language)));
    if (!certificate.owner().bin.empty())
        line(filled(organisation_is, language, certificate.owner().organisation, certificate.owner().bin));
    line(filled(issuer_is, language, certificate.issuer_text()));
    line(filled(serial_is, language, certificate.serial()));
    line(filled(valid_from_to, language, base::to_iso8601(certificate.not_before()),
                base::to_iso8601(certificate.not_after())));
    line(filled(key_is, language, key_text(certificate, language)));
    line(filled(fingerprint_is, language, base::to_hex(certificate.fingerprint())));
}

void tell(const trust::CertificateReport& report, Language language, std::string_view indent) {
    tell(report.subject(), language, indent);
    for (const trust::Role role : report.roles)
        print_line(std::string(indent) + filled(role_is, language, trust::to_string(role)));
    tell(report.findings, language, indent);
    if (report.findings.all().empty()) print_line(fmt::format("{}{}", indent, pick(good, language)));
}

void tell(const trust::DocumentReport& report, Language language) {
    tell(report.findings, language, "");
    std::size_t number = 0;
    for (const trust::SignerReport& signer : report.signers) {
        print_line(filled(signer_number, language, ++number));
        if (signer.claimed_at) print_line("  " + filled(claimed, language, base::to_iso8601(*signer.claimed_at)));
        if (signer.proven_at) print_line("  " + filled(proven, language, base::to_iso8601(*signer.proven_at)));
        tell(signer.findings, language, "  ");
        if (signer.certificate)
            tell(*signer.certificate, language, "  ");
        else
            print_line(fmt::format("  {} {}", pick(against, language), pick(no_certificate, language)));
    }
}

void tell_verdict(Verdict verdict, Language language) {
    if (verdict == Verdict::valid) return print_line(pick(is_valid, language));
    print_line(pick(verdict == Verdict::invalid ? is_invalid : is_open, language));
}

boost::json::object to_json(const trust::CertificateReport& report) {
    boost::json::array chain, roles;
    for (const trust::Certificate& one : report.chain)
        chain.push_back(to_json(one));
    for (const trust::Role role : report.roles)
        roles.emplace_back(trust::to_string(role));
    return {{"verdict", name_of(report.verdict())},
            {"chain", std::move(chain)},
            {"roles", std::move(roles)},
            {"findings", to_json(report.findings)}};
}

boost::json::object to_json(const trust::DocumentReport& report) {
    boost::json::array signers;
    for (const trust::SignerReport& one : report.signers)
        signers.push_back(to_json(one));
    return {{"verdict", name_of(report.verdict())},
            {"signers", std::move(signers)},
            {"findings", to_json(report.findings)}};
}

}  // namespace kelisim::app
