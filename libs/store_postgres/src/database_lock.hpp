// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "connection.hpp"
#include "store/writer.hpp"

namespace kelisim::store_postgres {

// Another session has the lock.
class Locked : public store::Unavailable {
public:
    Locked(const std::string& text, std::string by) : Unavailable(text), holder(std::move(by)) {}
    const std::string holder;  // as session_of() tells it; empty when it went meanwhile
};

// Which session of the server this is: another one has another text, also after a restart.
std::string session_of(Connection& connection);

// Takes the lock of the database: an advisory lock, which the session holds until the server has ended it, together with
// whatever transaction it was in. So who gets the lock sees how everything before came out. Throws Locked.
void take_database_lock(Connection& connection, std::chrono::milliseconds patience);

}  // namespace kelisim::store_postgres
