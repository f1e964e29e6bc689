// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/registry.hpp"
#include "store/session.hpp"

namespace kelisim::records {

void save_registry(store::WriteSession& session, const registry::Entries& entries);
registry::Entries load_registry(store::ReadSession& session);  // throws Damaged
// As they stand in the store, which a unit reads instead of the memory: another unit of its batch may have changed them.
std::optional<registry::Connection> load_connection(store::ReadSession& session, std::string_view key);
std::optional<registry::IntegrationService> load_service(store::ReadSession& session, std::string_view key);
std::vector<registry::System> load_systems(store::ReadSession& session);
std::optional<registry::System> load_system(store::ReadSession& session, std::string_view key);
std::optional<registry::SecurityAgreement> load_agreement(store::ReadSession& session, std::string_view number);
std::optional<registry::OpenService> load_open_service(store::ReadSession& session, std::string_view key);
std::optional<registry::Organisation> load_organisation(store::ReadSession& session, std::string_view bin);
std::optional<registry::ClientCredential> load_credential(store::ReadSession& session, std::string_view client_id);
std::vector<registry::TlsClient> load_tls_clients(store::ReadSession& session);

// Small facts about the installation itself: its issuer, the sandbox's clock. untold_before: the last entry of the journal when an
// older installation was brought to version 16; until then a refused call was not told from another one of its consent, nor that
// a consent was exhausted.
inline constexpr std::string_view untold_before_setting = "journal.untold_before";
std::optional<std::string> setting(store::ReadSession& session, std::string_view name);
void set_setting(store::WriteSession& session, std::string_view name, std::string_view value);

}  // namespace kelisim::records
