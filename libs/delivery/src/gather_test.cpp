// SPDX-License-Identifier: Apache-2.0
#include "gather.hpp"

#include <gmock/gmock.h>

#include <future>
#include <numeric>

#include "delivery/testing.hpp"
#include "store/contract_support.hpp"

namespace kelisim::delivery {
namespace {

using namespace delivery::testing;
using store::WriteSession;
using store::contract::Gate;

constexpr std::size_t queue_units = 8;

// Tells when so many units were handed over, whether the queue took them or not.
class CountingWriter final : public store::Writer {
public:
    CountingWriter(store::Writer& writer, std::size_t count) : writer_(writer), left_(count) {}
    void submit(std::unique_ptr<store::Unit> unit) override {
        const bool last = --left_ == 0;
        try {
            writer_.submit(std::move(unit));
        } catch (const store::Busy&) {
            if (last) reached.open();
            throw;
        }
        if (last) reached.open();
    }
    Gate reached;

private:
    store::Writer& writer_;
    std::size_t left_;
};

class Gather : public ::testing::Test {
protected:
    Gather() {
        desk.world.store.set_queue_units_max(queue_units);
        desk.restart();
    }
    store::Writer& writer() { return desk.world.store.writer(); }
    // Keeps the writer busy until the gate opens.
    void hold_writer(Gate& gate) {
        auto holding = std::make_shared<Gate>();
        store::submit(
            writer(),
            [holding, &gate](WriteSession&) {
                holding->open();
                gate.wait();
            },
            [](auto) noexcept {});
        holding->wait();
    }
    // `drained` opens when the last unit that found room is answered.
    void fill_queue(Gate& drained) {
        for (std::size_t i = 1; i <= queue_units; ++i) {
            store::submit(
                writer(), [](WriteSession&) {},
                [&drained, last = i == queue_units](auto) noexcept {
                    if (last) drained.open();
                });
        }
    }

    Desk desk;
};

TEST_F(Gather, GivesOneOutcomePerItemInOrder) {
    std::vector<int> items(queue_units / 2);
    std::iota(items.begin(), items.end(), 0);
    const auto outcomes = gather(writer(), items, [](WriteSession&, int item) {
        if (item == 2) throw std::runtime_error("this one");
        return item * 10;
    });
    ASSERT_EQ(outcomes.size(), items.size());
    EXPECT_EQ(std::get<0>(outcomes[1]), 10);
    EXPECT_TRUE(failed(outcomes[2]));
    EXPECT_EQ(std::get<0>(outcomes[3]), 30);
    EXPECT_TRUE(gather(writer(), std::vector<int>{}, [](WriteSession&, int) { return 0; }).empty());
}

TEST_F(Gather, AUnitThatFoundTheQueueFullFailsAndTheOthersAreWaitedFor) {
    Gate gate;
    hold_writer(gate);
    const std::vector<int> items(5 * queue_units, 1);
    CountingWriter counting(writer(), items.size());
    auto gathering = std::async(std::launch::async,
                                [&] { return gather(counting, items, [](WriteSession&, int item) { return item; }); });
    counting.reached.wait();
    gate.open();
    const auto outcomes = gathering.get();
    std::size_t refused = 0;
    for (const auto& outcome : outcomes)
        refused += failed(outcome);
    EXPECT_EQ(outcomes.size(), items.size());
    EXPECT_EQ(refused, items.size() - queue_units);
}

TEST_F(Gather, DeliveryMeetsAFullQueueAndGoesOnAfterIt) {
    const auto id = access::testing::ask(desk.world, person::abai());
    Gate gate;
    hold_writer(gate);
    Gate drained;
    fill_queue(drained);
    EXPECT_THROW(desk.effects->run_due(), store::Unavailable);
    gate.open();
    drained.wait();
    desk.run();
    EXPECT_EQ(desk.world.state_of(id), consent::RequestState::asked);
    EXPECT_EQ(desk.sms.take().size(), 1U);
}

}  // namespace
}  // namespace kelisim::delivery
