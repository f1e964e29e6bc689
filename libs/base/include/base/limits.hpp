// SPDX-License-Identifier: Apache-2.0
// Every bound of the service in one place, with its reason; each is tested one over.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kelisim::base::limits {

using namespace std::chrono_literals;

// Outside bytes
inline constexpr std::size_t request_body_bytes_max = 64 * 1024;  // forms and JSON of the OAuth surface are under 8 KiB
inline constexpr std::size_t gateway_body_bytes_max = 256 * 1024;  // a call names one person and some fields
inline constexpr std::size_t answer_body_bytes_max = 1024 * 1024;  // an owner's record of one person
inline constexpr std::size_t json_depth_max = 16;                  // authorization_details needs 4
inline constexpr std::size_t form_parameters_max = 32;
inline constexpr std::size_t jwt_bytes_max = 8 * 1024;

// TLS
inline constexpr std::size_t tls_file_bytes_max = 1024 * 1024;  // a bundle of all public authorities is a quarter of it
inline constexpr int tls_chain_max = 8;                         // certificates between ours and an anchor
inline constexpr std::chrono::seconds tls_ticket_key_life = 24h;

// XML: signed documents and SOAP messages. For each element libxml2's canonical form asks about every namespace in scope, and
// for each of these looks through all of them: of the last two bounds it is the product that counts.
inline constexpr std::size_t xml_bytes_max = 4 * 1024 * 1024;  // a message with a file in base64
inline constexpr std::size_t xml_depth_max = 64;               // an envelope with business data needs 20
inline constexpr std::size_t xml_attributes_max = 64;          // of one element, with namespace declarations
inline constexpr std::size_t xml_attributes_total_max = 65'536;
inline constexpr std::size_t xml_nodes_max = 65'536;
inline constexpr std::size_t xml_namespaces_max = 32;  // in scope at one element

// SOAP messages. Some clients give a date without a time, in a zone of their own.
inline constexpr std::chrono::seconds message_age_max = 48h;
inline constexpr std::chrono::seconds message_ahead_max = 15min;
// For as long as its date can let a message in again.
inline constexpr std::chrono::seconds message_remembered = message_age_max + message_ahead_max;
// Of the channels, for what anybody may send: parsed twice and in both canonical forms, the worst tree of nodes costs less than
// 50 ms of processor time. Texts cost little and may be long: 4 MiB that are nothing but `&lt;` take 40 ms for each parse.
inline constexpr std::size_t channel_xml_bytes_max = xml_bytes_max;
inline constexpr std::size_t channel_xml_depth_max = 32;
inline constexpr std::size_t channel_xml_nodes_max = 8192;
inline constexpr std::size_t channel_xml_attributes_max = 32;
inline constexpr std::size_t channel_xml_attributes_total_max = 8192;
inline constexpr std::size_t channel_xml_namespaces_max = 24;
inline constexpr std::size_t message_field_bytes_max = 256;      // ids of senders have 40 at most (wire.md A3)
inline constexpr std::size_t message_text_bytes_max = 8 * 1024;  // error texts, names, tokens
inline constexpr std::size_t message_property_key_max = 30;      // characters; these two are of the schema, common/v10
inline constexpr std::size_t message_property_value_max = 500;
inline constexpr std::size_t message_status_text_max = 250;  // characters, of the schema
inline constexpr std::size_t message_properties_max = 32;
inline constexpr std::size_t stored_files_max = 64;      // of the temporary store, in one message
inline constexpr std::size_t messages_pulled_max = 100;  // in one answer of getMessages

// One access request (236/НК п.5: it names services of one услуга)
inline constexpr std::size_t request_services_max = 16;
inline constexpr std::size_t request_fields_max = 64;
inline constexpr std::size_t request_acts_max = 8;
inline constexpr std::size_t name_bytes_max = 128;             // employee, client-chosen ids, keys
inline constexpr std::chrono::seconds request_life_min = 60s;  // shorter, nobody can read an SMS
inline constexpr std::chrono::seconds request_life_default = 24h;
inline constexpr std::chrono::seconds request_life_max = 72h;
inline constexpr std::int64_t uses_max_max = 1'000'000;
inline constexpr std::chrono::seconds request_life_waiting = 15min;  // no longer: the person waits at the counter
inline constexpr std::size_t question_history_max = 256;             // requests of one person that limits look back at
inline constexpr std::ptrdiff_t stopped_questions_kept_a_day = 10;   // of one asker to one person; then no record
inline constexpr std::string_view exempt_term_max = "P30D";  // of a request without a connection (236/НК п.3)

