// SPDX-License-Identifier: Apache-2.0
// For tests: a real database in a directory that goes away, a clock that stands still, and the persons and parties of the
// sandbox.
#pragma once

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "records/records.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::records::testing {

inline const base::Time start = base::from_micros(1'795'000'000'000'000);  // 2026-11-18, noon in Almaty within a day

// Stands still until it is moved. Thread-safe.
class TestClock final : public base::Clock {
public:
    base::Time now() const override { return base::from_micros(micros_.load()); }
    void advance(base::Duration by) { micros_ += by.count(); }

private:
    std::atomic<std::int64_t> micros_{base::to_micros(start)};
};

// Repeatable where one thread draws at a time, and safe where several do.
class LockedEntropy final : public base::Entropy {
public:
    explicit LockedEntropy(std::uint64_t seed) : seeded_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        const std::lock_guard lock(mutex_);
        seeded_.fill(out);
    }

private:
    std::mutex mutex_;
    base::SeededEntropy seeded_;
};

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "kelisim-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw base::Outage("cannot make a temporary directory");
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;  // a test's leftovers are no failure of the test
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A database of its own. What it promises about power failures is shown in store_sqlite; here fsync would only cost time.
class Store {
public:
    Store() {
        options_.directory = directory_.path();
        options_.test_hooks.synchronous = store_sqlite::TestHooks::Synchronous::off;
        options_.test_hooks.on_commit = [this] {
            const auto fault = fault_ ? fault_() : store_sqlite::CommitFault::none;
            if (fault != store_sqlite::CommitFault::none) return fault;
            again_ = twice_ && !again_;
            return again_ ? store_sqlite::CommitFault::runs_again : store_sqlite::CommitFault::none;
        };
        store_sqlite::init(options_);
        open();
    }

    store::Writer& writer() { return database_->writer(); }
    store::Readers& readers() { return database_->readers(); }
    void close() { database_.reset(); }
    void open() { database_ = store_sqlite::Database::open(options_); }
    // As may happen on an engine where others write too: a unit changes nothing outside its session.
    void run_batches_twice() { twice_ = true; }
    // Asked before each commit, on the writer's thread. For one thread that submits and waits.
    void fail_commits(std::function<store_sqlite::CommitFault()> fault) { fault_ = std::move(fault); }
    // A batch for each unit, from the next opening on: what happens no longer depends on how quickly units come in.
    void commit_each_unit() { options_.batches.batch_units_max = 1; }
    void set_queue_units_max(std::size_t units) { options_.batches.queue_units_max = units; }

    template <class F>
    auto unit(F work) {
        return store::run(writer(), work);
    }
    template <class F>
    auto look(F work) {
        std::optional<std::invoke_result_t<F&, store::ReadSession&>> found;
        readers().read([&](store::ReadSession& session) { found.emplace(work(session)); });
        return std::move(*found);
    }
    // Changes rows behind the back of the service.
    std::size_t tamper(const store::Statement& statement) {
        return unit([&](store::WriteSession& session) { return session.execute(statement, {}); });
    }

    // Every byte on disk: the database and its log.
    std::string raw_bytes() const {
        std::string all;
        for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
            std::ifstream in(file.path(), std::ios::binary);
            all.append(std::istreambuf_iterator<char>(in), {});
        }
        return all;
    }

private:
    TemporaryDirectory directory_;
    std::atomic<bool> twice_{false};
    std::function<store_sqlite::CommitFault()> fault_;
    bool again_ = false;  // the writer's thread alone
    store_sqlite::Options options_;
    std::unique_ptr<store_sqlite::Database> database_;
};

inline crypto::SealKey master_key() {
    crypto::KeyBytes bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
    return crypto::SealKey(bytes);
}

inline base::Iin iin(std::string_view digits) {
    return base::Iin::parse(digits).value();
}
inline people::Phone phone(std::string_view number) {
    return people::Phone::parse(number).value();
}

// People of the sandbox, each with what makes them a case.
namespace person {

inline people::Person abai() {
    people::Person made;
    made.iin = iin("450810100013");
    made.surname = "Құнанбаев";
    made.name = "Абай";
    made.phone = phone("+77000000001");
    return made;
}
inline people::Person dead() {
    people::Person made;
    made.iin = iin("351124100016");
    made.surname = "Уәлиханов";
    made.name = "Шоқан";
    made.language = base::Language::ru;
    made.phone = phone("+77000000002");
    made.life_status = people::LifeStatus::dead;
    return made;
}
inline people::Person ybyrai() {
    people::Person made;
    made.iin = iin("411020100014");
    made.surname = "Алтынсарин";
    made.name = "Ыбырай";
    made.language = base::Language::ru;
    made.phone = phone("+77000000003");
    return made;
}
inline people::Person without_phone() {
    people::Person made;
    made.iin = iin("580201100019");
    made.surname = "Құдайбердиев";
    made.name = "Шәкәрім";
    return made;
}
inline people::Person incapable() {
    people::Person made;
    made.iin = iin("750315200011");
    made.surname = "Учебная";
    made.name = "Шестая";
    made.phone = phone("+77000000006");
    made.capable = false;
    made.representative = iin("880808200018");
    return made;
}
inline people::Person missing() {
    people::Person made;
    made.iin = iin("860607100015");
    made.surname = "Учебный";
    made.name = "Девятый";
    made.phone = phone("+77000000009");
    made.life_status = people::LifeStatus::missing;
    return made;
}
inline people::Person minor() {
    people::Person made;
    made.iin = iin("991231200017");
    made.surname = "Учебная";
    made.name = "Дочь";
    made.patronymic = "Абайқызы";
    made.minor = true;
    made.representative = iin("820909200016");
    return made;
}
inline people::Person mother() {
    people::Person made;
    made.iin = iin("820909200016");
    made.surname = "Учебная";
    made.name = "Восьмая";
    made.phone = phone("+77000000008");
    return made;
}
inline base::Iin unknown() {
    return iin("900101100014");
}

inline std::vector<people::Person> all() {
    return {abai(), dead(), ybyrai(), without_phone(), incapable(), missing(), minor(), mother()};
}

}  // namespace person

