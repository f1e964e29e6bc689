// SPDX-License-Identifier: Apache-2.0
#include "soap/replay.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace kelisim::soap {
namespace {

using namespace std::chrono_literals;

const base::Time now = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h;

MessageMark message(const std::string& id, std::string_view content, base::Time date = now,
                    const std::string& sender = "A") {
    return {.sender = sender, .id = id, .digest = crypto::sha256(base::as_bytes(content)), .date = date};
}

TEST(ReplayWindow, TellsTheFirstTheRepeatedAndTheForged) {
    ProcessMemory memory;
    const ReplayWindow window;
    EXPECT_EQ(window.admit(message("1", "x"), now, memory).value(), Arrival::first);
    EXPECT_EQ(window.admit(message("1", "x"), now + 1h, memory).value(), Arrival::repeated);
    EXPECT_TRUE(window.admit(message("1", "y"), now + 1h, memory).error().has(soap_message_id_reused));
    // The forged one has not taken the place of the first.
    EXPECT_EQ(window.admit(message("1", "x"), now + 1h, memory).value(), Arrival::repeated);
    EXPECT_EQ(window.admit(message("2", "x"), now, memory).value(), Arrival::first);
    EXPECT_EQ(window.admit(message("1", "y", now, "B"), now, memory).value(), Arrival::first);  // another sender's ids
}

TEST(ReplayWindow, KeepsSenderAndIdApart) {
    ProcessMemory memory;
    const ReplayWindow window;
    EXPECT_EQ(window.admit(message("bc", "x", now, "a"), now, memory).value(), Arrival::first);
    EXPECT_EQ(window.admit(message("c", "y", now, "ab"), now, memory).value(), Arrival::first);
    EXPECT_EQ(window.admit(message("", "y", now, "abc"), now, memory).value(), Arrival::first);
}

TEST(ReplayWindow, TakesMessagesWithinTheirTimeOnly) {
    ProcessMemory memory;
    const ReplayWindow window{.age_max = 48h, .ahead_max = 15min};
    EXPECT_TRUE(window.admit(message("1", "x", now - 48h), now, memory).has_value());
    EXPECT_TRUE(window.admit(message("2", "x", now - 48h - 1us), now, memory).error().has(soap_message_stale));
    EXPECT_TRUE(window.admit(message("3", "x", now + 15min), now, memory).has_value());
    EXPECT_TRUE(window.admit(message("4", "x", now + 15min + 1us), now, memory).error().has(soap_message_from_future));
    // A refused one leaves no mark.
    EXPECT_EQ(window.admit(message("4", "y"), now, memory).value(), Arrival::first);
}

TEST(ReplayWindow, RemembersAsLongAsTheDateLetsAMessageIn) {
    ProcessMemory memory(1);
    const ReplayWindow window{.age_max = 48h, .ahead_max = 15min};
    const MessageMark ahead = message("1", "x", now + 15min);
    EXPECT_EQ(window.admit(ahead, now, memory).value(), Arrival::first);
    const base::Time last = now + 15min + 48h;
    EXPECT_EQ(window.admit(ahead, last, memory).value(), Arrival::repeated);
    EXPECT_TRUE(window.admit(ahead, last + 1us, memory).error().has(soap_message_stale));
    EXPECT_EQ(window.admit(message("2", "x", last), last + 1us, memory).value(), Arrival::first);  // its room is free
}

TEST(ProcessMemory, RefusesRatherThanForgets) {
    ProcessMemory memory(2);
    const ReplayWindow window;
    EXPECT_EQ(window.admit(message("1", "x"), now, memory).value(), Arrival::first);
    EXPECT_EQ(window.admit(message("2", "x"), now, memory).value(), Arrival::first);
    EXPECT_THROW(static_cast<void>(window.admit(message("3", "x"), now, memory)), base::Outage);
    EXPECT_EQ(window.admit(message("1", "x"), now, memory).value(), Arrival::repeated);
    EXPECT_EQ(window.admit(message("2", "x"), now, memory).value(), Arrival::repeated);
}

TEST(ProcessMemory, LetsOneOfManyThreadsBeFirst) {
    ProcessMemory memory;
    const ReplayWindow window;
    std::atomic<int> first = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int id = 0; id < 200; ++id)
                if (window.admit(message(std::to_string(id), "x"), now, memory).value() == Arrival::first) ++first;
        });
    for (std::thread& each : threads)
        each.join();
    EXPECT_EQ(first, 200);
}

}  // namespace
}  // namespace kelisim::soap
