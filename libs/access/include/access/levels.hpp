// SPDX-License-Identifier: Apache-2.0
// Which means a person has to have shown for what they want to do (docs/operating/levels.md). It is policy: the state portal
// asks for an EDS and a code since October 2025, a village without a reader for cards cannot.
#pragma once

#include <boost/describe.hpp>

#include "people/person.hpp"
#include "records/sessions.hpp"

namespace kelisim::access {

// Each includes those before it.
enum class Level { code, eds, eds_and_code };
BOOST_DESCRIBE_ENUM(Level, code, eds, eds_and_code)

// What protects a person (a no, a pause, a withdrawal, a block, an end of a session) takes no more than a session, whatever
// the policy.
struct Levels {
    Level look = Level::code;      // to see what concerns oneself
    Level agree = Level::code;     // a yes or an extension: a fresh code, or a document signed for it
    Level official = Level::code;  // an official's work
};

// Whoever has no registered number can show no code, and is not locked out by that.
bool reaches(const records::PersonSession& session, const people::Person& person, Level wanted);

}  // namespace kelisim::access
