// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "trust/revocation.hpp"

namespace kelisim::app {

// Asks responders and fetches lists over HTTP; never on an io thread of the workers. Both outlive it.
class NetworkStatusSource final : public trust::StatusSource {
public:
    NetworkStatusSource(http::Workers& workers, http::Client& client) : workers_(workers), client_(client) {}
    std::optional<base::Bytes> ask_ocsp(const std::string& url, base::BytesView request) override;
    std::optional<base::Bytes> fetch_crl(const std::string& url) override;

private:
    std::optional<base::Bytes> call(const std::string& url, http::Outgoing request);

    http::Workers& workers_;
    http::Client& client_;
};

}  // namespace kelisim::app