// SMS
inline constexpr std::size_t sms_segments_max = 6;  // longer, handsets and people stop reading
inline constexpr std::size_t sms_reply_bytes_max = 1024;
inline constexpr int sms_code_attempts_max = 5;                     // wrong codes; then the question is closed
inline constexpr int sms_clarifications_max = 1;                    // one clarifying SMS, never a guess
inline constexpr std::chrono::seconds sms_nothing_open_pause = 1h;  // the same word to the same phone
inline constexpr std::chrono::seconds sms_memory = 720h;  // a carrier's double of an old answer must answer nothing new
inline constexpr int sms_sends_max = 2;                   // on an unknown outcome resent at most once
inline constexpr std::chrono::seconds sms_report_wait = 120s;

// Tokens and clients
inline constexpr std::chrono::seconds access_token_life = 10min;  // short: offline holders learn of an end within it
// Places of one status list: 32 KiB before compression. Half of them are given away, so that a free one is found at once
// and the rest tells nobody how many tokens there are.
inline constexpr std::size_t status_list_places = 1U << 17U;
inline constexpr std::size_t status_list_tokens_max = status_list_places / 2;
inline constexpr std::chrono::seconds status_list_window =
    1h;  // in which it takes tokens; it dies with the last of them
// Of a token of the SOAP wire, whose clients have nothing to renew it with but a message (wire.md B3).
inline constexpr std::chrono::seconds lasting_token_life_max = 24h * 31;
inline constexpr std::chrono::seconds lasting_status_list_window = 24h;
inline constexpr std::chrono::seconds status_list_ttl = 15s;   // after which its readers fetch it anew
inline constexpr std::chrono::seconds status_list_life = 60s;  // an older copy proves nothing
inline constexpr std::size_t status_lists_max = 1024;          // at once: 60 million tokens in seventy minutes
inline constexpr std::chrono::seconds client_assertion_life_max = 10min;
// How old the proof of possession of a request may be (RFC 9449 11.1: "a relatively brief period")
inline constexpr std::chrono::seconds dpop_life = 60s;
inline constexpr std::chrono::seconds proof_life_max = 12h;  // clients of the SOAP wire sign ten hours ahead
inline constexpr std::chrono::seconds clock_skew = 30s;
// By as much a clock may be set right: what ended within that time is ended for good, though it was over anyway.
inline constexpr std::chrono::seconds clock_set_back_max = 1h;
inline constexpr std::chrono::seconds poll_interval = 1s;
inline constexpr std::chrono::seconds idempotency_window = 48h;

// Electronic signatures
inline constexpr std::size_t certificate_bytes_max = 32 * 1024;  // those of the national authority take 2 KiB
inline constexpr std::size_t certificate_chain_max = 8;          // leaf and anchor included; real ones have three
inline constexpr std::size_t certificate_tries_max = 64;         // signatures checked to find one chain
inline constexpr std::size_t ber_depth_max = 32;          // nested elements; a signature with its time stamp has 20
inline constexpr std::size_t ber_elements_max = 100'000;  // of one document
inline constexpr std::size_t cms_bytes_max =
    8 * 1024 * 1024;  // with the content; whoever takes uploads has a bound of his own
inline constexpr std::size_t cms_signers_max = 16;
inline constexpr std::size_t cms_certificates_max = 32;
inline constexpr std::size_t cms_attributes_max = 32;           // signed ones of one signer, and as many unsigned
inline constexpr std::size_t time_stamps_max = 2;               // of one signature
inline constexpr std::size_t time_stamp_bytes_max = 64 * 1024;  // with its certificates
inline constexpr std::size_t key_file_bytes_max = 256 * 1024;   // PKCS #12 or PEM with a chain
inline constexpr std::size_t crl_bytes_max = 32 * 1024 * 1024;  // the national authority's lists take several MiB
inline constexpr std::size_t ocsp_response_bytes_max = 64 * 1024;
inline constexpr std::chrono::seconds revocation_status_age_max = 15min;  // responses name no nextUpdate (pki.md 4)
inline constexpr std::size_t revocation_statuses_max = 65'536;            // kept at once
inline constexpr std::size_t revocation_lists_max = 16;
inline constexpr std::size_t signature_threads = 2;                // check signatures and wait for responders
inline constexpr std::size_t signature_queue_max = 64;             // waiting for them; then 503
inline constexpr std::chrono::seconds revocation_list_fresh = 1h;  // then a newer one is looked for; deltas come hourly

