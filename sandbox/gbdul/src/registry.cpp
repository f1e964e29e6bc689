// SPDX-License-Identifier: Apache-2.0
#include "gbdul_owner/registry.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "owner/problem.hpp"

namespace kelisim::gbdul {

namespace bj = boost::json;
using base::Kind;
using base::Reason;
using boost::asio::awaitable;
using owner::Answered;
using owner::element;
using owner::leaf;

const Reason legal_entity_unknown{"legal_entity_unknown",
                                  Kind::not_found,
                                  "",
                                  {"Заңды тұлға тізілімде табылмады.", "Юридическое лицо в реестре не найдено.",
                                   "The register does not know the legal entity."}};
const Reason head_differs{"head_differs",
                          Kind::forbidden,
                          "236/НК п.2(8)",
                          {"Токен заңды тұлғаның бірінші басшысынан басқа адамға берілген.",
                           "Токен выдан не на первого руководителя юридического лица.",
                           "The token is not about the first head of the legal entity."}};
const Reason person_not_concerned{
    "person_not_concerned",
    Kind::forbidden,
    "236/НК п.2(8)",
    {"Есепте бұл токеннің адамы туралы мәлімет жоқ.", "В отчёте нет сведений о лице, на которое выдан токен.",
     "The report says nothing of the person whom the token is about."}};

const owner::Role role{.program = "kelisim-gbdul",
                       .description = "Reference registry of legal entities (GBD UL) of the Kelisim sandbox",
                       .system_key = "GBDUL",
                       .client_id = "gbdul",
                       .client_secret = "gbdul-sandbox-secret"};

const owner::Service& info_service() {
    static const owner::Service service{"GbdulInfoByBin_v2", {"firstHead"}};
    return service;
}

const owner::Service& report_service() {
    static const owner::Service service{"GbdulReport3007_KDP", {"iin", "surname", "name", "position", "share"}};
    return service;
}

namespace {

bj::object names_of(const owner::Person& person) {
    return {{"iin", person.iin.reveal()}, {"surname", person.surname}, {"name", person.name}};
}

bj::object info_record(const Entity& entity, const owner::Person& head) {
    return {{"bin", entity.bin},
            {"name", bj::object{{"nameRu", entity.name_ru}, {"nameKz", entity.name_kk}}},
            {"registrationDate", entity.registered_on},
            {"address", entity.address},
            {"firstHead", names_of(head)}};
}

std::string as_head() {
    return owner::entry("position", "head", "Первый руководитель", "Бірінші басшы");
}
std::string as_founder() {
    return owner::entry("position", "founder", "Учредитель", "Құрылтайшы");
}

std::string positions(const Entity& entity, const base::Iin& iin) {
    std::string content = entity.head == iin ? as_head() : std::string();
    const bool founded = std::any_of(entity.founders.begin(), entity.founders.end(),
                                     [&](const Founder& founder) { return founder.iin == iin; });
    return founded ? content + as_founder() : content;
}

// Each reason of every token once; no token at all is a reason too.
base::Refusal nobody(const std::vector<std::optional<base::Refusal>>& refusals) {
    std::vector<const Reason*> reasons;
    for (const auto& refusal : refusals) {
        if (!refusal) continue;
        for (const Reason* reason : refusal->reasons()) {
            if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
        }
    }
    return reasons.empty() ? base::Refusal(owner::token_missing) : base::Refusal(std::move(reasons));
}

}  // namespace

ReportRequest read_report_request(owner::Fields& fields) {
    ReportRequest request{.request_number = fields.required("requestNumber"),
                          .declarant = fields.text("declarantId", base::limits::message_field_bytes_max),
                          .bin = {},
                          .tokens = {}};
    if (!fields.enter("businessData")) {
        if (fields.defects().empty()) fields.wrong(soap::shep_field_missing, "businessData");
        return request;
    }
    request.bin = fields.required("BIN");
    if (fields.enter("InfoAbtToken"))
        request.tokens = fields.tokens("tokens", "Code", "PublicKey", base::limits::tokens_of_message_max);
    return request;
}

bool LegalEntities::serves(std::string_view service) const {
    return service == info_service().key || service == report_service().key;
}

awaitable<soap::Read<Answered>> LegalEntities::answer(const owner::Inquiry& inquiry) {
    if (inquiry.service == info_service().key) co_return co_await inform(inquiry);
    co_return co_await report(inquiry);
}

owner::Response LegalEntities::response(const owner::Inquiry& inquiry, std::string_view ns) const {
    return {.ns = ns,
            .registry_key = role.system_key,
            .registry_ru = "Государственная база данных «Юридические лица» (песочница)",
            .registry_kk = "«Заңды тұлғалар» мемлекеттік дерекқоры (құмсалғыш)",
            .message_id = inquiry.id,
            .date = parts_.kelisim.now(),
            .request_id = {},
            .receiver = inquiry.sender,
            .refused = nullptr,
            .content = {}};
}

awaitable<soap::Read<Answered>> LegalEntities::inform(const owner::Inquiry& inquiry) {
    owner::Fields fields(inquiry.data, info_namespace);
    const InfoRequest request{.person = owner::read_person_request(fields), .bin = fields.required("BIN")};
    if (!fields.defects().empty()) co_return soap::Defects(std::move(fields.defects()));
    const auto entity = co_await admit(request);
    Answered answered;
    owner::Response said = response(inquiry, info_namespace);
    said.request_id = request.person.message_id;
    if (!request.person.sender_code.empty()) said.receiver = request.person.sender_code;
    if (entity) {
        co_await owner::slowed_by(parts_.latency);
        const bj::object record = info_record(**entity, *persons_.find(request.person.iin));
        said.content = element("legalEntity", owner::content_of(record));
    } else {
        answered.refused = entity.error();
        said.refused = &*answered.refused;
    }
    answered.document = owner::to_xml(said, parts_.zone);
    co_return answered;
}

awaitable<base::Result<const Entity*>> LegalEntities::admit(const InfoRequest& request) {
    const std::optional<base::Iin> head = request.person.iin;
    const auto claims =
        co_await owner::opened_by(parts_.kelisim, role.system_key, info_service(), request.person.shown, head);
    if (!claims) co_return claims.error();
    co_return headed_by(request.bin, request.person.iin);
}

base::Result<const Entity*> LegalEntities::headed_by(std::string_view bin, const base::Iin& head) const {
    const auto at = entities_.find(bin);
    if (at == entities_.end()) return legal_entity_unknown;
    if (at->second.head != head) return head_differs;
    return &at->second;
}

awaitable<soap::Read<Answered>> LegalEntities::report(const owner::Inquiry& inquiry) {
    owner::Fields fields(inquiry.data, report_namespace);
    const ReportRequest request = read_report_request(fields);
    if (!fields.defects().empty()) co_return soap::Defects(std::move(fields.defects()));
    Answered answered;
    owner::Response said = response(inquiry, report_answer_namespace);
    said.request_id = request.request_number;
    const auto entity = entities_.find(request.bin);
    if (entity == entities_.end()) {
        answered.refused = base::Refusal(legal_entity_unknown);
    } else {
        std::vector<Shown> shown;
        std::vector<std::optional<base::Refusal>> refusals;
        for (const owner::ShownToken& token : request.tokens) {
            Shown one = co_await open(entity->second, token);
            refusals.push_back(one.refused);
            shown.push_back(std::move(one));
        }
        co_await owner::slowed_by(parts_.latency);
        const bool anybody = std::any_of(shown.begin(), shown.end(), [](const Shown& each) { return each.person; });
        if (!anybody) answered.refused = nobody(refusals);
        said.content = report_content(entity->second, shown);
    }
    if (answered.refused) said.refused = &*answered.refused;
    answered.document = owner::to_xml(said, parts_.zone);
    co_return answered;
}

awaitable<LegalEntities::Shown> LegalEntities::open(const Entity& entity, const owner::ShownToken& shown) {
    const std::optional<base::Iin> whoever;
    const auto claims = co_await owner::opened_by(parts_.kelisim, role.system_key, report_service(), shown, whoever);
    if (!claims) co_return Shown{.person = {}, .refused = claims.error()};
    const auto persons = concerned(entity);
    if (std::find(persons.begin(), persons.end(), claims->subject) == persons.end())
        co_return Shown{.person = {}, .refused = base::Refusal(person_not_concerned)};
    co_return Shown{.person = claims->subject, .refused = {}};
}

std::string LegalEntities::person_content(const Entity& entity, const base::Iin& iin) const {
    std::string content = owner::content_of(names_of(*persons_.find(iin))) + positions(entity, iin);
    for (const Founder& founder : entity.founders) {
        if (founder.iin == iin) content += leaf("share", std::to_string(founder.share));
    }
    return content;
}

// Nobody is left out silently: who has no good token stands under `withheld`, by position alone; and each token, by its number,
// has what became of it.
std::string LegalEntities::report_content(const Entity& entity, const std::vector<Shown>& shown) const {
    std::string given, withheld, tokens;
    for (const base::Iin& iin : concerned(entity)) {
        const bool opened =
            std::any_of(shown.begin(), shown.end(), [&](const Shown& each) { return each.person == iin; });
        (opened ? given : withheld) += element("person", opened ? person_content(entity, iin) : positions(entity, iin));
    }
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto& refused = shown[i].refused;
        tokens += element(
            "token", leaf("number", std::to_string(i + 1)) + owner::result_of("result", refused ? &*refused : nullptr));
    }
    std::string content;
    if (!given.empty()) {
        content += element("legalEntity",
                           leaf("bin", entity.bin) + leaf("nameRu", entity.name_ru) + leaf("nameKz", entity.name_kk));
        content += element("persons", given);
    }
    if (!tokens.empty()) content += element("tokenResults", tokens);
    if (!given.empty() && !withheld.empty()) content += element("withheld", withheld);
    return content;
}

std::vector<owner::RestService> LegalEntities::rest() const {
    const auto give = [this](const owner::RestCall& call) -> base::Result<bj::object> {
        const auto entity = headed_by(call.also, call.iin);
        if (!entity) return entity.error();
        return info_record(**entity, *persons_.find(call.iin));
    };
    return {{.path = "/entity", .service = info_service(), .also = "bin", .record = give}};
}

owner::Opened open(const owner::RegistryParts& parts) {
    auto registry = std::make_unique<LegalEntities>(parts);
    auto rest = registry->rest();
    return {.registry = std::move(registry), .rest = std::move(rest)};
}

}  // namespace kelisim::gbdul
