// SPDX-License-Identifier: Apache-2.0
// EDS_TEMP_FILES on the synchronous channel: the temporary file store (wire.md A9), with a status for each file.
#pragma once

#include <string>
#include <string_view>

#include "access/temp_files.hpp"
#include "gateway/local_service.hpp"
#include "soap/temp_storage.hpp"

namespace kelisim::gateway {

extern const base::Reason temp_store_login_wrong;
extern const base::Reason temp_files_too_many;

inline constexpr std::string_view temp_files_service = "EDS_TEMP_FILES";

struct TempFilesParts {
    const registry::Registry& registry;
    const identity::Clients& clients;
    const access::TempFiles& files;
    const records::TempFiles& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    const base::Zone& zone;
    const SoapDoor& door;
};

// Thread-safe. Outlives the channel that it is plugged into.
class TempFiles {
public:
    explicit TempFiles(TempFilesParts parts) : parts_(std::move(parts)) {}

    LocalService service() const;

private:
    using Served = std::variant<LocalAnswer, SoapRefusal>;
    using Results = boost::asio::awaitable<std::vector<soap::FileResult>>;

    boost::asio::awaitable<Served> serve(const LocalCall& call) const;
    const registry::System* login(const LocalCall& call, const soap::Sender& credentials) const;
    Results results(const LocalCall& call, const soap::StorageRequest& request, const registry::System& by) const;
    Results upload(const LocalCall& call, const soap::StorageRequest& request, const registry::System& by) const;
    Results download(const soap::StorageRequest& request, const registry::System& by) const;
    Results confirm(const soap::StorageRequest& request, const registry::System& by) const;
    std::vector<soap::FileResult> describe(const soap::StorageRequest& request) const;
    soap::FileMeta meta_of(const records::TempFile& file) const;
    Served answer(const LocalCall& call, const soap::StorageResponse& response) const;

    TempFilesParts parts_;
};

}  // namespace kelisim::gateway