// Keys that organisations register under their EDS (236/НК п.10(2))
inline constexpr std::size_t registered_keys_max = 8;  // of one set: a few at once while they rotate
inline constexpr std::size_t registered_rsa_bytes_max =
    4096 / 8;  // of the modulus; each assertion costs its verification
inline constexpr std::chrono::seconds key_registration_age_max = 24h;  // from when it was signed until it comes
inline constexpr std::int64_t key_registrations_address_hour_max = 60;

// Certificates that systems show (systems.revocation)
inline constexpr std::chrono::seconds certificate_standing_life = 1min;  // beside what trust keeps of responders
inline constexpr std::chrono::seconds certificate_unknown_life = 10s;    // then who could not tell is asked again
inline constexpr std::size_t certificate_standings_max = 4096;
inline constexpr std::size_t certificate_check_threads = 2;      // wait for responders
inline constexpr std::size_t certificate_check_queue_max = 256;  // waiting for them; then 503

// Persons: codes, sessions, pages (418-V ст.1(39), ст.27(3))
inline constexpr int code_digits = 6;
inline constexpr std::chrono::seconds code_life = 5min;
inline constexpr int code_attempts_max = 5;  // 50 guesses a day at most, of a million codes
inline constexpr int codes_per_day_max = 10;
inline constexpr std::chrono::seconds code_pause_first = 30s;  // doubles with each code of the day
inline constexpr std::chrono::seconds code_pause_max = 30min;
inline constexpr std::chrono::seconds session_idle_max = 30min;
inline constexpr std::chrono::seconds session_life = 12h;
inline constexpr std::chrono::seconds session_seen_step = 1min;       // how exactly the last visit is written down
inline constexpr std::chrono::seconds known_device_life = 24h * 180;  // from its last sign-in on
inline constexpr std::chrono::seconds sign_in_retry_after = 1min;     // told to an address that began too many
inline constexpr std::size_t address_pace_cells = 65'536;             // of 8 bytes
inline constexpr std::size_t sessions_max = 8;                        // of one person; the oldest ends
inline constexpr std::size_t page_items_default = 20;
inline constexpr std::size_t page_items_max = 100;
inline constexpr std::size_t service_text_bytes_max = 2000;  // a description, a thousand letters or so
inline constexpr std::size_t person_text_bytes_max = 4000;   // a question, a reason, an answer
// Working days: to object to a withdrawal (94-V art. 8), and to answer whether a use was allowed.
inline constexpr std::uint32_t objection_working_days = 3;
inline constexpr std::uint32_t use_question_working_days = 5;
inline constexpr std::size_t refused_uses_kept_a_day = 20;             // of one consent; the journal has all
inline constexpr std::size_t refused_uses_kept_a_day_of_person = 200;  // of all consents
inline constexpr std::chrono::seconds party_notices_kept = 2160h;      // 90 days: what initiators are told

// Events for receivers
inline constexpr std::int64_t events_waiting_max = 100'000;    // of one receiver; over it the oldest is given up
inline constexpr std::chrono::seconds events_wait = 90 * 24h;  // no longer: an operator has long been needed
inline constexpr std::size_t events_poll_max = 100;            // SETs in one answer, about 100 KiB
inline constexpr std::size_t events_acknowledged_max = 1000;   // in one poll
inline constexpr std::size_t events_pushed_at_once = 64;       // receivers; one SET each
inline constexpr std::chrono::seconds event_push_deadline = 5s;
inline constexpr std::chrono::seconds event_retry_first = 1s;  // doubles with each failure
inline constexpr std::chrono::seconds event_retry_max = 1h;
inline constexpr std::size_t url_bytes_max = 1024;

// Asynchronous channel
inline constexpr std::int64_t async_waiting_bytes_max = 256 * 1024 * 1024;  // of one receiver
inline constexpr std::chrono::seconds async_wait = 72h;                     // then a message is given up
inline constexpr std::chrono::seconds async_kept = 720h;  // what became of one can be asked, and it can be replayed
inline constexpr std::chrono::seconds async_answer_wait = 720h;  // of a use for its answer; then it is unknown
inline constexpr std::int64_t async_refusals_max = 8;            // by faults; then the message is given up
inline constexpr std::chrono::seconds async_push_deadline = 30s;
inline constexpr std::chrono::seconds async_retry_first = 1s;  // doubles with each failure of a queue
inline constexpr std::chrono::seconds async_retry_max = 15min;
inline constexpr std::size_t async_pushed_at_once = 64;  // queues; one message each
inline constexpr std::size_t async_messages_given = 20;  // by getMessages, where no amount is named
inline constexpr std::size_t async_messages_given_max = 100;

