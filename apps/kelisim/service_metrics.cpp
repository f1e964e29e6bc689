// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

namespace kelisim::app {

std::string Service::metrics() const {
    telemetry::Exposition out;
    const store::Statistics store = database_->statistics();
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        out.counter(name, help);
        out.count(value);
    };
    http_metrics_.expose(out);
    certificates_.expose(out);
    counter("kelisim_store_units", "Units of work answered.", store.units);
    counter("kelisim_store_batches", "Batches committed or tried.", store.batches);
    counter("kelisim_store_failed_batches", "Batches whose COMMIT failed.", store.failed_batches);
    counter("kelisim_store_reopens", "Times the database was reopened after a failure.", store.reopens);
    counter("kelisim_store_checkpoints", "Checkpoints of the write-ahead log.", store.checkpoints);
    out.gauge("kelisim_store_queue_units", "Units that wait.");
    out.value(static_cast<double>(store.queue_units));
    out.gauge("kelisim_store_log_bytes", "Length of the write-ahead log.");
    out.value(static_cast<double>(store.log_bytes));
    const delivery::DueEffects& effects = runner_->effects();
    counter("kelisim_delivery_done", "Effects executed.", effects.done());
    counter("kelisim_delivery_put_off", "Attempts that failed and come again.", effects.put_off());
    counter("kelisim_delivery_parked", "Effects given up, waiting for an operator.", effects.parked());
    const store::DueTimers& timers = scheduler_->due_timers();
    counter("kelisim_timers_handled", "Timers carried out.", timers.handled());
    counter("kelisim_timers_retried", "Attempts of timers that failed.", timers.retried());
    counter("kelisim_timers_failed", "Timers given up, waiting for an operator.", timers.failed());
    counter("kelisim_delivery_outages", "Rounds of delivery that the store failed.", runner_->outages());
    counter("kelisim_timers_outages", "Rounds of the scheduler that the store failed.", scheduler_->outages());
    counter("kelisim_events_confirmed", "Pushed events that their receivers took.", pusher_->confirmed());
    counter("kelisim_events_refused", "Pushed events that their receivers refused.", pusher_->refused());
    counter("kelisim_events_failed", "Pushes without an answer that counts; they come again.", pusher_->failed());
    counter("kelisim_events_outages", "Rounds of pushing that the store failed.", pusher_->outages());
    database_->readers().read([&](store::ReadSession& session) {
        out.gauge("kelisim_events_waiting", "Events that wait for their receivers.");
        out.value(static_cast<double>(records_.security_events.waiting_count(session)));
        std::int64_t parked = 0;
        for (const auto kind : access::outbox_kinds) {
            parked += store::Outbox::failed_count(session, kind);
        }
        out.gauge("kelisim_delivery_waiting_for_operator", "Effects that were given up and wait.");
        out.value(static_cast<double>(parked));
        out.gauge("kelisim_timers_waiting_for_operator", "Timers that were given up and wait.");
        out.value(static_cast<double>(store::Timers::failed_count(session)));
    });
    counter("kelisim_gateway_outcomes_lost", "Outcomes of uses that could not be written.", outcomes_.lost());
    counter("kelisim_gateway_over_quota", "Calls of systems that called too often.", quotas_.refused());
    expose_owners(out);
    expose_async(out);
    expose_ledger(out);
    expose_time_stamps(out);
    expose_archives(out);
    return std::move(out).finish();
}

void Service::expose_owners(telemetry::Exposition& out) const {
    const auto rows = owners_.rows();
    const auto labels = [](const gateway::Owners::Row& row) {
        return telemetry::Labels{{"service", row.way.service},
                                 {"wire", row.way.wire == gateway::Wire::rest ? "rest" : "soap"},
                                 {"route", row.way.route}};
    };
    const auto counter = [&](std::string_view name, std::string_view help,
                             std::uint64_t gateway::OwnerRoute::Health::*of) {
        out.counter(name, help);
        for (const gateway::Owners::Row& row : rows)
            out.count(row.health.*of, labels(row));
    };
    using Health = gateway::OwnerRoute::Health;
    counter("kelisim_owner_answered", "Calls that an owner's system answered.", &Health::answered);
    counter("kelisim_owner_failed", "Calls that were lost on the way, or over which its system failed.",
            &Health::failed);
    counter("kelisim_owner_not_asked", "Calls that it was spared because it had failed too often.", &Health::not_asked);
    out.gauge("kelisim_owner_resting", "1 while it is not asked, for that reason.");
    for (const gateway::Owners::Row& row : rows)
        out.value(row.health.breaker == gateway::Breaker::closed ? 0 : 1, labels(row));
    out.counter("kelisim_owner_repeated", "Calls that went to an owner a second time.");
    out.count(owners_.repeated());
}

