// SPDX-License-Identifier: Apache-2.0
// 418-V ст.38(3): what a person is given to keep is in Kazakh and Russian; English beside them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/list.hpp>

#include "consent/consent.hpp"
#include "members.hpp"
#include "receipts/receipt.hpp"

namespace kelisim::receipts {

using base::Language;
using boost::json::object;

namespace {

struct Said {
    std::string_view event;
    base::Text text;
};

// Of what happened; `by_law`: where a ground of 94-V art. 9 stood in for the person.
constexpr std::array said{
    Said{"request.granted",
         {"Деректерге қол жеткізуге келісім берілді", "На доступ к данным дано согласие",
          "Access to the data was agreed to"}},
    Said{"request.refused",
         {"Деректерге қол жеткізуге келісім берілмеді (бас тартылды)", "В доступе к данным отказано",
          "Access to the data was refused"}},
    Said{"request.expired",
         {"Сұрау жауапсыз жабылды, деректер берілмеді", "Запрос закрыт без ответа, данные не переданы",
          "The request was closed without an answer; no data were passed on"}},
    Said{"request.undeliverable",
         {"Сұрауды жеткізу мүмкін болмады, деректер берілмеді", "Запрос не удалось доставить, данные не переданы",
          "The request could not be delivered; no data were passed on"}},
    Said{"request.cancelled",
         {"Сұрау жауапсыз тоқтатылды, деректер берілмеді", "Запрос прекращён без ответа, данные не переданы",
          "The request was ended without an answer; no data were passed on"}},
    Said{"request.stopped",
         {"Сұрау адамға қойылмады: шектеу оны тоқтатты", "Запрос человеку не задан: его остановило ограничение",
          "The question was not put to the person: a limit stopped it"}},
    Said{"consent.granted", {"Келісім берілді", "Дано согласие", "Consent was given"}},
    Said{"consent.paused", {"Келісім тоқтатыла тұрды", "Согласие приостановлено", "Consent was paused"}},
    Said{"consent.resumed", {"Келісім қайта жалғастырылды", "Согласие возобновлено", "Consent was resumed"}},
    Said{"consent.extended", {"Келісім мерзімі ұзартылды", "Согласие продлено", "Consent was extended"}},
    Said{"consent.withdrawn", {"Келісім кері қайтарып алынды", "Согласие отозвано", "Consent was withdrawn"}},
    Said{"consent.restored",
         {"Ұйым қарсылық білдірді: келісім жаңа нұсқада жалғасады",
          "Организация возразила: согласие продолжается в новой версии",
          "The organisation objected: consent goes on in a new version"}},
    Said{"consent.deletion_confirmed",
         {"Ұйым деректерді жойғанын растады", "Организация подтвердила уничтожение данных",
          "The organisation confirmed that it deleted the data"}},
    Said{"consent.expired", {"Келісім мерзімі өтті", "Срок согласия истёк", "The term of the consent is over"}},
    Said{"consent.exhausted",
         {"Келісім бойынша барлық пайдалану аяқталды", "Согласие использовано полностью",
          "All uses under the consent are made"}},
    Said{"consent.invalidated",
         {"Келісім негізінен айырылды", "Согласие утратило основание", "The consent lost its basis"}},
    Said{"use.reserved",
         {"Деректерді сұрауға рұқсат берілді", "Вызов данных допущен", "A call for the data was admitted"}},
    Said{"use.delivered", {"Деректер берілді", "Данные переданы", "The data were passed on"}},
    Said{"use.not_sent",
         {"Деректер берілмеді, пайдалану есептелмеді", "Данные не переданы, использование не засчитано",
          "No data were passed on; the use does not count"}},
    Said{"use.unknown",
         {"Деректердің берілгені белгісіз, пайдалану есептелді",
          "Неизвестно, переданы ли данные; использование засчитано",
          "It is not known whether the data were passed on; the use counts"}},
    Said{"use.refused",
         {"Деректерді сұрау қабылданбады, деректер берілмеді", "В вызове данных отказано, данные не переданы",
          "A call for the data was refused; no data were passed on"}},
    Said{"own_look.reserved",
         {"Өз деректері кабинетте қаралды", "Собственные данные просмотрены в кабинете",
          "One's own data were looked at in the cabinet"}},
};

constexpr base::Text by_law_ended{"Заң негізінде берілген рұқсат аяқталды", "Допуск по закону закончился",
                                  "What the law permitted has ended"};
constexpr base::Text by_law{"Заң негізінде, келісімсіз рұқсат етілді", "Допущено по закону, без согласия",
                            "Permitted by law, without a consent"};

constexpr base::Text when{"Уақыты", "Когда", "When"};
constexpr base::Text person{"Кімнің деректері, ЖСН", "Чьи данные, ИИН", "Whose data, IIN"};
constexpr base::Text organisation{"Ұйым, БСН", "Организация, БИН", "Organisation, BIN"};
constexpr base::Text purpose{"Мақсаты", "Цель", "Purpose"};
constexpr base::Text source{"Деректер көзі", "Источник данных", "Source of the data"};
constexpr base::Text data{"Деректер", "Данные", "Data"};
constexpr base::Text acts{"Әрекеттер", "Действия", "Acts"};
constexpr base::Text ground{"Заң негізі", "Основание в законе", "Ground in the law"};
constexpr base::Text answer_by{"Жауап қабылданған мерзім", "Ответ принимался до", "An answer was taken until"};
constexpr base::Text valid_until{"Жарамды мерзімі", "Действует до", "Valid until"};
constexpr base::Text uses_max{"Ең көп пайдалану саны", "Использований не более", "Uses at most"};
constexpr base::Text means_label{"Жауап қалай алынды", "Как получен ответ", "How it was answered"};
constexpr base::Text decided_for{"Шешкен", "Решил(а)", "Decided by"};
constexpr base::Text representative{"заңды өкіл", "законный представитель", "the legal representative"};
constexpr base::Text because{"Себебі", "Причина", "Reason"};
constexpr base::Text included_by{"Журналға енгізілетін мерзім", "Должно быть в журнале не позднее",
                                 "To be in the ledger by"};

constexpr std::array means{
    Said{"sms_reply", {"SMS-жауаппен", "ответом по SMS", "by a reply to an SMS"}},
    Said{"own_means", {"ұйымның өз құралдарымен", "средствами организации", "by means of the organisation"}},
    Said{"own_means_unbound",
         {"ұйымның өз құралдарымен; растауда кім екеніңіз аталмаған",
          "средствами организации; в её подтверждении вы не названы",
          "by means of the organisation; its proof does not name you"}},
    Said{"proactive", {"проактивті қызмет аясында", "в рамках проактивной услуги", "within a proactive service"}},
    Said{"sms_code", {"SMS-кодпен", "кодом из SMS", "by a code of an SMS"}},
    Said{"cabinet_code", {"кабинетте кодпен", "кодом в кабинете", "by a code in the cabinet"}},
    Said{"cabinet_eds",
         {"кабинетте ЭЦҚ қойылған құжатпен", "в кабинете документом с ЭЦП",
          "in the cabinet, by a document signed with an EDS"}},
    Said{"ground", {"ешкім сұралмады", "никого не спрашивали", "nobody was asked"}},
};
static_assert(means.size() == boost::mp11::mp_size<boost::describe::describe_enumerators<consent::Means>>::value,
              "a person reads each of them");

std::string_view pick(const base::Text& text, Language language) {
    if (language == Language::en) return text.en;
    return language == Language::kk ? text.kk : text.ru;
}

template <std::size_t size>
const base::Text* find_text(const std::array<Said, size>& all, std::string_view name) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Said& each) { return each.event == name; });
    return at == all.end() ? nullptr : &at->text;
}