// Officials and owners
inline constexpr std::chrono::seconds official_look_life = 30min;  // then the reason is to be named again
inline constexpr std::size_t deferral_totals_max = 1000;           // rows of one month: askers, grounds, laws
inline constexpr std::chrono::seconds report_age_max =
    24h * 3660;  // ten years: owners also report what they did before

// Gateway
inline constexpr std::chrono::seconds soap_deadline = 280s;  // of a message: clients of the SOAP wire wait 300 s
inline constexpr std::chrono::seconds owner_deadline = 30s;  // the longest answer that service passports allow
inline constexpr std::size_t owner_connections_max = 64;
inline constexpr std::size_t tokens_of_message_max = 16;  // one for each natural person whom a message is about

// KDP on the SOAP wire
inline constexpr std::chrono::seconds kdp_wait_max = 240s;  // for a person's answer, while the client waits
inline constexpr std::chrono::milliseconds kdp_look_again{500};
inline constexpr std::int64_t kdp_waiting_max = 2000;         // calls at once; a further one is told to come again
inline constexpr std::size_t kdp_journal_entries_max = 1000;  // in one answer of KDP_PERSONALDATA
inline constexpr std::size_t kdp_chain_max = 8;               // questions of one wording within the idempotency window

// Temporary files
inline constexpr std::chrono::seconds temp_file_life_default = 8h;
inline constexpr std::chrono::seconds temp_file_life_max = 24h * 7;
inline constexpr std::chrono::seconds temp_file_meta_kept = 24h * 30;  // after its content is gone
inline constexpr std::size_t temp_files_of_message_max = 32;
inline constexpr std::int64_t temp_files_of_system_max = 10'000;
inline constexpr std::int64_t temp_files_of_system_bytes_max = 1024LL * 1024 * 1024;

// Evidence of exchanges
inline constexpr std::chrono::seconds exchange_search_span_max = 24h * 92;  // one question of an operator

// Ledger
inline constexpr std::size_t note_bytes_max =
    128 * 1024;                                          // 16 signatures of 5 kB: C2SP signed-note, "up to nearly 5kB"
inline constexpr std::size_t note_signatures_max = 32;   // C2SP signed-note: "MUST accept at least up to 16"
inline constexpr std::size_t ledger_witnesses_max = 16;  // so that what we serve is read by every client
inline constexpr std::chrono::seconds witness_deadline = 3s;
inline constexpr std::chrono::seconds witness_retry_max = 5min;
// Blocks of the journal in one read for a person, whose entries may be few in a long journal: milliseconds each hundred. One
// that has no list yet is read through.
inline constexpr std::size_t journal_read_blocks_max = 256;
inline constexpr std::size_t journal_unlisted_block_cost = 16;
inline constexpr std::size_t journal_search_blocks_max =
    4096;  // for the entry of a receipt that is not where it should be
inline constexpr std::chrono::seconds ledger_promise =
    24h;  // a receipt's entry is in the tree by then; it takes a second

// Receipts: 64 fields and 16 services, named in three languages; as a file with a note of the largest size
inline constexpr std::size_t receipt_bytes_max = 192 * 1024;
inline constexpr std::size_t receipt_file_bytes_max = receipt_bytes_max + 2 * note_bytes_max;
inline constexpr std::size_t receipt_keys_max =
    64;  // that ever signed: one a year for longer than anybody keeps receipts

// Archives. The term is longer than whatever needs a row in its live table: an answer is kept for repeats for 48 hours, a use is
// concluded within minutes.
inline constexpr int archive_days_min = 3;
inline constexpr int archive_days_max = 36'500;
inline constexpr int archive_tiles_max = 256;                    // of 256 entries in one file: 65,536, some 50 MB
inline constexpr std::chrono::seconds archive_glance = 1h;       // in which a missing file is found
inline constexpr std::chrono::seconds archive_retry_first = 1s;  // after a failure; doubles
inline constexpr std::chrono::seconds archive_retry_max = 10min;
inline constexpr std::size_t archive_threads = 2;      // that wait for disks in place of io threads
inline constexpr std::size_t archive_queue_max = 256;  // requests that wait for them; then 503

// Memory. Opened subjects, requests and consents, so many of each, about 20 MiB together: seconds of the busiest hour,
// in which a request is asked, answered and redeemed.
inline constexpr std::size_t opened_rows_max = 4096;

// Queues; those of one library alone stand in its options
inline constexpr int effect_attempts_max = 12;

}  // namespace kelisim::base::limits
