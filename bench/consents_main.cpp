// SPDX-License-Identifier: Apache-2.0
// bench_consents DIR: full consents through the use cases, durable, on the disk of DIR.
#include <iostream>

#include "consents.hpp"
#include "measure.hpp"

int main(int count, char** words) {
    using namespace kelisim::bench;
    if (count != 2) {
        std::cerr << "usage: bench_consents DIR\n";
        return 2;
    }
    constexpr std::size_t persons = 20'000, in_flight = 2'000;
    const TemporaryDirectory directory(words[1]);
    Installation installation(directory.path() / "data", persons);
    boost::json::object result;
    {
        const Consents consents(installation, in_flight);
        result = to_json(measure(consents.completed(), installation.database->writer(), {}));
    }
    const auto store = installation.database->statistics();
    result["in_flight"] = in_flight;
    result["persons"] = persons;
    result["units_per_batch"] = static_cast<double>(store.units) / static_cast<double>(store.batches);
    result["commit_p99_us"] = store.commit.quantile(0.99).count();
    print(result);
}
