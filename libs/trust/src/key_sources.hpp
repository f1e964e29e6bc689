// SPDX-License-Identifier: Apache-2.0
// What stands behind SigningKey: the containers that hold private keys.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "crypto/gost.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::trust {

using PrivateKey = std::variant<std::shared_ptr<EVP_PKEY>, crypto::GostPrivateKey>;

struct KeyContainer {
    std::vector<PrivateKey> keys;
    std::vector<Certificate> certificates;
};

// RSA and EC as OpenSSL reads them, GOST by Kazakhstan's OIDs. signing_key_unsuitable for others.
base::Result<PrivateKey> read_private_key(const PKCS8_PRIV_KEY_INFO* info);

base::Result<KeyContainer> open_pkcs12(base::BytesView file, const base::Secret<std::string>& passphrase);
base::Result<KeyContainer> open_pem(const base::Secret<std::string>& text, const base::Secret<std::string>& passphrase);
base::Result<KeyContainer> open_token(const TokenKey& key);

// Every CERTIFICATE of a text, in its order; signing_key_unreadable when one of them is none.
base::Result<std::vector<Certificate>> read_certificates(std::string_view pem);

}  // namespace kelisim::trust
