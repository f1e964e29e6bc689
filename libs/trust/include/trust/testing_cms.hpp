// SPDX-License-Identifier: Apache-2.0
// For tests: signed documents and time stamps, written apart from the server's own writer and with every part to be altered.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trust/testing.hpp"

namespace kelisim::trust::test {

inline constexpr std::string_view data_content = "1.2.840.113549.1.7.1",
                                  time_stamp_content = "1.2.840.113549.1.9.16.1.4";

base::Bytes attribute(std::string_view oid, base::BytesView value);
// ESS, v1 with SHA-1 and v2 with SHA-256, naming the certificate.
base::Bytes signing_certificate_v1(const Certificate& certificate);
base::Bytes signing_certificate_v2(const Certificate& certificate);

// One signature; as it stands, it is CAdES-BES.
struct CmsSigner {
    const Party* party = nullptr;
    bool has_attributes = true;                      // signed ones at all
    std::optional<std::string> content_type = {};    // in place of the right one; empty: no such attribute
    std::optional<base::Bytes> message_digest = {};  // in place of the right one; empty: no such attribute
    std::optional<base::Time> signing_time = now;
    std::optional<base::Bytes> signing_certificate = {};  // an attribute, in place of v2 on the party; empty: none
    std::vector<base::Bytes> further_attributes = {};     // from attribute()
    std::vector<base::Bytes> unsigned_attributes = {};
    bool by_key_id = false;
    std::optional<std::string> digest_oid = {}, signature_oid = {};
    std::function<base::Bytes(base::Bytes)> alter_signature = {};
};

struct CmsDocument {
    std::string content_type = std::string(data_content);
    base::Bytes content = {};
    bool attached = true;
    std::vector<CmsSigner> signers = {};
    std::optional<std::vector<Certificate>> certificates = {};  // in place of the signers'
};
base::Bytes cms(const CmsDocument& document);

// The national authority's time stamp: GOST, no accuracy, ESS v1 (pki.md 3.3).
struct TimeStamp {
    DigestAlgorithm algorithm = DigestAlgorithm::sha256;
    base::Bytes imprint = {};
    std::string policy = "1.2.398.3.3.2.6.4";
    base::Time at = now;
    base::Bytes nonce = {};  // empty: none
    std::vector<base::Bytes> further_fields = {};
};
base::Bytes time_stamp_token(const TimeStamp& stamp, const Party& authority);
// With the signers given: none, several, altered ones.
base::Bytes time_stamp_token(const TimeStamp& stamp, std::vector<CmsSigner> signers);
// A TimeStampResp; an empty token is left out.
base::Bytes time_stamp_response(int status, base::BytesView token);

}  // namespace kelisim::trust::test
