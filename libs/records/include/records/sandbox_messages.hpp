// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "people/person.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

struct SandboxMessage {
    std::string id;
    bool outgoing = false;  // from the service to the phone
    base::Time at;
    std::string text;
};

// The messages on the sandbox's phones, which survive a restart as those on a real phone do.
class SandboxMessages {
public:
    SandboxMessages(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    // False when a message with this id is there already.
    bool add(store::WriteSession& session, const people::Phone& phone, const SandboxMessage& message) const;
    std::vector<SandboxMessage> all(store::ReadSession& session, const people::Phone& phone) const;

private:
    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
