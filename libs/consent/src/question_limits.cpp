// SPDX-License-Identifier: Apache-2.0
#include "consent/question_limits.hpp"

#include <algorithm>
#include <array>

namespace kelisim::consent {

using base::Kind;
using base::Reason;

const Reason question_asker_blocked{
    "question_asker_blocked",
    Kind::forbidden,
    "94-V art. 8",
    {"Адам бұл ұйымның сұрауларын қабылдамайды.", "Человек не принимает вопросов этой организации.",
     "The person accepts no questions of this organisation."}};
const Reason question_too_many_a_day{
    "question_too_many_a_day",
    Kind::too_many,
    "",
    {"Бұл адамға бір тәулікте тым көп сұрау жіберілді.", "Этому человеку за сутки задано слишком много вопросов.",
     "This person was asked too often within a day."}};
const Reason question_too_many_of_asker{
    "question_too_many_of_asker",
    Kind::too_many,
    "",
    {"Сіз бұл адамға бір тәулікте тым көп сұрау жібердіңіз.",
     "Вы задали этому человеку за сутки слишком много вопросов.", "You asked this person too often within a day."}};
const Reason question_too_soon{"question_too_soon",
                               Kind::too_many,
                               "",
                               {"Адам бас тартты немесе жауап бермеді; қайта сұрауға әлі ерте.",
                                "Человек отказал или не ответил; спрашивать снова ещё рано.",
                                "The person refused or did not answer; it is too soon to ask again."}};

namespace {

using namespace std::chrono_literals;

// Of the first wait: five minutes, an hour, a day, a week.
constexpr std::array<int, 4> growth{1, 12, 288, 2016};
constexpr base::Duration memory = 24h * 30;

// Was the person bothered by it.
bool asked(const PastRequest& request) {
    return request.state != RequestState::stopped;
}

bool in_vain(const PastRequest& request) {
    return request.state == RequestState::refused || request.state == RequestState::expired;
}

// From when on the asker waits: silence ends with the request; when a refusal came is not kept, so from the question.
base::Time ended(const PastRequest& request) {
    return request.state == RequestState::expired ? request.expires : request.created;
}

}  // namespace

base::Duration question_memory() {
    return memory;
}

std::vector<const Reason*> question_objections(const std::vector<PastRequest>& past, std::string_view initiator,
                                               bool blocked, const QuestionLimits& limits, base::Time now) {
    std::int64_t of_all = 0, of_asker = 0;
    std::size_t vain = 0;
    bool agreed = false;  // what was refused before the person agreed again is forgiven
    base::Time last_in_vain{};
    for (const PastRequest& request : past) {
        const bool own = request.initiator == initiator;
        if (asked(request) && request.created > now - 24h) {
            ++of_all;
            if (own) ++of_asker;
        }
        if (own && request.state == RequestState::granted) agreed = true;
        if (own && !agreed && in_vain(request) && request.created > now - memory) {
            ++vain;
            last_in_vain = std::max(last_in_vain, ended(request));
        }
    }
    std::vector<const Reason*> reasons;
    if (blocked) reasons.push_back(&question_asker_blocked);
    if (of_all >= limits.person_day_max) reasons.push_back(&question_too_many_a_day);
    if (of_asker >= limits.asker_day_max) reasons.push_back(&question_too_many_of_asker);
    if (vain > 0 && now < last_in_vain + limits.first_wait * growth[std::min(vain, growth.size()) - 1]) {
        reasons.push_back(&question_too_soon);
    }
    return reasons;
}

std::vector<const Reason*> question_reasons(const std::vector<std::string>& codes) {
    std::vector<const Reason*> reasons;
    for (const Reason* reason :
         {&question_asker_blocked, &question_too_many_a_day, &question_too_many_of_asker, &question_too_soon}) {
        if (std::find(codes.begin(), codes.end(), reason->code) != codes.end()) reasons.push_back(reason);
    }
    return reasons;
}

}  // namespace kelisim::consent