// "22.11.2026 03:27:05 (UTC+05:00)"
std::string local(base::Time t, const base::Zone& zone) {
    const auto offset = zone.offset(t);
    const auto shifted = std::chrono::floor<std::chrono::seconds>(t) + offset;
    const std::chrono::hh_mm_ss time{shifted - std::chrono::floor<std::chrono::days>(shifted)};
    const auto east = std::chrono::duration_cast<std::chrono::minutes>(std::chrono::abs(offset)).count();
    return fmt::format("{} {:02}:{:02}:{:02} (UTC{}{:02}:{:02})", zone.date(t), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), offset.count() < 0 ? '-' : '+', east / 60,
                       east % 60);
}

// Of texts in several languages: in this one, else in Russian, else the first.
std::string_view in_language(const boost::json::value* texts, Language language) {
    const boost::json::array* list = texts == nullptr ? nullptr : texts->if_array();
    if (list == nullptr) return {};
    std::string_view russian, first;
    for (const boost::json::value& each : *list) {
        const object* text = each.if_object();
        if (text == nullptr) continue;
        const std::string_view value = text_at(*text, {"@value"}), tag = text_at(*text, {"@language"});
        if (tag == base::to_string(language)) return value;
        if (tag == "ru") russian = value;
        if (first.empty()) first = value;
    }
    return russian.empty() ? first : russian;
}

// {"dct:identifier", "dct:title"}: codes are English words, so a reader of English is shown those.
std::string_view name_of(const object& named, Language language) {
    const std::string_view title = in_language(named.if_contains("dct:title"), language);
    return title.empty() ? text_at(named, {"dct:identifier"}) : title;
}
std::string_view code_or_name(const object& named, Language language) {
    return language == Language::en ? text_at(named, {"dct:identifier"}) : name_of(named, language);
}

class Lines {
public:
    Lines(const object& receipt, Language language, const base::Zone& zone)
        : receipt_(receipt), language_(language), zone_(zone) {}

    std::string take() && { return std::move(text_); }

