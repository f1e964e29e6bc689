// SPDX-License-Identifier: Apache-2.0
#include "registry/data_names.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace kelisim::registry {

namespace {

struct Named {
    std::string_view code, kk, ru;
};

constexpr std::array fields{
    Named{"iin", "ЖСН", "ИИН"},
    Named{"surname", "тегі", "фамилия"},
    Named{"name", "аты", "имя"},
    Named{"patronymic", "әкесінің аты", "отчество"},
    Named{"birthDate", "туған күні", "дата рождения"},
    Named{"gender", "жынысы", "пол"},
    Named{"citizenship", "азаматтығы", "гражданство"},
    Named{"lifeStatus", "өмір мәртебесі", "статус жизни"},
    Named{"documents", "жеке басын куәландыратын құжаттар", "документы, удостоверяющие личность"},
    Named{"addresses", "мекенжайлары", "адреса"},
    Named{"regAddress", "тіркелген мекенжайы", "адрес регистрации"},
    Named{"personCapableStatus", "әрекетке қабілеттілігі", "дееспособность"},
    Named{"missingStatus", "хабар-ошарсыз кетуі", "безвестное отсутствие"},
    Named{"imprisonedStatus", "бас бостандығынан айырылуы", "лишение свободы"},
    Named{"spouse", "жұбайы", "супруг(а)"},
    Named{"children", "балалары", "дети"},
    Named{"phone", "телефоны", "телефон"},
    Named{"bin", "БСН", "БИН"},
    Named{"registrationDate", "тіркелген күні", "дата регистрации"},
    Named{"address", "мекенжайы", "адрес"},
    Named{"firstHead", "бірінші басшысы", "первый руководитель"},
    Named{"position", "заңды тұлғадағы рөлі", "роль в юридическом лице"},
    Named{"share", "жарғылық капиталдағы үлесі", "доля в уставном капитале"},
};

constexpr std::array acts{
    Named{"collection", "жинау", "сбор"},
    Named{"processing", "өңдеу", "обработка"},
    Named{"transfer_to_third_parties", "үшінші тұлғаларға беру", "передача третьим лицам"},
    Named{"cross_border_transfer", "трансшекаралық беру", "трансграничная передача"},
    Named{"publication", "жалпыға бірдей қолжетімді көздерде тарату", "распространение в общедоступных источниках"},
};

Name name_among(std::span<const Named> all, std::string_view code) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Named& each) { return each.code == code; });
    if (at == all.end()) return {std::string(code), std::string(code)};
    return {std::string(at->kk), std::string(at->ru)};
}

}  // namespace

Name name_of_field(std::string_view code) {
    return name_among(fields, code);
}

Name name_of_act(std::string_view code) {
    return name_among(acts, code);
}

}  // namespace kelisim::registry
