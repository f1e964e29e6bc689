// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <initializer_list>

namespace kelisim::app {

// SIGINT, SIGTERM and these others wait for sigwait(), and a peer that is gone is an error of its write. Before any thread starts, so that
// only the calling one gets them, and at a point where it can stop in order.
inline sigset_t held_signals(std::initializer_list<int> others = {}) {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM})
        sigaddset(&held, signal);
    for (const int signal : others)
        sigaddset(&held, signal);
    pthread_sigmask(SIG_BLOCK, &held, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return held;
}

}  // namespace kelisim::app
