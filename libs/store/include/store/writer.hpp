// SPDX-License-Identifier: Apache-2.0
// The unit of work (design.md section 2): a synchronous closure that loads, decides and writes inside a batch
// transaction. Nothing is acknowledged before it is durable.
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "store/session.hpp"

namespace kelisim::store {

// The engine failed or is closed; nothing of the unit is known to be stored. A caller may try again later.
class Unavailable : public base::Outage {
public:
    using Outage::Outage;
};

// COMMIT failed in a way that leaves open whether the batch is durable. The writer refuses further work until it has
// reopened the database and looked; callers treat it as Unavailable, and repeat under the same idempotency key.
class Ambiguous : public Unavailable {
public:
    using Unavailable::Unavailable;
};

// The bounded queue is full: shed load (503 with Retry-After), do not wait.
class Busy : public Unavailable {
public:
    using Unavailable::Unavailable;
};

// A unique key is taken. A unit may catch it and decide; not caught, it fails the unit alone.
class Duplicate : public base::Outage {
public:
    using Outage::Outage;
};

// The statement is at fault, not the environment: SQL that the engine cannot run, a parameter or column of the wrong
// type, a constraint other than uniqueness. A mistake of ours that fails the unit alone.
class Defect : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

enum class Verdict { keep, undo };

class Unit {
public:
    virtual ~Unit() = default;
    // On the writer's thread, inside the batch transaction. An exception undoes this unit and no other. An engine may run
    // it again from the start, after a serialization failure or because another unit of the batch is taken back: it must
    // change nothing outside the session.
    virtual Verdict run(WriteSession& session) = 0;
    // After the batch is durable (failure == nullptr, also for a unit undone by its own verdict), or after it failed.
    // A failed batch fails each of its units, refusals too: they may have been decided on what is now not stored.
    // On the writer's thread: hand over quickly. Called exactly once for each accepted unit, also at shutdown.
    virtual void done(std::exception_ptr failure) noexcept = 0;
};

// Thread-safe. Destroying it finishes what was accepted.
class Writer {
public:
    virtual ~Writer() = default;
    // Throws Busy when the queue is full, Unavailable when closed; then `done` is not called.
    virtual void submit(std::unique_ptr<Unit> unit) = 0;
};

// Thread-safe; each call sees one consistent snapshot that holds everything acknowledged before the call.
class Readers {
public:
    virtual ~Readers() = default;
    // Runs `look` on the calling thread with a pooled connection; waits when all are in use. `look` cannot write.
    virtual void read(const std::function<void(ReadSession&)>& look) = 0;
};

// What a closure over a session returns; std::monostate stands for void.
template <class F>
using Returned = std::conditional_t<std::is_void_v<std::invoke_result_t<F&, WriteSession&>>, std::monostate,
                                    std::invoke_result_t<F&, WriteSession&>>;

// What a unit that returns R came to: its value once durable, or what went wrong.
template <class R>
using Outcome = std::variant<R, std::exception_ptr>;

// A unit that returns a refusal is undone; one that wants its refusal on record returns it inside a value.
template <class R>
struct IsRefusal : std::false_type {};
template <class T>
struct IsRefusal<base::Result<T>> : std::true_type {};

// submit(writer, f, done): f is R(WriteSession&), done is void(Outcome<R>) noexcept. Throws as Writer::submit does.
template <class F, class Done>
void submit(Writer& writer, F&& f, Done&& done) {
    using R = Returned<std::decay_t<F>>;
    class Call final : public Unit {
    public:
        Call(F&& work, Done&& finish) : work_(std::forward<F>(work)), finish_(std::forward<Done>(finish)) {}
        Verdict run(WriteSession& session) override {
            if constexpr (std::is_void_v<std::invoke_result_t<std::decay_t<F>&, WriteSession&>>) {
                work_(session);
                value_.emplace();
            } else {
                value_.emplace(work_(session));
            }
            if constexpr (IsRefusal<R>::value) return value_->has_value() ? Verdict::keep : Verdict::undo;
            return Verdict::keep;
        }
        void done(std::exception_ptr failure) noexcept override {
            if (failure) return finish_(Outcome<R>{std::in_place_index<1>, std::move(failure)});
            finish_(Outcome<R>{std::in_place_index<0>, std::move(*value_)});
        }

    private:
        std::decay_t<F> work_;
        std::decay_t<Done> finish_;
        std::optional<R> value_;
    };
    writer.submit(std::make_unique<Call>(std::forward<F>(f), std::forward<Done>(done)));
}

// Waits for the outcome; for command-line tools, workers and tests, never for an io thread and never for the writer's.
// Returns what `f` returned, rethrows what went wrong.
template <class F>
std::invoke_result_t<std::decay_t<F>&, WriteSession&> run(Writer& writer, F&& f) {
    using R = Returned<std::decay_t<F>>;
    std::promise<Outcome<R>> promise;
    auto future = promise.get_future();
    // The promise moves into the unit: here it would be destroyed while the writer still sets it.
    submit(
        writer, [&f](WriteSession& session) { return f(session); },
        [promise = std::move(promise)](Outcome<R> outcome) mutable noexcept { promise.set_value(std::move(outcome)); });
    Outcome<R> outcome = future.get();
    if (outcome.index() == 1) std::rethrow_exception(std::get<1>(std::move(outcome)));
    if constexpr (!std::is_void_v<std::invoke_result_t<std::decay_t<F>&, WriteSession&>>) {
        return std::get<0>(std::move(outcome));
    }
}

}  // namespace kelisim::store