inline registry::Connection connection(std::string key, std::string initiator, registry::Channel channel,
                                       std::string purpose) {
    return {.key = std::move(key),
            .initiator = std::move(initiator),
            .channel = channel,
            .environment = registry::Environment::production,
            .valid_from = "2026-01-01",
            .valid_to = "2027-12-31",
            .acts = {"collection", "processing"},
            .grounds = {},
            .storage = "P1Y",
            .processing = "P30D",
            .uses_max = 3,
            .purposes = {{std::move(purpose),
                          {"Несие өтінімін қарау", "Рассмотрение заявки на кредит"},
                          {"GBDFLUniversal_token", "GBDFL_FamilyInfoToken"}}}};
}

// DEMOBANK asks through the contact centre ("bank-loans"); the others show what is refused.
inline registry::Entries entries() {
    using enum registry::Channel;
    registry::Entries made{
        .organisations =
            {{"000140000353", registry::OrganisationKind::bank, {"Оқу банкі", "Учебный банк"}},
             {"000140000429", registry::OrganisationKind::company, {"Оқу сақтандыру", "Учебная страховая"}},
             {"000140000984", registry::OrganisationKind::state_body, {"Құтқару", "Служба спасения"}},
             {"000140000637", registry::OrganisationKind::state_body, {"Тәртіп", "Учебная полиция"}},
             {"000140000210", registry::OrganisationKind::state_body, {"Оқу органы", "Учебный орган"}},
             {"000140000141", registry::OrganisationKind::authorized_body, {"Уәкілетті орган", "Уполномоченный орган"}},
             {"000140000072", registry::OrganisationKind::egov_operator, {"Оператор", "Оператор"}}},
        .systems = {{"DEMOBANK", "000140000353", registry::Contour::external, "demo-bank", "", true, "STP-1"},
                    {"DEMOINS", "000140000429", registry::Contour::external, "demo-insurer", "", true, "STP-2"},
                    {"RESCUE", "000140000984", registry::Contour::ets, "rescue", "", true, "STP-3"},
                    {"POLICE", "000140000637", registry::Contour::ets, "police", "94-V:9(1)", true, "STP-4"},
                    {"GBDFL", "000140000210", registry::Contour::ets, "gbdfl", "", true, "STP-5"}},
        .services = {{"GBDFLUniversal_token",
                      "GBDFL",
                      true,
                      registry::AccessClass::confidential,
                      {"Жеке тұлға туралы мәліметтер", "Сведения о физическом лице"},
                      {"surname", "name", "birthDate"}},
                     {"GBDFL_FamilyInfoToken",
                      "GBDFL",
                      true,
                      registry::AccessClass::confidential,
                      {"Отбасы туралы мәліметтер", "Сведения о семье"},
                      {"spouse", "children"}}},
        .connections = {connection("bank-loans", "DEMOBANK", contact_centre, "loan-application"),
                        connection("bank-accounts", "DEMOBANK", own_means, "account-opening"),
                        connection("bank-cards", "DEMOBANK", contact_centre, "card-issue"),
                        connection("insurer", "DEMOINS", contact_centre, "insurance-contract"),
                        connection("bank-codes", "DEMOBANK", sms_code, "deposit"),
                        connection("bank-offers", "DEMOBANK", proactive, "renewal"),
                        connection("rescue", "RESCUE", logging, "emergency-aid")},
        .campaigns = {{"renewal-2026", "204/НҚ", "", "2026-05-09", "2026-12-31", {}, {"text"}}}};
    made.deferral_laws = {{.key = "search-act",
                           .ground = "94-V:9(1)",
                           .law = {"Іздеу туралы заң", "Закон о розыске"},
                           .article = "12",
                           .longest = "P30D",
                           .deciders = {"000140000637"}}};
    made.organisations.front().security_operations_centre = registry::SecurityCentre::own;
    made.organisations.front().renders_proactive_services = true;
    made.connections[4].code = registry::CodeKind::alphanumeric;
    made.connections[5].act = "204/НҚ";
    made.connections[6].grounds = {"94-V:9(5)"};
    made.connections[6].uses_per_day = 2;
    made.connections[2].valid_to = "2026-06-30";
    made.connections[3].purposes.front().services = {"GBDFLUniversal_token"};
    return made;
}

}  // namespace kelisim::records::testing
