// SPDX-License-Identifier: Apache-2.0
// Units from several threads against a database that may fail at any moment, and the check of what is left of them.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "store/contract_support.hpp"

namespace kelisim::store::contract {

// Each unit writes two rows, `id` and `id + twin`, and counts itself in row 0: all of it is there, or nothing.
class Workload {
public:
    static constexpr std::int64_t twin = 1'000'000;

    enum class Answer { acknowledged, refused, failed, ambiguous };

    // Ends early when `stop` says so.
    void run(Writer& writer, std::uint64_t seed, int threads, int units, const std::function<bool()>& stop) {
        std::vector<std::thread> callers;
        for (int thread = 0; thread < threads; ++thread) {
            callers.emplace_back([&, thread] {
                std::mt19937_64 random(seed + static_cast<std::uint64_t>(thread) * 7919);
                for (int i = 0; i < units && !stop(); ++i)
                    one_unit(writer, next_id_++, random() % 8);
            });
        }
        for (auto& caller : callers)
            caller.join();
    }

    // What contradicts the answers that were given; empty when every promise was kept.
    std::vector<std::string> broken_promises(Readers& readers) const {
        std::vector<std::string> broken;
        readers.read([&](ReadSession& session) { broken = broken_promises(session); });
        return broken;
    }

    std::size_t count(Answer which) const {
        return static_cast<std::size_t>(
            std::count_if(answers_.begin(), answers_.end(), [&](const auto& entry) { return entry.second == which; }));
    }

private:
    void one_unit(Writer& writer, std::int64_t id, std::uint64_t dice) {
        static const base::Reason no{"workload_no", base::Kind::conflict, "", {"joq", "нет", "no"}};
        static const Statement count{"workload_count",
                                     "INSERT INTO contract_item (id, value, number) VALUES (0, 'count', 1)"
                                     " ON CONFLICT (id) DO UPDATE SET number = contract_item.number + 1"};
        const std::string value(static_cast<std::size_t>(dice * dice * 40), 'x');
        Answer answer = Answer::failed;
        try {
            const auto result = store::run(writer, [&](WriteSession& session) -> base::Result<int> {
                session.execute(insert_item, {id, value});
                session.execute(insert_item, {id + twin, value});
                session.execute(count, {});
                session.after_commit([this, id] { indexed_.push_back(id); });
                if (dice == 0) return base::Refusal{no};
                if (dice == 1) throw std::runtime_error("a unit may throw");
                return 0;
            });
            answer = result ? Answer::acknowledged : Answer::refused;
        } catch (const Ambiguous&) {
            answer = Answer::ambiguous;
        } catch (const std::exception&) {
            answer = Answer::failed;
        }
        const std::lock_guard lock(mutex_);
        answers_[id] = answer;
    }

    std::vector<std::string> broken_promises(ReadSession& session) const {
        static const Statement all{"workload_all", "SELECT id FROM contract_item WHERE id > 0"};
        static const Statement counted{"workload_counted", "SELECT number FROM contract_item WHERE id = 0"};
        std::vector<std::string> broken;
        std::set<std::int64_t> stored;
        const std::set<std::int64_t> indexed(indexed_.begin(), indexed_.end());
        session.query(all, {}, [&](const Row& row) { stored.insert(row.integer(0)); });
        std::int64_t count = 0, told = 0;
        for (const auto& [id, answer] : answers_) {
            const bool first = stored.contains(id), second = stored.contains(id + twin);
            count += first ? 1 : 0;
            if (first != second) broken.push_back("half of unit " + std::to_string(id));
            if (answer == Answer::acknowledged && !first) broken.push_back("lost unit " + std::to_string(id));
            if (answer == Answer::acknowledged && !indexed.contains(id))
                broken.push_back("the index lacks unit " + std::to_string(id));
            const bool never = answer == Answer::refused || answer == Answer::failed;
            if (never && first) broken.push_back("unit " + std::to_string(id) + " is there and was answered otherwise");
        }
        for (const std::int64_t id : indexed_) {
            if (!stored.contains(id))
                broken.push_back("the index knows a unit that is not stored: " + std::to_string(id));
        }
        session.query(counted, {}, [&](const Row& row) { told = row.integer(0); });
        if (told != count) broken.push_back("counted " + std::to_string(told) + ", stored " + std::to_string(count));
        return broken;
    }

    std::atomic<std::int64_t> next_id_{1};
    std::mutex mutex_;
    std::map<std::int64_t, Answer> answers_;
    std::vector<std::int64_t> indexed_;  // the writer's thread, read when it has ended
};

}  // namespace kelisim::store::contract