    void heading() {
        const std::string_view event = event_;
        const base::Text* text = status_ == "kelisim:PermittedByLaw"         ? &by_law
                                 : status_ == "kelisim:PermissionByLawEnded" ? &by_law_ended
                                                                             : find_text(said, event);
        text_ = text == nullptr ? std::string(event) : std::string(pick(*text, language_));
    }
    void add(const base::Text& label, std::string_view value) {
        if (!value.empty()) text_ += fmt::format("\n{}: {}", pick(label, language_), value);
    }
    void time(const base::Text& label, std::string_view value) {
        const auto at = base::parse_time(value);
        if (at.has_value()) add(label, local(*at, zone_));
    }
    void list(const base::Text& label, std::string_view name,
              std::string_view (*shown)(const object&, Language) = code_or_name) {
        const boost::json::value* value = member(receipt_, {"dpv:hasRecord", "dpv:hasProcess", name});
        const boost::json::array* all = value == nullptr ? nullptr : value->if_array();
        if (all == nullptr) return;
        std::string joined;
        for (const boost::json::value& each : *all) {
            const object* one = each.if_object();
            if (one != nullptr) joined += fmt::format("{}{}", joined.empty() ? "" : ", ", shown(*one, language_));
        }
        add(label, joined);
    }
    void whom() {
        constexpr std::string_view iin = "IIN ", bin = "BIN ";
        std::string_view subject = text_at(receipt_, {"dpv:hasRecord", "dpv:hasDataSubject", "dct:identifier"});
        if (subject.starts_with(iin)) add(person, subject.substr(iin.size()));
        std::string_view number = text_at(receipt_, {"dpv:hasRecord", "dpv:hasDataController", "dct:identifier"});
        if (!number.starts_with(bin)) return;
        const std::string_view name =
            in_language(member(receipt_, {"dpv:hasRecord", "dpv:hasDataController", "dpv:hasName"}), language_);
        add(organisation, fmt::format("{}, {}", name, number.substr(bin.size())));
    }
    void what_for() {
        const boost::json::value* value = member(receipt_, {"dpv:hasRecord", "dpv:hasProcess", "dpv:hasPurpose"});
        if (value != nullptr && value->is_object()) add(purpose, name_of(value->get_object(), language_));
        value = member(receipt_, {"dpv:hasRecord", "dpv:hasProcess", "dpv:hasLegalBasis"});
        if (value != nullptr && value->is_object() && text_at(value->get_object(), {"@type"}) == "dpv:LegalObligation")
            add(ground, name_of(value->get_object(), language_));
    }
    void how_long() {
        const bool of_request = event_.starts_with("request.");
        time(of_request ? answer_by : valid_until, text_at(receipt_, {"dpv:hasRecord", "dct:valid"}));
        const boost::json::value* most =
            member(receipt_, {"dpv:hasRecord", "dpv:hasProcess", "dpv:hasFrequency", "kelisim:usesMax"});
        if (most != nullptr && most->is_int64() && most->get_int64() > 0)
            add(uses_max, fmt::format("{}", most->get_int64()));
    }
    void by_whom() {
        const base::Text* how = find_text(means, text_at(receipt_, {"dpv:hasRecord", "dpv:hasIndicationMethod"}));
        if (how != nullptr) add(means_label, pick(*how, language_));
        if (text_at(receipt_, {"dpv:hasRecord", "kelisim:decider"}) == "representative")
            add(decided_for, pick(representative, language_));
    }
    void why_not() {
        const boost::json::value* value = member(receipt_, {"dpv:hasRecord", "kelisim:refusedFor"});
        const boost::json::array* all = value == nullptr ? nullptr : value->if_array();
        if (all == nullptr) return;
        for (const boost::json::value& each : *all) {
            if (each.is_object())
                add(because, in_language(each.get_object().if_contains("dct:description"), language_));
        }
    }

private:
    std::string_view of_status(std::string_view name) const {
        const std::string_view found = text_at(receipt_, {"dpv:hasRecord", "dpv:hasConsentStatus", name});
        return found.empty() ? text_at(receipt_, {"dpv:hasRecord", "dpv:hasActivityStatus", name}) : found;
    }

    const object& receipt_;
    const Language language_;
    const base::Zone& zone_;
    const std::string_view event_ = of_status("kelisim:event");
    const std::string_view status_ = of_status("@type");
    std::string text_;
};

}  // namespace

std::string in_words(const object& receipt, Language language, const base::Zone& zone) {
    Lines lines(receipt, language, zone);
    lines.heading();
    lines.time(when, text_at(receipt, {"dct:issued"}));
    lines.whom();
    lines.what_for();
    lines.list(source, "dpv:hasDataSource", name_of);
    lines.list(data, "dpv:hasPersonalData");
    lines.list(acts, "dpv:hasProcessing");
    lines.how_long();
    lines.by_whom();
    lines.why_not();
    lines.time(included_by, text_at(receipt, {"kelisim:entry", "kelisim:includedBy"}));
    return std::move(lines).take();
}

}  // namespace kelisim::receipts
