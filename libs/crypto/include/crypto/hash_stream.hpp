// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "crypto/hash.hpp"

namespace kelisim::crypto {

// SHA-256 (FIPS 180-4) of more than fits into memory. Used by one thread at a time. Throws base::Outage when the library fails.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(base::BytesView bytes);
    Digest finish();  // nothing is added after it

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

}  // namespace kelisim::crypto
