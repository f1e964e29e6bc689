// SPDX-License-Identifier: Apache-2.0
// submit() and run() over a writer that needs no engine; what engines must do is in contract_suite.hpp.
#include "store/writer.hpp"

#include <gtest/gtest.h>

namespace kelisim::store {
namespace {

const base::Reason no{"no", base::Kind::conflict, "", {"joq", "нет", "no"}};

class NoSession final : public WriteSession {
public:
    std::size_t query(const Statement&, Params, const Visit&) override { return 0; }
    std::size_t execute(const Statement&, Params) override { return 0; }
    void after_commit(std::function<void()>) override {}
};

// Runs each unit at once, on the caller's thread.
class InlineWriter final : public Writer {
public:
    void submit(std::unique_ptr<Unit> unit) override {
        if (full) throw Busy("full");
        NoSession session;
        std::exception_ptr failure;
        try {
            verdict = unit->run(session);
        } catch (...) {
            failure = std::current_exception();
        }
        unit->done(batch_failure ? batch_failure : failure);
    }

    bool full = false;
    std::exception_ptr batch_failure;
    Verdict verdict = Verdict::undo;
};

TEST(Run, ReturnsWhatTheClosureReturned) {
    InlineWriter writer;
    EXPECT_EQ(run(writer, [](WriteSession&) { return 7; }), 7);
    EXPECT_EQ(*run(writer, [](WriteSession&) { return std::make_unique<int>(8); }), 8) << "a value that only moves";
    run(writer, [](WriteSession&) {});
    EXPECT_EQ(writer.verdict, Verdict::keep);
}

TEST(Run, RethrowsWhatTheClosureThrew) {
    InlineWriter writer;
    EXPECT_THROW(run(writer, [](WriteSession&) -> int { throw Duplicate("taken"); }), Duplicate);
    EXPECT_THROW(run(writer, [](WriteSession&) { throw std::runtime_error("x"); }), std::runtime_error);
}

TEST(Run, ThrowsWhatFailedTheBatchThoughTheClosureReturned) {
    InlineWriter writer;
    writer.batch_failure = std::make_exception_ptr(Ambiguous("COMMIT"));
    EXPECT_THROW(run(writer, [](WriteSession&) { return 7; }), Ambiguous);
}

TEST(Run, ThrowsWhenTheUnitIsNotAccepted) {
    InlineWriter writer;
    writer.full = true;
    EXPECT_THROW(run(writer, [](WriteSession&) { return 7; }), Busy);
}

TEST(Run, UndoesARefusalAndReturnsIt) {
    InlineWriter writer;
    const auto refused = run(writer, [](WriteSession&) -> base::Result<int> { return base::Refusal{no}; });
    EXPECT_TRUE(refused.has_error());
    EXPECT_EQ(writer.verdict, Verdict::undo);
    const auto granted = run(writer, [](WriteSession&) -> base::Result<int> { return 1; });
    EXPECT_EQ(granted.value(), 1);
    EXPECT_EQ(writer.verdict, Verdict::keep);
}

TEST(Submit, DoesNotCallDoneWhenTheUnitIsNotAccepted) {
    InlineWriter writer;
    writer.full = true;
    bool called = false;
    EXPECT_THROW(submit(
                     writer, [](WriteSession&) { return 7; }, [&](auto) noexcept { called = true; }),
                 Busy);
    EXPECT_FALSE(called);
}

TEST(Submit, HandsTheOutcomeOver) {
    InlineWriter writer;
    std::optional<Outcome<int>> outcome;
    submit(
        writer, [](WriteSession&) { return 7; }, [&](Outcome<int> result) noexcept { outcome = std::move(result); });
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(std::get<0>(*outcome), 7);
}

}  // namespace
}  // namespace kelisim::store
