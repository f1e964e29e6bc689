// SPDX-License-Identifier: Apache-2.0
#include "api/anywhere.hpp"

#include "records/archives.hpp"

namespace kelisim::api {

namespace {

// Without letting the exception through the reader, which would give its connection up.
bool read_here(store::Readers& readers, const std::function<void(store::ReadSession&)>& look) {
    bool done = true;
    const records::NoArchivesHere live_only;
    readers.read([&](store::ReadSession& session) {
        try {
            look(session);
        } catch (const records::ArchiveNeeded&) {
            done = false;
        }
    });
    return done;
}

}  // namespace

boost::asio::awaitable<void> read_anywhere(store::Readers& readers, http::Elsewhere& elsewhere,
                                           std::function<void(store::ReadSession&)> look) {
    if (read_here(readers, look)) co_return;
    auto work = [&readers, &look] {
        readers.read(look);
        return true;
    };
    co_await http::elsewhere(elsewhere, std::move(work));
}

}  // namespace kelisim::api
