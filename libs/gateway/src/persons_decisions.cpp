// SPDX-License-Identifier: Apache-2.0
#include "gateway/persons_decisions.hpp"

#include <algorithm>
#include <exception>

#include "gateway/rest.hpp"
#include "gateway/soap_call.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Refusal;
using consent::UseState;

namespace {

constexpr int ok = 200;

}  // namespace

// What becomes of each token.
struct PersonsDecisions::Deciding {
    std::vector<PersonsUse> uses = {};
    std::vector<std::string> repeated = {};  // parts of an answer that was given before
    std::vector<LeftOut> refused = {};
};

boost::asio::awaitable<PersonsDecisions::Decision> PersonsDecisions::decide(const AskedUse& asked) const {
    auto read = read_persons_call(asked.data);
    if (read.has_error()) co_return SoapRefusal{soap::sce_malformed, read.error()};
    const http::Headers& headers = asked.arrival.request.headers;
    for (const auto& beside : {headers.once("kdp-token"), SoapDoor::bearer(headers)}) {
        const auto is_it = [&](const TokenEntry& entry) { return entry.token == *beside; };
        if (beside && std::none_of(read->entries.begin(), read->entries.end(), is_it))
            co_return SoapRefusal{soap::sce_malformed, Refusal(tokens_misplaced)};
    }
    for (const std::string& text : asked.beside)
        collect_persons(text, read->persons);
    Deciding deciding;
    std::exception_ptr broken;
    try {
        co_await reserve_each(asked, *read, deciding);
    } catch (...) {
        broken = std::current_exception();
    }
    if (broken) {
        give_back(deciding.uses);
        std::rethrow_exception(broken);
    }
    co_return concluded(asked, std::move(deciding));
}

// One unit a token: on several nodes each person's books may lie elsewhere.
boost::asio::awaitable<void> PersonsDecisions::reserve_each(const AskedUse& asked, const PersonsCall& read,
                                                            Deciding& deciding) const {
    struct Shown {
        std::size_t number;
        access::Introspection::Active active;
    };
    std::vector<Shown> shown;
    for (std::size_t i = 0; i < read.entries.size(); ++i) {
        const TokenEntry& entry = read.entries[i];
        const std::size_t number = i + 1;
        if (entry.token.empty()) continue;
        auto active = co_await decisions_.live(asked, entry.token);
        const bool twice = active.has_value() && std::any_of(shown.begin(), shown.end(), [&](const Shown& other) {
                               return other.active.claims.subject == active->claims.subject;
                           });
        if (active.has_error())
            deciding.refused.push_back({number, active.error()});
        else if (!entry.public_key.empty() && !decisions_.knows_key(entry.public_key))
            deciding.refused.push_back({number, Refusal(public_key_foreign)});
        else if (twice)
            deciding.refused.push_back({number, Refusal(token_person_twice)});
        else
            shown.push_back({number, std::move(*active)});
    }
    // Whoever is named and has no token here is nobody's: no decision lets that pass, and each of them is recorded.
    std::vector<base::Iin> strangers = read.persons;
    std::erase_if(strangers, [&](const base::Iin& named) {
        return std::any_of(shown.begin(), shown.end(),
                           [&](const Shown& each) { return each.active.claims.subject == named; });
    });
    for (const Shown& each : shown) {
        std::vector<base::Iin> persons = strangers;
        persons.insert(persons.begin(), each.active.claims.subject);
        auto decision = co_await decisions_.reserve(asked, each.active.id, std::move(persons));
        if (auto* objected = std::get_if<access::Objected>(&decision))
            deciding.refused.push_back({each.number, std::move(objected->refusal)});
        else if (auto* repeated = std::get_if<access::Repeated>(&decision))
            deciding.repeated.push_back(std::move(repeated->answer.body));
        else
            deciding.uses.push_back({each.number, std::move(std::get<access::Reserved>(decision))});
    }
}

PersonsDecisions::Decision PersonsDecisions::concluded(const AskedUse& asked, Deciding deciding) const {
    std::sort(deciding.refused.begin(), deciding.refused.end(),
              [](const LeftOut& a, const LeftOut& b) { return a.number < b.number; });
    if (!deciding.repeated.empty()) {
        if (auto answer = joined_answer(deciding.repeated); answer && deciding.uses.empty())
            return access::Repeated{{ok, *std::move(answer)}};
        // Some of its persons are not to be told of any more, and it is one answer.
        give_back(deciding.uses);
        SoapRefusal refused{kls_conflict, Refusal(access::use_answered_before)};
        refused.sub = as_errors(deciding.refused, refused.code, clock_.now());
        return refused;
    }
    if (deciding.uses.empty() && deciding.refused.empty()) return SoapRefusal{kls_refused, Refusal(token_missing)};
    // What became of this message before is not known of all, or it is under way.
    const bool conflict = std::any_of(deciding.refused.begin(), deciding.refused.end(),
                                      [](const LeftOut& each) { return each.why.first().kind == Kind::conflict; });
    const bool cannot_leave_out = !deciding.refused.empty() && is_signed(asked.data);
    if (deciding.uses.empty() || conflict || cannot_leave_out) {
        give_back(deciding.uses);
        SoapRefusal refused{conflict ? kls_conflict : kls_refused, all_reasons(deciding.refused)};
        refused.sub = as_errors(deciding.refused, refused.code, clock_.now());
        if (cannot_leave_out && !deciding.uses.empty()) {
            auto reasons = refused.why.reasons();
            reasons.push_back(&data_signed);
            refused.why = Refusal(std::move(reasons));
        }
        return refused;
    }
    return Permitted{.uses = std::move(deciding.uses), .left_out = std::move(deciding.refused)};
}

void PersonsDecisions::give_back(const std::vector<PersonsUse>& uses) const {
    for (const PersonsUse& each : uses)
        outcomes_.book(each.reserved.id, UseState::not_sent, {});
}

}  // namespace kelisim::gateway
