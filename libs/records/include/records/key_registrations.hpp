// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/vault.hpp"
#include "registry/entries.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using KeyRegistrationId = base::Id<struct KeyRegistrationTag>;

// A registration of keys with the evidence for it: who registered which key, and when (236/НК п.10(2)).
struct KeptKeyRegistration {
    KeyRegistrationId id;  // its time is that of the registration
    registry::KeyRegistration content;
    std::string role;              // of the signer's certificate by which it binds the organisation
    crypto::Digest certificate{};  // SHA-256 of it
    base::Bytes document;          // as it was signed, certificate and all; personal data of the signer
};

// All that were ever taken; none is changed or deleted. Sealed under the archive key, for a certificate names a person.
// Thread-safe: without state.
class KeyRegistrations {
public:
    KeyRegistrations(const Vault& vault, base::Entropy& entropy) : vault_(vault), entropy_(entropy) {}

    void add(store::WriteSession& session, const KeptKeyRegistration& registration) const;
    std::optional<KeptKeyRegistration> find(store::ReadSession& session, KeyRegistrationId id) const;
    // When the newest for the same keys was made.
    std::optional<base::Time> last_made(store::ReadSession& session, const registry::KeyRegistration& like) const;
    // Newest first, those before `before`; of one organisation, or of all where none is named.
    std::vector<KeptKeyRegistration> list(store::ReadSession& session, std::optional<std::string_view> organisation,
                                          const std::optional<base::RawId>& before, std::size_t max) const;

private:
    KeptKeyRegistration read(const store::Row& row) const;

    const Vault& vault_;
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
