// SPDX-License-Identifier: Apache-2.0
#include "access/status_places.hpp"

#include <gmock/gmock.h>

#include <set>

#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using records::StatusPlace;
using records::TokenStatus;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace limits = base::limits;

class StatusPlacesTest : public ::testing::Test {
protected:
    StatusPlace take(store::WriteSession& session) {
        return world.service->index.places().take(session, world.records, records::TokenKind::access, world.entropy,
                                                  world.clock.now());
    }
    std::vector<std::int64_t> live() {
        return world.look([&](store::ReadSession& session) {
            return world.records.status_lists.live(session, world.clock.now(), limits::status_lists_max);
        });
    }
    StatusPlace place_of(const IssuedToken& token) {
        return world.look([&](store::ReadSession& session) {
            return world.records.tokens.find(session, id_of(token))->place.value();
        });
    }
    TokenStatus status_of(const IssuedToken& token) {
        const StatusPlace place = place_of(token);
        TokenStatus found = TokenStatus::valid;
        world.store.readers().read([&](store::ReadSession& session) {
            world.records.tokens.each_not_valid(session, place.list, [&](std::int64_t index, TokenStatus status) {
                if (index == place.index) found = status;
            });
        });
        return found;
    }
    std::uint64_t changes(const IssuedToken& token) {
        return world.service->index.places().changes(place_of(token).list);
    }
    template <class F>
    void steer(F step) {
        const consent::ConsentId id = world.consent_of(request).id;
        const consent::SubjectId abai = world.consent_of(request).subject;
        world
            .unit([&](store::WriteSession& session) {
                return (world.service->persons.steering.*step)(session, {.by = abai, .whose = abai}, id,
                                                               world.clock.now());
            })
            .value();
    }
    IssuedToken issued() { return redeem(world, request, world.bank()).value(); }

    World world;
    const consent::RequestId request = granted(world, person::abai());
};

TEST_F(StatusPlacesTest, NoTwoTokensShareAPlaceAndPlacesAreNotInOrder) {
    std::set<std::pair<std::int64_t, std::int64_t>> places;
    std::vector<std::int64_t> order;
    world.unit([&](store::WriteSession& session) {
        for (int i = 0; i < 5000; ++i) {
            const StatusPlace place = take(session);
            EXPECT_TRUE(places.emplace(place.list, place.index).second);
            EXPECT_LT(place.index, static_cast<std::int64_t>(limits::status_list_places));
            order.push_back(place.index);
        }
    });
    EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(live().size(), 1U);
}

TEST_F(StatusPlacesTest, AFullListIsFollowedByAnother) {
    world.unit([&](store::WriteSession& session) {
        const std::int64_t first = take(session).list;
        for (std::size_t i = 1; i < limits::status_list_tokens_max; ++i)
            EXPECT_EQ(take(session).list, first);
        EXPECT_EQ(take(session).list, first + 1) << "one over";
    });
    EXPECT_THAT(live(), ElementsAre(1, 2));
}

TEST_F(StatusPlacesTest, AListTakesTokensForItsWindowAndDiesWithTheLastOfThem) {
    const auto first = issued();
    world.clock.advance(limits::status_list_window - 1s);
    EXPECT_EQ(place_of(issued()).list, place_of(first).list);
    world.clock.advance(1s);
    const auto later = issued();
    EXPECT_EQ(place_of(later).list, place_of(first).list + 1);
    world.clock.advance(limits::access_token_life - 1us);
    EXPECT_THAT(live(), ElementsAre(1, 2));
    world.clock.advance(1us);
    EXPECT_THAT(live(), ElementsAre(2));
}

TEST_F(StatusPlacesTest, AListWhoseFirstUnitWasUndoneIsThereAllTheSame) {
    StatusPlace undone;
    EXPECT_THROW(world.unit([&](store::WriteSession& session) {
        undone = take(session);
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_THAT(live(), IsEmpty());
    const auto place = place_of(issued());
    EXPECT_EQ(place.list, undone.list);
    EXPECT_NE(place.index, undone.index);
    EXPECT_THAT(live(), ElementsAre(place.list));
}

TEST_F(StatusPlacesTest, ARestartBeginsANewListAndKeepsWhatTheOldOneSays) {
    const auto before = issued();
    world.unit([&](store::WriteSession& session) {
        return world.service->tokens.revoke(session, id_of(before), world.bank(), world.clock.now());
    });
    world.restart();
    EXPECT_EQ(status_of(before), TokenStatus::invalid);
    const auto after = issued();
    EXPECT_EQ(place_of(after).list, place_of(before).list + 1);
    world.clock.advance(2 * limits::status_list_window);
    world.unit([&](store::WriteSession& session) {
        world.records.status_lists.forget_old(session, world.clock.now());
        return true;
    });
    world.restart();
    EXPECT_EQ(place_of(issued()).list, place_of(after).list + 1) << "a number is never given twice";
}

// draft-ietf-oauth-status-list: SUSPENDED is "temporarily invalid", INVALID "irreversible".
TEST_F(StatusPlacesTest, ATokenIsSuspendedWhileItsConsentIsPausedAndInvalidAfter) {
    const auto before = issued();
    const auto revoked = issued();
    world.unit([&](store::WriteSession& session) {
        return world.service->tokens.revoke(session, id_of(revoked), world.bank(), world.clock.now());
    });
    steer(&Steering::pause);
    EXPECT_EQ(status_of(before), TokenStatus::suspended);
    EXPECT_EQ(status_of(revoked), TokenStatus::invalid) << "irreversible";
    steer(&Steering::resume);
    EXPECT_EQ(status_of(before), TokenStatus::invalid) << "tokens of before a pause stay dead";
    const auto after = issued();
    EXPECT_EQ(status_of(after), TokenStatus::valid);
    steer(&Steering::pause);
    EXPECT_EQ(status_of(before), TokenStatus::invalid) << "irreversible";
    steer(&Steering::withdraw);
    EXPECT_EQ(status_of(after), TokenStatus::invalid);
}

TEST_F(StatusPlacesTest, AnExhaustedConsentMakesEachOfItsTokensInvalid) {
    const auto one = issued();
    const auto other = issued();
    const auto uses_max = world.consent_of(request).terms.uses_max;
    for (std::int64_t use = 0; use < uses_max; ++use) {
        EXPECT_EQ(status_of(one), TokenStatus::valid);
        const auto decision = reserve(world, call_with(id_of(use % 2 == 0 ? one : other), person::abai().iin));
        conclude(world, std::get<Reserved>(decision).id, consent::UseState::delivered);
    }
    EXPECT_EQ(status_of(one), TokenStatus::invalid);
    EXPECT_EQ(status_of(other), TokenStatus::invalid);
    const auto lives = [&] { return world.service->index.find(id_of(one), world.clock.now()).has_value(); };
    EXPECT_FALSE(lives());
    world.restart();
    EXPECT_FALSE(lives()) << "what is in the index after a start is told by the status";
}

TEST_F(StatusPlacesTest, AChangeIsToldAfterItsCommitAndNotForWhatWasUndone) {
    const auto token = issued();
    const auto before = changes(token);
    EXPECT_THROW(world.unit([&](store::WriteSession& session) {
        world.service->tokens.revoke(session, id_of(token), world.bank(), world.clock.now());
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_EQ(changes(token), before);
    EXPECT_EQ(status_of(token), TokenStatus::valid);
    world.unit([&](store::WriteSession& session) {
        return world.service->tokens.revoke(session, id_of(token), world.bank(), world.clock.now());
    });
    EXPECT_GT(changes(token), before);
}

}  // namespace
}  // namespace kelisim::access
