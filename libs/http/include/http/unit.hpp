// SPDX-License-Identifier: Apache-2.0
// Waiting for a unit of work in a coroutine.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "store/writer.hpp"

namespace kelisim::http {

namespace detail {

// Resumes the coroutine where it ran before, with what came out of the unit.
template <class Outcome, class Handler>
void resume(std::shared_ptr<Handler> waiting, Outcome outcome) {
    const auto executor = boost::asio::get_associated_executor(*waiting);
    boost::asio::post(executor, [waiting = std::move(waiting), outcome = std::move(outcome)]() mutable {
        std::move (*waiting)(std::move(outcome));
    });
}

}  // namespace detail

// Submits `f`, an R(store::WriteSession&) that owns what it uses, and resumes on the caller's executor once the unit is
// durable. Rethrows what went wrong: store::Busy, store::Unavailable, or whatever `f` threw. A refusal that `f` returns
// is a value.
template <class F>
auto committed(store::Writer& writer, F f) -> boost::asio::awaitable<std::invoke_result_t<F&, store::WriteSession&>> {
    using R = std::invoke_result_t<F&, store::WriteSession&>;
    using Came = store::Outcome<R>;
    // A named lambda, called inside the frame of this coroutine: temporaries of a co_await are destroyed twice by
    // g++ 12 (GCC PR 107288).
    auto submit = [&writer, &f](auto handler) {
        // Shared, because submit may throw after it has taken the callback, and the coroutine must then be resumed,
        // not destroyed.
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        try {
            store::submit(writer, std::move(f),
                          [waiting](Came outcome) noexcept { detail::resume<Came>(waiting, std::move(outcome)); });
        } catch (...) {
            detail::resume<Came>(waiting, Came{std::in_place_index<1>, std::current_exception()});
        }
    };
    auto outcome = co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Came)>(
        submit, boost::asio::use_awaitable);
    if (auto* failure = std::get_if<1>(&outcome)) std::rethrow_exception(std::move(*failure));
    co_return std::get<0>(std::move(outcome));
}

}  // namespace kelisim::http
