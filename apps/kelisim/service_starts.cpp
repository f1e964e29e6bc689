// SPDX-License-Identifier: Apache-2.0
// How the threads of the service begin that work by themselves.
#include "exchange.hpp"
#include "service.hpp"
#include "settings.hpp"

namespace kelisim::app {

namespace {

class KeptBesideDatabase final : public notary::LastSigned {
public:
    explicit KeptBesideDatabase(const DataDirectory& directory) : directory_(directory) {}
    std::optional<std::string> read() override { return directory_.last_checkpoint(); }
    void keep(std::string_view note) override { directory_.keep_checkpoint(note); }

private:
    const DataDirectory& directory_;
};

}  // namespace

void Service::start_archiver() {
    const config::Config& config = options_.config;
    archiver_ = std::make_unique<archive::Archiver>(
        archive::ArchivingParts{.records = records_,
                                .writer = database_->writer(),
                                .readers = database_->readers(),
                                .clock = clock_,
                                .entropy = entropy_,
                                .log = *log_,
                                .files = archive_files_,
                                .ledger = ledger_vkey_.name,
                                .key = ledger_key_,
                                .signed_size = [&board = board_]() -> std::uint64_t {
                                    const auto newest = board.newest();
                                    return newest ? newest->checkpoint.size : 0;
                                }},
        archive::ArchivingOptions{.term = std::chrono::days{config.number("archive.after_days")},
                                  .tiles = config.number("archive.tiles"),
                                  .scrub = std::chrono::days{config.number("ledger.scrub_days")}});
}

void Service::start_ledger() {
    last_signed_ = std::make_unique<KeptBesideDatabase>(directory_);
    const config::Config& config = options_.config;
    sequencer_ = std::make_unique<notary::Sequencer>(
        notary::SequencerParts{.records = records_,
                               .writer = database_->writer(),
                               .readers = database_->readers(),
                               .clock = clock_,
                               .log = *log_,
                               .board = board_,
                               .last_signed = *last_signed_,
                               .origin = ledger_vkey_.name,
                               .key = ledger_key_,
                               .entropy = entropy_,
                               .tags = tag_key_},
        notary::SequencerOptions{.interval = std::chrono::milliseconds{config.number("ledger.interval_ms")},
                                 .epoch = std::chrono::milliseconds{config.number("ledger.epoch_ms")},
                                 .scrub = std::chrono::days{config.number("ledger.scrub_days")}});
    for (notary::WitnessAddress& address : witnesses_of(config)) {
        witnesses_.push_back(std::make_unique<notary::Witness>(
            notary::WitnessParts{
                .records = records_,
                .writer = database_->writer(),
                .readers = database_->readers(),
                .clock = clock_,
                .log = *log_,
                .board = board_,
                .exchange = [this](http::Outgoing request) { return exchange(workers_, client_, std::move(request)); }},
            std::move(address), std::chrono::milliseconds{config.number("ledger.witness_interval_ms")}));
    }
}

void Service::start_time_stamps() {
    const config::Config& config = options_.config;
    auto address = time_stamps_of(config);
    if (!address) return;
    const std::string& directory = config.text("timestamps.authorities");
    stamping_authorities_ =
        directory.empty() ? trusted(config, directory_, entropy_) : trust::read_authorities(directory);
    time_stamper_ = std::make_unique<notary::TimeStamper>(
        notary::TimeStampParts{
            .records = records_,
            .writer = database_->writer(),
            .readers = database_->readers(),
            .clock = system_clock_,
            .entropy = entropy_,
            .log = *log_,
            .board = board_,
            .exchange = [this](http::Outgoing request) { return exchange(workers_, client_, std::move(request)); },
            .authorities = *stamping_authorities_},
        std::move(*address), std::chrono::seconds{config.number("timestamps.interval_seconds")});
}

void Service::start_async_pusher() {
    async_pusher_ = std::make_unique<gateway::AsyncPusher>(
        gateway::AsyncPusherParts{.writer = database_->writer(),
                                  .readers = database_->readers(),
                                  .messages = records_.async_messages,
                                  .queues = async_queues_,
                                  .registry = registry_,
                                  .clock = clock_,
                                  .zone = zone_,
                                  .alarm = async_alarm_,
                                  .door = soap_door_,
                                  .client = async_client_,
                                  .receivers = async_receivers_of(options_.config)});
}

}  // namespace kelisim::app
