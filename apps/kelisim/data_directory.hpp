// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/seal.hpp"
#include "crypto/vrf.hpp"
#include "token/keys.hpp"

namespace kelisim::app {

// What stands beside the database in DIR: DIR/secrets (0700) with the master key and the signing key, apart from every
// configuration file, and in a sandbox DIR/sandbox with the clients' keys. Made at first start; throws base::Outage when
// a file is there but unusable, rather than making a new key under which nothing opens.
class DataDirectory {
public:
    explicit DataDirectory(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const { return path_; }

    // Refuses to make a new key beside a database, which is sealed under another.
    enum class Database { none, exists };
    crypto::SealKey master_key(base::Entropy& entropy, Database database) const;
    token::SigningKey signing_key() const;
    // Signs tokens for the SOAP wire, whose clients know RS256 (wire.md B3, B4).
    token::SigningKey wire_key() const;
    // Signs receipts and nothing else. replace_receipt_key: another one from now on; the old private half is gone.
    // Like the key of tags it is not made anew where the database knows of one: nobody would notice that it was lost.
    enum class Former { none, used };
    token::SigningKey receipt_key(Former former) const;
    token::SigningKey replace_receipt_key() const;
    crypto::Ed25519Key ledger_key() const;
    // Under which persons have their places in the map of the ledger. Another one would give everybody a second place: it is
    // said in each state of the map, and never changes.
    crypto::VrfKey tag_key(Former former) const;

    // The last checkpoint that was signed, apart from the database: DIR/ledger-checkpoint.
    std::optional<std::string> last_checkpoint() const;
    void keep_checkpoint(std::string_view note) const;  // durable when it returns

    // Keys of the sandbox: DIR/sandbox/<client_id>.pem for private_key_jwt, proof-<bin>.pem and
    // ovt-<bin>.pem (RSA) for proofs of own means.
    crypto::PrivateKey sandbox_key(const std::string& name) const;
    crypto::PrivateKey sandbox_rsa_key(const std::string& name) const;
    // From which the sandbox's certification authority follows: DIR/sandbox/authority.seed.
    std::uint64_t sandbox_authority_seed(base::Entropy& entropy) const;
    // A copy of the world for the owners' servers: DIR/sandbox/world.toml.
    std::filesystem::path keep_world(std::string_view toml) const;

    // Erasures are also written beside the database, durably and before they happen, so that they can be replayed after a
    // restore: DIR/erasures, an id a line.
    void note_erasure(consent::SubjectId id) const;
    std::vector<consent::SubjectId> erasures() const;

private:
    std::string read_or_make(const std::filesystem::path& file, const std::function<std::string()>& make) const;

    std::filesystem::path path_;
};

}  // namespace kelisim::app
