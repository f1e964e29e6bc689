// SPDX-License-Identifier: Apache-2.0
// Words by SMS about what concerns a person.
#pragma once

#include <functional>

#include "access/parts.hpp"
#include "channel/texts.hpp"

namespace kelisim::access {

enum class Hour {
    any,     // the reader does something at this moment, or has to know at once
    waking,  // others did something: people sleep (Parts::quiet_hours)
};

struct Telling {
    const records::Subject& reader;
    const records::Subject& person;  // whom it concerns: the reader, or a ward of theirs
    const consent::Terms& terms;
    base::RawId entity;  // a request, a consent, a question
    Hour hour = Hour::any;
};
using Wording = std::function<std::string(const channel::Subject&, channel::Style)>;

// In the language of who reads, naming a ward (418-V ст.36(2)). Nothing to one without a number.
void tell(const Parts& parts, store::WriteSession& session, const Telling& telling, const Wording& wording,
          base::Time now);
// To the one who decides about this consent now; nothing where nobody does.
void tell_decider(const Parts& parts, store::WriteSession& session, const records::Consents::Found& found,
                  const Wording& wording, Hour hour, base::Time now);

}  // namespace kelisim::access
