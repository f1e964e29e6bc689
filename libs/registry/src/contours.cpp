// SPDX-License-Identifier: Apache-2.0
#include "registry/contours.hpp"

#include <algorithm>

namespace kelisim::registry {

using base::Kind;
using base::Reason;

const Reason contour_certification_authority{
    "contour_certification_authority",
    Kind::forbidden,
    "307/НК п.3(1)",
    {"Куәландырушы орталықтардың сервистері шлюз арқылы интеграцияланбайды.",
     "Сервисы удостоверяющих центров не интегрируются через шлюз.",
     "Services of certification authorities are not integrated through the gateway."}};
const Reason contour_state_secrets{"contour_state_secrets",
                                   Kind::forbidden,
                                   "307/НК п.3(2)",
                                   {"Мемлекеттік құпиялары бар жүйелер шлюз арқылы интеграцияланбайды.",
                                    "Системы с государственными секретами не интегрируются через шлюз.",
                                    "Systems with state secrets are not integrated through the gateway."}};
const Reason contour_official_use{
    "contour_official_use",
    Kind::forbidden,
    "307/НК п.3(2)",
    {"«Қызмет бабында пайдалану үшін» белгісі бар мәліметтері бар жүйелер шлюз арқылы интеграцияланбайды.",
     "Системы со сведениями «Для служебного пользования» не интегрируются через шлюз.",
     "Systems with information marked 'for official use' are not integrated through the gateway."}};
const Reason contour_analytics_space{
    "contour_analytics_space",
    Kind::forbidden,
    "307/НК п.3(3)",
    {"Талдауға арналған бірыңғай деректер кеңістігінің жүйелері осы рөлде шлюз арқылы интеграцияланбайды.",
     "Системы единого пространства данных для аналитики в этой роли не интегрируются через шлюз.",
     "Systems of the single data space for analytics are not integrated through the gateway in that role."}};
const Reason contour_open_data{"contour_open_data",
                               Kind::forbidden,
                               "307/НК п.3(4)",
                               {"Ашық деректер шлюз арқылы берілмейді: олар өз мекенжайында еркін қолжетімді.",
                                "Открытые данные не передаются через шлюз: они свободно доступны по своему адресу.",
                                "Open data do not pass the gateway: they are open to everybody at their own address."}};
const Reason contour_outside_environment{
    "contour_outside_environment",
    Kind::forbidden,
    "307/НК п.2(26)",
    {"Жүйе бірыңғай көлік ортасынан тыс: сыртқы шлюздің мекенжайын қолданыңыз.",
     "Система находится вне единой транспортной среды: используйте адрес внешнего шлюза (ВШЭП).",
     "The system is outside the unified transport environment: use the address of the external gateway (VSHEP)."}};
const Reason contour_external_side_only{
    "contour_external_side_only",
    Kind::forbidden,
    "307/НК п.4",
    {"Мемлекеттік емес жүйе мемлекеттік жүйеге тек сыртқы шлюз арқылы қосылады.",
     "Негосударственная система обращается к государственной только через внешний шлюз (ВШЭП).",
     "A non-state system reaches a state system only through the external gateway (VSHEP)."}};
const Reason contour_agreement_missing{"contour_agreement_missing",
                                       Kind::forbidden,
                                       "307/НК п.4",
                                       {"Ақпараттық қауіпсіздік бойынша бірлескен жұмыстар шарты тіркелмеген.",
                                        "Не зарегистрирован договор совместных работ по информационной безопасности.",
                                        "No joint agreement on information security is on file."}};
const Reason contour_agreement_over{"contour_agreement_over",
                                    Kind::forbidden,
                                    "307/НК п.4",
                                    {"Ақпараттық қауіпсіздік бойынша бірлескен жұмыстар шарты қазір күшінде емес.",
                                     "Договор совместных работ по информационной безопасности сейчас не действует.",
                                     "The joint agreement on information security is not in force now."}};
const Reason contour_payment_side_only{
    "contour_payment_side_only",
    Kind::forbidden,
    "418-V ст.43(2)",
    {"Төлем сұраулары төлем шлюзі арқылы жіберіледі.", "Запросы на платежи идут через платёжный шлюз (ПШЭП).",
     "Requests for payments go by the payment gateway (PSHEP)."}};
const Reason contour_payments_only{"contour_payments_only",
                                   Kind::forbidden,
                                   "418-V ст.44(1)",
                                   {"Төлем шлюзі арқылы тек төлем сұраулары жіберіледі.",
                                    "Через платёжный шлюз (ПШЭП) идут только запросы на платежи.",
                                    "Nothing but requests for payments goes by the payment gateway (PSHEP)."}};
const Reason contour_payment_with_personal_data{
    "contour_payment_with_personal_data",
    Kind::forbidden,
    "418-V ст.28(1)",
    {"Төлем сервисі дербес деректерді бермейді.", "Платёжный сервис не передаёт персональные данные.",
     "A service of payments does not hand out personal data."}};

namespace {

class Objections {
public:
    void require(bool met, const Reason& reason) {
        const bool there = std::find(found_.begin(), found_.end(), &reason) != found_.end();
        if (!met && !there) found_.push_back(&reason);
    }
    void integrates(const System& system) {
        const auto free_of = [&](Exclusion exclusion) {
            return std::find(system.exclusions.begin(), system.exclusions.end(), exclusion) == system.exclusions.end();
        };
        require(free_of(Exclusion::state_secrets), contour_state_secrets);
        require(free_of(Exclusion::official_use), contour_official_use);
        require(free_of(Exclusion::analytics_space), contour_analytics_space);
    }
    void integrates(ServiceKind kind, bool personal_data) {
        require(kind != ServiceKind::certification_authority, contour_certification_authority);
        require(kind != ServiceKind::open_data, contour_open_data);
        require(kind != ServiceKind::payment || !personal_data, contour_payment_with_personal_data);
    }
    std::vector<const Reason*> found() && { return std::move(found_); }

private:
    std::vector<const Reason*> found_;
};

bool holds(const SecurityAgreement& agreement, std::string_view local_day) {
    return agreement.withdrawn.empty() && agreement.signed_on <= local_day && local_day <= agreement.valid_to;
}

bool party_to(const SecurityAgreement& agreement, std::string_view bin) {
    return std::find(agreement.parties.begin(), agreement.parties.end(), bin) != agreement.parties.end();
}

bool signed_by_operator(const SecurityAgreement& agreement, const Registry& registry) {
    return std::any_of(agreement.parties.begin(), agreement.parties.end(), [&](const std::string& bin) {
        return registry.organisation(bin)->kind == OrganisationKind::egov_operator;
    });
}

}  // namespace

std::vector<const Reason*> contour_objections(const ContourCall& call) {
    Objections objections;
    objections.integrates(call.caller);
    objections.integrates(call.callee);
    objections.integrates(call.kind, call.personal_data);
    const bool non_state = call.caller.ownership == Ownership::non_state;
    if (call.side == Side::inside) {
        objections.require(call.caller.contour == Contour::ets, contour_outside_environment);
        objections.require(!non_state || call.callee.ownership == Ownership::non_state, contour_external_side_only);
    }
    const bool payment = call.kind == ServiceKind::payment;
    objections.require(!payment || call.side == Side::payment, contour_payment_side_only);
    objections.require(payment || call.side != Side::payment, contour_payments_only);
    // Whichever of the two is the state's: the agreement is about their integration and not about who speaks first.
    if (call.caller.ownership != call.callee.ownership) {
        objections.require(call.agreement != AgreementState::none, contour_agreement_missing);
        objections.require(call.agreement != AgreementState::over, contour_agreement_over);
    }
    return std::move(objections).found();
}

std::vector<const Reason*> contour_objections(const System& system) {
    Objections objections;
    objections.integrates(system);
    return std::move(objections).found();
}

std::vector<const Reason*> contour_objections(const IntegrationService& service) {
    Objections objections;
    objections.integrates(service.kind, service.personal_data);
    return std::move(objections).found();
}

AgreementState agreement_between(const Registry& registry, const System& one, const System& other,
                                 std::string_view local_day) {
    const bool one_is_state = one.ownership == Ownership::state;
    const System& state_system = one_is_state ? one : other;
    const System& non_state_system = one_is_state ? other : one;
    AgreementState found = AgreementState::none;
    for (const SecurityAgreement* agreement : registry.agreements()) {
        const bool theirs =
            party_to(*agreement, non_state_system.organisation) &&
            (party_to(*agreement, state_system.organisation) || signed_by_operator(*agreement, registry));
        if (!theirs) continue;
        if (holds(*agreement, local_day)) return AgreementState::stands;
        found = AgreementState::over;
    }
    return found;
}

std::vector<const Reason*> contour_objections(const Registry& registry, const Arriving& arriving,
                                              const IntegrationService& service) {
    return contour_objections(registry, arriving, service, *registry.system(service.owner));
}

std::vector<const Reason*> contour_objections(const Registry& registry, const Arriving& arriving,
                                              const IntegrationService& service, const System& callee) {
    return contour_objections(
        ContourCall{.caller = arriving.caller,
                    .callee = callee,
                    .kind = service.kind,
                    .personal_data = service.personal_data,
                    .side = arriving.side,
                    .agreement = agreement_between(registry, arriving.caller, callee, arriving.local_day)});
}

std::vector<const Reason*> contour_objections(const Registry& registry, const Arriving& arriving) {
    static const System itself{.key = "",
                               .organisation = "",
                               .contour = Contour::ets,
                               .client_id = "",
                               .exempt_ground = "",
                               .ownership = Ownership::state};
    return contour_objections(
        ContourCall{.caller = arriving.caller,
                    .callee = itself,
                    .kind = ServiceKind::ordinary,
                    .personal_data = false,
                    .side = arriving.side,
                    .agreement = agreement_between(registry, arriving.caller, itself, arriving.local_day)});
}

}  // namespace kelisim::registry
