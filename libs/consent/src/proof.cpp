// SPDX-License-Identifier: Apache-2.0
#include "consent/proof.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace kelisim::consent {

using base::Kind;
using base::Reason;
using registry::Channel;
namespace limits = base::limits;

const Reason proof_missing{"proof_missing",
                           Kind::invalid,
                           "236/НК п.7(2)",
                           {"Бұл тәсілге ұйымның қолы қойылған растау керек.",
                            "Для этого способа нужно подписанное подтверждение организации.",
                            "This channel needs the signed proof of the organisation."}};
const Reason proof_unexpected{"proof_unexpected",
                              Kind::invalid,
                              "236/НК п.7",
                              {"Бұл тәсілде растау қабылданбайды: адамнан қызмет өзі сұрайды.",
                               "Для этого способа подтверждение не принимается: человека спрашивает сам сервис.",
                               "No proof is taken for this channel: the service asks the person itself."}};
const Reason proof_invalid{
    "proof_invalid",
    Kind::forbidden,
    "236/НК п.10(2)",
    {"Растаудың қолтаңбасы не құрылымы жарамсыз.", "Подпись или состав подтверждения недействительны.",
     "The signature or the content of the proof is not valid."}};
const Reason proof_other_organisation{
    "proof_other_organisation",
    Kind::forbidden,
    "236/НК п.10(2)",
    {"Растау басқа ұйымға тиесілі.", "Подтверждение другой организации.", "The proof is of another organisation."}};
const Reason proof_other_person{
    "proof_other_person",
    Kind::forbidden,
    "94-V art. 8",
    {"Растау басқа адамға берілген.", "Подтверждение дано о другом человеке.", "The proof is about another person."}};
const Reason proof_other_request{
    "proof_other_request",
    Kind::forbidden,
    "94-V art. 8",
    {"Растау басқа сұрауға берілген.", "Подтверждение дано для другого запроса.", "The proof is for another request."}};
const Reason proof_not_timely{
    "proof_not_timely",
    Kind::forbidden,
    "236/НК п.7(2)",
    {"Растаудың уақыты сәйкес емес.", "Время подтверждения не подходит.", "The times of the proof do not fit."}};
const Reason proof_method_unknown{
    "proof_method_unknown",
    Kind::forbidden,
    "418-V ст.36(3)",
    {"Адамды растаудың мұндай тәсілі қабылданбайды.", "Такой способ подтверждения личности не принимается.",
     "This way of recognising the person is not accepted."}};
const Reason proof_not_bound{"proof_not_bound",
                             Kind::forbidden,
                             "236/НК п.7(2)",
                             {"Қосылым адамның өзіне байланбаған растауды қабылдамайды.",
                              "Подключение не допускает подтверждения, которое не привязано к человеку.",
                              "The connection takes no proof that is not bound to the person."}};
const Reason proof_reused{
    "proof_reused",
    Kind::conflict,
    "418-V ст.1(39)",
    {"Растау бұрын қолданылған.", "Подтверждение уже использовано.", "The proof was used before."}};
const Reason proof_campaign_unknown{
    "proof_campaign_unknown",
    Kind::forbidden,
    "236/НК п.7(3)",
    {"Қосылудың актісі бойынша мұндай проактивті қызмет жүріп жатқан жоқ.",
     "По акту подключения такая проактивная услуга сейчас не оказывается.",
     "No proactive service of this name is offered today under the act of the connection."}};
const Reason proof_text_missing{
    "proof_text_missing",
    Kind::invalid,
    "418-V ст.19(2)",
    {"Растауда адам оқыған мәтіннің белгісі жоқ.", "В подтверждении нет отпечатка текста, который прочёл человек.",
     "The proof does not name the text that the person read."}};
const Reason proof_text_unknown{"proof_text_unknown",
                                Kind::forbidden,
                                "418-V ст.19(2)",
                                {"Адам оқыған мәтін проактивті қызметтің тіркелген мәтіні емес.",
                                 "Текст, который прочёл человек, не тот, что зарегистрирован для проактивной услуги.",
                                 "The text that the person read is not the one registered for the proactive service."}};

namespace {

bool timely(const Proof& proof, base::Time now) {
    const bool issued = proof.issued <= now + limits::clock_skew && proof.issued < proof.expires;
    const bool live = now < proof.expires + limits::clock_skew;
    return issued && live && proof.expires - proof.issued <= limits::proof_life_max;
}

// Asked, then answered, then signed; and not longer ago than a proof may live.
bool timely(const Proof::Offer& offer, const Proof& proof) {
    return offer.asked <= offer.answered && offer.answered <= proof.issued + limits::clock_skew &&
           proof.issued - offer.answered <= limits::proof_life_max;
}

bool offered(const Proof::Offer& offer, const ProofContext& context) {
    const registry::Campaign* campaign = context.campaign;
    return campaign != nullptr && campaign->code == offer.campaign && campaign->act == context.connection.act &&
           campaign->valid_from <= context.local_day && context.local_day <= campaign->valid_to;
}

// An unknown campaign is objected to by itself.
bool registered(const std::string& text_sha256, const registry::Campaign* campaign) {
    if (campaign == nullptr) return true;
    const auto& texts = campaign->text_sha256;
    return std::find(texts.begin(), texts.end(), text_sha256) != texts.end();
}

bool method_fits(const Proof& proof, Channel channel, std::span<const std::string> methods) {
    // 418-V ст.19(2): consent to a proactive service is given by the subscriber's mobile device.
    if (channel == Channel::proactive) return proof.method == proactive_method;
    return std::find(methods.begin(), methods.end(), proof.method) != methods.end();
}

}  // namespace

std::vector<const Reason*> proof_objections(const Proof& proof, const ProofContext& context) {
    std::vector<const Reason*> found;
    const auto require = [&](bool met, const Reason& reason) {
        if (!met && std::find(found.begin(), found.end(), &reason) == found.end()) found.push_back(&reason);
    };
    const Channel channel = context.connection.channel;
    require(proof.organisation == context.organisation.bin, proof_other_organisation);
    require(proof.details == context.details, proof_other_request);
    require(timely(proof, context.now), proof_not_timely);
    require(method_fits(proof, channel, context.methods), proof_method_unknown);
    // Consent to a proactive service is given by the subscriber's own device, so it is never anybody's (418-V ст.19(2)).
    require(proof.bound || (channel == Channel::own_means && context.connection.bare_proofs_per_hour > 0),
            proof_not_bound);
    if (channel == Channel::proactive) {
        require(proof.offer && offered(*proof.offer, context), proof_campaign_unknown);
        if (proof.offer) {
            require(timely(*proof.offer, proof), proof_not_timely);
            require(!proof.offer->text_sha256.empty(), proof_text_missing);
            require(proof.offer->text_sha256.empty() || registered(proof.offer->text_sha256, context.campaign),
                    proof_text_unknown);
        }
    }
    return found;
}

}  // namespace kelisim::consent
