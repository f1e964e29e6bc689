// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "records/asker_blocks.hpp"
#include "records/consent_events.hpp"
#include "records/consents.hpp"
#include "records/journal.hpp"
#include "records/phone_questions.hpp"
#include "records/representations.hpp"
#include "records/requests.hpp"
#include "records/sandbox_messages.hpp"
#include "records/subjects.hpp"
#include "records/tokens.hpp"
#include "records/uses.hpp"

namespace kelisim::records {

// All tables under one vault. Thread-safe. The vault and the entropy outlive it; it outlives the units that use it.
struct Records {
    Records(const Vault& with, base::Entropy& entropy)
        : vault(with),
          subjects(with, entropy, opened),
          requests(with, entropy, opened),
          consents(entropy, opened),
          consent_events(entropy),
          uses(with, entropy),
          phone_questions(with, entropy),
          journal(with, entropy),
          sandbox_messages(with, entropy) {}

    const Vault& vault;
    OpenedRows opened;  // before those that use it
    Subjects subjects;
    Representations representations;
    AskerBlocks asker_blocks;
    Requests requests;
    Consents consents;
    ConsentEvents consent_events;
    Tokens tokens;
    Uses uses;
    PhoneQuestions phone_questions;
    Journal journal;
    SandboxMessages sandbox_messages;
};

}  // namespace kelisim::records
