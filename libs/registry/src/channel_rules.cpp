// SPDX-License-Identifier: Apache-2.0
#include "registry/channel_rules.hpp"

namespace kelisim::registry {

using base::Kind;
using base::Reason;

const Reason channel_unified_requirements{"channel_unified_requirements",
                                          Kind::forbidden,
                                          "236/НК п.7",
                                          {"Жүйенің бірыңғай талаптарға сәйкестігі туралы декларациясы жоқ.",
                                           "У системы нет декларации о соответствии единым требованиям.",
                                           "The system has no declaration of conformity to the unified requirements."}};
const Reason channel_test_protocol{
    "channel_test_protocol",
    Kind::forbidden,
    "236/НК п.7",
    {"Жүйенің ақпараттық қауіпсіздік сынақтарының хаттамасы жоқ.",
     "У системы нет протокола испытаний на соответствие требованиям информационной безопасности.",
     "The system has no protocol of security tests."}};
const Reason channel_needs_bank_or_approval{
    "channel_needs_bank_or_approval",
    Kind::forbidden,
    "236/НК п.7(2)",
    {"Өз құралдарын банк немесе уәкілетті органның келісімі бар ұйым қолданады.",
     "Собственными средствами пользуется банк или организация с согласованием уполномоченного органа.",
     "Own means are for banks, or with the approval of the authorized body."}};
const Reason channel_needs_security_centre{
    "channel_needs_security_centre",
    Kind::forbidden,
    "236/НК п.7(2)",
    {"Ақпараттық қауіпсіздіктің жедел орталығы керек.", "Нужен оперативный центр информационной безопасности.",
     "An operations centre for information security is needed."}};
const Reason channel_needs_proactive_provider{"channel_needs_proactive_provider",
                                              Kind::forbidden,
                                              "236/НК п.7(3)",
                                              {"Бұл тәсіл проактивті қызмет көрсететіндерге ғана арналған.",
                                               "Этот способ - только для тех, кто оказывает проактивные услуги.",
                                               "This channel is for those who render proactive services."}};
const Reason channel_initiators_only{"channel_initiators_only",
                                     Kind::forbidden,
                                     "236/НК п.7(4)",
                                     {"Бұл тәсіл бастамашыларға ғана арналған.",
                                      "Этот способ - только для инициаторов.", "This channel is for initiators only."}};

std::vector<const Reason*> channel_objections(const Connection& connection, const Registry& registry) {
    const System& system = *registry.system(connection.initiator);
    const Organisation& owner = *registry.organisation(system.organisation);
    std::vector<const Reason*> found;
    const auto require = [&](bool met, const Reason& reason) {
        if (!met) found.push_back(&reason);
    };
    // "every channel presupposes conformity to the unified requirements and existing security test protocols"
    require(system.unified_requirements_declared, channel_unified_requirements);
    require(!system.security_test_protocol.empty(), channel_test_protocol);
    switch (connection.channel) {
        case Channel::contact_centre:
        case Channel::sms_code:
            break;
        case Channel::own_means:
            require(owner.kind == OrganisationKind::bank || !owner.own_means_approval.empty(),
                    channel_needs_bank_or_approval);
            require(owner.security_operations_centre != SecurityCentre::none, channel_needs_security_centre);
            break;
        case Channel::proactive:
            require(owner.renders_proactive_services, channel_needs_proactive_provider);
            break;
        case Channel::logging:
            require(!registry.base_operator(system.key), channel_initiators_only);
            break;
    }
    return found;
}

}  // namespace kelisim::registry
