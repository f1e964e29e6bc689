// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "records/archives.hpp"
#include "records/asker_blocks.hpp"
#include "records/async_messages.hpp"
#include "records/codes.hpp"
#include "records/consent_events.hpp"
#include "records/consents.hpp"
#include "records/data_changes.hpp"
#include "records/deferrals.hpp"
#include "records/documents.hpp"
#include "records/exchange_bodies.hpp"
#include "records/exchanges.hpp"
#include "records/journal.hpp"
#include "records/key_registrations.hpp"
#include "records/ledger.hpp"
#include "records/official_looks.hpp"
#include "records/officials.hpp"
#include "records/own_looks.hpp"
#include "records/party_notices.hpp"
#include "records/person_map.hpp"
#include "records/person_rows.hpp"
#include "records/phone_questions.hpp"
#include "records/receipts.hpp"
#include "records/refused_messages.hpp"
#include "records/representations.hpp"
#include "records/requests.hpp"
#include "records/sandbox_messages.hpp"
#include "records/security_events.hpp"
#include "records/sessions.hpp"
#include "records/status_lists.hpp"
#include "records/subjects.hpp"
#include "records/temp_files.hpp"
#include "records/time_stamps.hpp"
#include "records/tokens.hpp"
#include "records/use_questions.hpp"
#include "records/use_refusals.hpp"
#include "records/uses.hpp"

namespace kelisim::records {

// All tables under one vault. Thread-safe. The vault and the entropy outlive it; it outlives the units that use it.
struct Records {
    // `files`: of the archives, outlives it; null where none is read.
    Records(const Vault& with, base::Entropy& entropy, const ArchiveFiles* files = nullptr)
        : vault(with),
          archives(files),
          subjects(with, entropy, opened),
          requests(with, entropy, opened),
          consents(entropy, opened),
          consent_events(entropy),
          uses(with, entropy, archives),
          use_refusals(with, entropy, archives),
          phone_questions(with, entropy),
          journal(with, entropy, archives),
          ledger(archives),
          person_map(journal),
          sandbox_messages(with, entropy),
          codes(with),
          receipts(entropy),
          use_questions(entropy),
          own_looks(with, entropy, archives),
          official_looks(with, entropy),
          data_changes(with, entropy),
          deferrals(with, entropy),
          documents(entropy),
          key_registrations(with, entropy),
          exchanges(with, entropy),
          exchange_bodies(with, entropy),
          refused_messages(entropy),
          temp_files(with, entropy),
          async_messages(with, entropy) {}

    const Vault& vault;
    OpenedRows opened;  // before those that use it, like the next
    Archives archives;
    Subjects subjects;
    Representations representations;
    AskerBlocks asker_blocks;
    Requests requests;
    Consents consents;
    ConsentEvents consent_events;
    Tokens tokens;
    StatusLists status_lists;
    Uses uses;
    UseRefusals use_refusals;
    PhoneQuestions phone_questions;
    Journal journal;
    Ledger ledger;
    PersonMap person_map;
    SandboxMessages sandbox_messages;
    Codes codes;
    Sessions sessions;
    Receipts receipts;
    UseQuestions use_questions;
    OwnLooks own_looks;
    Officials officials;
    OfficialLooks official_looks;
    DataChanges data_changes;
    Deferrals deferrals;
    Documents documents;
    KeyRegistrations key_registrations;
    Exchanges exchanges;
    ExchangeBodies exchange_bodies;
    RefusedMessages refused_messages;
    TimeStamps time_stamps;
    TempFiles temp_files;
    AsyncMessages async_messages;
    PartyNotices party_notices;
    SecurityEvents security_events;
    PersonRows person_rows;
};

}  // namespace kelisim::records
