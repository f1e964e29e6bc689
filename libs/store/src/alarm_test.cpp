// SPDX-License-Identifier: Apache-2.0
#include "store/alarm.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace kelisim::store {
namespace {

class HandClock final : public base::Clock {
public:
    base::Time now() const override { return base::from_micros(micros_); }
    void set(std::int64_t micros) { micros_ = micros; }

private:
    std::atomic<std::int64_t> micros_{1'000};
};

base::Time at(std::int64_t micros) {
    return base::from_micros(micros);
}

TEST(Alarm, DoesNotSleepPastWhatIsDue) {
    HandClock clock;
    Alarm alarm;
    EXPECT_TRUE(alarm.sleep(clock, at(1'000)));
    EXPECT_TRUE(alarm.sleep(clock, at(-5)));
}

TEST(Alarm, KeepsWhatCameBeforeTheSleep) {
    HandClock clock;
    Alarm alarm;
    alarm.expect(at(500));
    EXPECT_TRUE(alarm.sleep(clock, std::nullopt));
    alarm.ring();
    EXPECT_TRUE(alarm.sleep(clock, std::nullopt));
}

TEST(Alarm, IsWokenByAnEarlierTime) {
    HandClock clock;
    Alarm alarm;
    std::thread sleeper([&] { EXPECT_TRUE(alarm.sleep(clock, at(3'600'000'000))); });
    alarm.expect(at(900));  // before or during the sleep: either ends it
    sleeper.join();
}

TEST(Alarm, IsWokenWhenTheClockWasMoved) {
    HandClock clock;
    Alarm alarm;
    std::thread sleeper([&] { EXPECT_TRUE(alarm.sleep(clock, std::nullopt)); });
    clock.set(5'000'000);
    alarm.ring();
    sleeper.join();
}

TEST(Alarm, EndsTheSleepWhenClosedAndEverySleepAfterwards) {
    HandClock clock;
    Alarm alarm;
    std::thread sleeper([&] { EXPECT_FALSE(alarm.sleep(clock, std::nullopt)); });
    alarm.close();
    sleeper.join();
    alarm.ring();
    EXPECT_FALSE(alarm.sleep(clock, at(0))) << "closed says more than due";
}

TEST(Alarm, BearsTheEndOfTime) {
    HandClock clock;
    Alarm alarm;
    std::thread sleeper([&] { EXPECT_TRUE(alarm.sleep(clock, base::Time::max())); });
    alarm.ring();
    sleeper.join();
}

}  // namespace
}  // namespace kelisim::store
