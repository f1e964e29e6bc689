// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using DataChangeId = base::Id<struct DataChangeTag>;

enum class DataChangeKind { changed, added };
BOOST_DESCRIBE_ENUM(DataChangeKind, changed, added)

// What an owner says that it did to the personal data of somebody: which data, never their values (418-V ст.36(4)).
struct DataChange {
    DataChangeId id;
    DataChangeKind kind{};
    std::string owner;  // system key
    std::string service;
    std::vector<std::string> fields;
    base::Time at;       // when the owner's data changed
    std::string reason;  // in the owner's words; may be empty
};

// By IIN and not by subject: an owner reports on everybody, and who is not known here yet sees it when they are.
// Thread-safe: without state.
class DataChanges {
public:
    DataChanges(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    // Again under the same id: nothing happens, and false.
    bool add(store::WriteSession& session, const base::Iin& person, const DataChange& change) const;
    // Newest report first, those before `before`.
    std::vector<DataChange> of(store::ReadSession& session, const base::Iin& person,
                               const std::optional<base::RawId>& before, std::size_t max) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
