// SPDX-License-Identifier: Apache-2.0
// A SignedData of RFC 5652 section 5 taken apart, and put together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "der.hpp"
#include "trust/certificate.hpp"
#include "trust/report.hpp"

namespace kelisim::trust::cms {

inline constexpr std::string_view data_oid = "1.2.840.113549.1.7.1", signed_data_oid = "1.2.840.113549.1.7.2",
                                  content_type_oid = "1.2.840.113549.1.9.3",
                                  message_digest_oid = "1.2.840.113549.1.9.4",
                                  signing_time_oid = "1.2.840.113549.1.9.5",
                                  signing_certificate_oid = "1.2.840.113549.1.9.16.2.12",
                                  signing_certificate_v2_oid = "1.2.840.113549.1.9.16.2.47",
                                  time_stamp_token_oid = "1.2.840.113549.1.9.16.2.14",
                                  time_stamp_info_oid = "1.2.840.113549.1.9.16.1.4";

struct Attribute {
    std::string oid;
    std::vector<der::Element> values;
    der::Element whole;
};

struct SignerInfo {
    der::Element whole;
    base::BytesView issuer, serial;  // DER; empty where the signer is named by its key
    base::BytesView key_id;
    std::optional<std::string> digest_oid, signature_oid;  // none: with parameters that we do not know
    std::optional<std::vector<Attribute>> signed_attributes;
    base::BytesView signature;
    std::vector<Attribute> unsigned_attributes;
};

// Views are into `der`; so it is moved, never copied.
struct SignedData {
    SignedData() = default;
    SignedData(SignedData&&) = default;
    SignedData& operator=(SignedData&&) = default;

    base::Bytes der;
    der::Element version, encapsulated;
    std::vector<der::Element> digest_algorithms, certificate_choices, signer_infos;
    std::optional<der::Element> crls;
    std::string content_type;
    std::optional<base::BytesView> content;
    std::vector<Certificate> certificates;  // those that can be read
    std::vector<SignerInfo> signers;
};

// BER or DER within the limits.
base::Result<SignedData> read(base::BytesView ber);

bool is_of(const SignerInfo& signer, const Certificate& certificate);

// What a signature is over. RFC 5652 5.4: "A separate encoding of the signedAttrs field is performed for message digest
// calculation. The IMPLICIT [0] tag in the signedAttrs is not used for the DER encoding, rather an EXPLICIT SET OF tag is
// used." The members were transcoded to DER as they were read, and are sorted here.
base::Bytes signed_bytes(const std::vector<Attribute>& attributes);

base::Bytes attribute(std::string_view oid, base::BytesView value);

// A ContentInfo of these parts, each set in the order of DER.
struct Parts {
    std::int64_t version = 1;
    std::vector<base::Bytes> digest_algorithms;
    base::Bytes encapsulated;
    std::vector<base::Bytes> certificates;
    base::Bytes crls;  // whole, or empty
    std::vector<base::Bytes> signer_infos;
};
base::Bytes write(const Parts& parts);
base::Bytes encapsulate(std::string_view content_type, std::optional<base::BytesView> content);

}  // namespace kelisim::trust::cms