void Service::expose_async(telemetry::Exposition& out) const {
    records::AsyncMessages::Totals totals;
    database_->readers().read([&](store::ReadSession& session) { totals = records_.async_messages.totals(session); });
    const auto gauge = [&](std::string_view name, std::string_view help, double value) {
        out.gauge(name, help);
        out.value(value);
    };
    gauge("kelisim_async_waiting", "Messages that wait for their receivers.", static_cast<double>(totals.waiting));
    gauge("kelisim_async_given_up", "Messages that were given up, waiting for the operator.",
          static_cast<double>(totals.given_up));
    const base::Duration age = totals.oldest ? clock_.now() - *totals.oldest : base::Duration{};
    gauge("kelisim_async_oldest_seconds", "How long the oldest of them has waited.",
          std::chrono::duration<double>(age).count());
    out.counter("kelisim_async_pushed", "Pushed messages that their receivers took.");
    out.count(async_pusher_->taken());
    out.counter("kelisim_async_failed", "Pushes of messages that failed; they come again.");
    out.count(async_pusher_->failed());
    out.counter("kelisim_async_outages", "Rounds of pushing messages that failed.");
    out.count(async_pusher_->outages());
    out.counter("kelisim_refusals_units", "Units in which counts of refused messages were written.");
    out.count(refusals_.units());
    out.counter("kelisim_refusals_failed", "Times when they could not be; they are kept, and written later.");
    out.count(refusals_.failed());
}

void Service::expose_ledger(telemetry::Exposition& out) const {
    const notary::SequencerCounts& counts = sequencer_->counts();
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        out.counter(name, help);
        out.count(value);
    };
    const auto newest = board_.newest();
    out.gauge("kelisim_ledger_size", "Entries under the newest checkpoint.");
    out.value(newest ? static_cast<double>(newest->checkpoint.size) : 0);
    out.gauge("kelisim_ledger_signing", "1 while checkpoints are signed, 0 from a finding on.");
    out.value(counts.signing ? 1 : 0);
    counter("kelisim_ledger_checkpoints", "Checkpoints signed.", counts.checkpoints);
    counter("kelisim_ledger_epochs", "States of the map of persons made.", counts.epochs);
    counter("kelisim_ledger_findings", "Places of the ledger that are not as they were written.", counts.findings);
    counter("kelisim_ledger_scrubbed_leaves", "Leaves that the scrub looked at.", counts.scrubbed);
    counter("kelisim_ledger_outages", "Rounds of the ledger that the store failed.", counts.outages);
    std::uint64_t cosignatures = 0, failures = 0;
    for (const auto& witness : witnesses_) {
        cosignatures += witness->counts().cosignatures;
        failures += witness->counts().failures;
    }
    counter("kelisim_ledger_cosignatures", "Signatures of witnesses, verified and stored.", cosignatures);
    counter("kelisim_ledger_witness_failures", "Submissions to witnesses that brought no signature.", failures);
}

void Service::expose_time_stamps(telemetry::Exposition& out) const {
    notary::TimeStampsMissing missing;
    if (time_stamper_)
        database_->readers().read(
            [&](store::ReadSession& session) { missing = notary::missing_time_stamps(session, records_); });
    out.counter("kelisim_time_stamps", "Time stamps, verified and stored.");
    out.count(time_stamper_ ? time_stamper_->counts().stamps.load() : 0);
    out.counter("kelisim_time_stamp_failures", "Requests for time stamps that brought none; they come again.");
    out.count(time_stamper_ ? time_stamper_->counts().failures.load() : 0);
    const base::Duration age = missing.oldest ? clock_.now() - *missing.oldest : base::Duration{};
    out.gauge("kelisim_time_stamps_oldest_seconds",
              "How long the oldest entry of the ledger has lacked its time stamp.");
    out.value(std::chrono::duration<double>(age).count());
}

void Service::expose_archives(telemetry::Exposition& out) const {
    const archive::ArchivingCounts& counts = archiver_->counts();
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        out.counter(name, help);
        out.count(value);
    };
    const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
        out.gauge(name, help);
        out.value(static_cast<double>(value));
    };
    records::Archives::Totals totals;
    database_->readers().read([&](store::ReadSession& session) { totals = records_.archives.totals(session); });
    gauge("kelisim_archive_files", "Sealed files of old entries.", totals.files);
    gauge("kelisim_archive_bytes", "Length of all of them.", totals.bytes);
    gauge("kelisim_archive_entries", "Entries of the ledger that stand in them.", totals.leaves);
    gauge("kelisim_archive_damaged", "Files that are missing or altered.", archive_files_.damaged());
    counter("kelisim_archive_sealed", "Files sealed since the start.", counts.sealed);
    counter("kelisim_archive_failures", "Attempts at archiving that failed; they come again.", counts.failures);
    counter("kelisim_archive_checked", "Files that were read through.", counts.checked);
}

}  // namespace kelisim::app
