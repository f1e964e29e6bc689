// SPDX-License-Identifier: Apache-2.0
// What waits in the outbox, sealed: questions and notices hold numbers and names.
#pragma once

#include <boost/json/object.hpp>

#include "access/parts.hpp"
#include "people/person.hpp"

namespace kelisim::access {

base::Bytes seal_payload(const Parts& parts, std::string_view kind, const boost::json::object& payload, base::Time now);
boost::json::object open_payload(const Parts& parts, std::string_view kind, base::BytesView sealed);  // throws Damaged

// An id for an outbox row: time-ordered, in the slice of what it is about.
base::RawId new_row_id(const Parts& parts, const base::RawId& about, base::Time now);

// Puts a text for a person into the outbox, to be sent at `due`, or now.
void notify(const Parts& parts, store::WriteSession& session, const people::Phone& phone, std::string_view text,
            const base::RawId& about, base::Time now, std::optional<base::Time> due = {});

// Tells the keyspace of phones that the question has ended; one that has not gone out stays unsent.
void close_question(const Parts& parts, store::WriteSession& session, consent::RequestId request, base::Time now);

}  // namespace kelisim::access
