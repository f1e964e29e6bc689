// SPDX-License-Identifier: Apache-2.0
// Token Status List (draft-ietf-oauth-status-list): GET /status-lists/{n}, and the list of lists.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "access/token_index.hpp"
#include "base/clock.hpp"
#include "http/route.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"
#include "token/keys.hpp"

namespace kelisim::api {

extern const base::Reason status_list_unknown;

struct StatusListParts {
    std::string issuer;
    const records::Records& records;
    store::Readers& readers;
    const base::Clock& clock;
    const access::StatusPlaces& places;
    const token::SigningKey& signing_key;
};

// Builds a list from what is durable and signs it, on the thread that asks; keeps the copy until its `ttl` is over or one
// of its statuses changed. So on one node a list is never behind an acknowledgement, as introspection is not; a reader's
// own copy is by limits::status_list_ttl. Thread-safe. Outlives the server that has its routes.
class StatusLists {
public:
    explicit StatusLists(StatusListParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    struct Copy {
        base::Time issued;
        std::uint64_t changes = 0;
        std::string text;  // the signed token
        std::string etag;
    };
    using Shared = std::shared_ptr<const Copy>;

    http::Response one(const http::Request& request);
    http::Response all();
    Shared kept(std::int64_t number, base::Time now) const;
    Shared build(std::int64_t number, base::Time now) const;  // null: there is no such list
    void keep(std::int64_t number, const Shared& copy);

    const StatusListParts parts_;
    mutable std::mutex mutex_;
    std::map<std::int64_t, Shared> copies_;
};

}  // namespace kelisim::api
