// SPDX-License-Identifier: Apache-2.0
#include "consent/access_request.hpp"

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <functional>
#include <map>
#include <set>

#include "base/limits.hpp"
#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using enum RequestState;
using namespace std::chrono_literals;
using Act = std::function<base::Result<void>(AccessRequest&, base::Time)>;

const std::map<std::string, Act> acts = {
    {"ask", [](AccessRequest& r, base::Time t) { return mark_asked(r, t); }},
    {"yes", [](AccessRequest& r, base::Time t) { return answer(r, Answer::yes, ConsentId{}, t); }},
    {"no", [](AccessRequest& r, base::Time t) { return answer(r, Answer::no, {}, t); }},
    {"undeliverable", [](AccessRequest& r, base::Time t) { return mark_undeliverable(r, t); }},
    {"cancel", [](AccessRequest& r, base::Time t) { return cancel(r, t); }},
};

// What each act makes of each state; a pair that does not stand here is refused.
const std::map<std::pair<RequestState, std::string>, RequestState> allowed = {
    {{recorded, "ask"}, asked},        {{recorded, "yes"}, granted},
    {{recorded, "no"}, refused},       {{recorded, "undeliverable"}, undeliverable},
    {{recorded, "cancel"}, cancelled}, {{asked, "yes"}, granted},
    {{asked, "no"}, refused},          {{asked, "undeliverable"}, undeliverable},
    {{asked, "cancel"}, cancelled},
};

std::vector<RequestState> all_states() {
    std::vector<RequestState> states;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<RequestState>>(
        [&](auto d) { states.push_back(d.value); });
    return states;
}

// Every act in every state, the forbidden cells too.
TEST(AccessRequest, MovesAsItsTableSays) {
    for (const RequestState from : all_states()) {
        for (const auto& [name, act] : acts) {
            AccessRequest request = fixture::request(from);
            const auto moved = act(request, fixture::now + 1h);
            const auto cell = allowed.find({from, name});
            EXPECT_EQ(moved.has_value(), cell != allowed.end()) << name << " in " << static_cast<int>(from);
            EXPECT_EQ(request.state, cell == allowed.end() ? from : cell->second);
        }
    }
}

TEST(AccessRequest, TakesNothingAtOrAfterItsExpiry) {
    for (const RequestState from : {recorded, asked}) {
        for (const auto& [name, act] : acts) {
            if (!allowed.contains({from, name})) continue;
            AccessRequest in_time = fixture::request(from);
            EXPECT_TRUE(act(in_time, in_time.expires - 1us).has_value()) << name;
            AccessRequest late = fixture::request(from);
            EXPECT_TRUE(act(late, late.expires).error().has(request_expired)) << name;
            EXPECT_EQ(late.state, from);
        }
    }
}

TEST(AccessRequest, ExpiresOnceAndNotBeforeItsTime) {
    for (const RequestState from : all_states()) {
        AccessRequest early = fixture::request(from);
        EXPECT_TRUE(expire(early, early.expires - 1us).has_error());
        AccessRequest due = fixture::request(from);
        EXPECT_EQ(expire(due, due.expires).has_value(), from == recorded || from == asked);
    }
}

TEST(AccessRequest, IsStoppedBeforeAnybodyWasAskedAndNeverAfter) {
    for (const RequestState from : all_states()) {
        AccessRequest request = fixture::request(from);
        EXPECT_EQ(stop(request).has_value(), from == recorded);
        EXPECT_EQ(request.state, from == recorded ? stopped : from);
    }
}

TEST(AccessRequest, KeepsTheFirstAnswer) {
    AccessRequest request = fixture::request(asked);
    ASSERT_TRUE(answer(request, Answer::no, {}, fixture::now).has_value());
    EXPECT_TRUE(answer(request, Answer::yes, ConsentId{}, fixture::now).error().has(request_closed));
    EXPECT_EQ(request.state, refused);
    EXPECT_FALSE(request.consent);
}

TEST(RequestLife, StaysWithinItsLimits) {
    using namespace base::limits;
    EXPECT_EQ(request_life({}).value(), request_life_default);
    EXPECT_EQ(request_life(request_life_min.count()).value(), request_life_min);
    EXPECT_EQ(request_life(request_life_max.count()).value(), request_life_max);
    for (std::int64_t wrong :
         {std::int64_t{0}, std::int64_t{-1}, request_life_min.count() - 1, request_life_max.count() + 1}) {
        EXPECT_TRUE(request_life(wrong).error().has(request_life_out_of_bounds)) << wrong;
    }
}

}  // namespace
}  // namespace kelisim::consent
