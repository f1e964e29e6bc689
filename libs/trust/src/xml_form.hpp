// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trust/algorithm.hpp"
#include "trust/finding.hpp"
#include "xml/canonical.hpp"
#include "xml/element.hpp"

namespace kelisim::trust {

inline constexpr std::string_view dsig_namespace = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view enveloped_uri = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
inline constexpr std::string_view inclusive_uri = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
inline constexpr std::string_view inclusive_comments_uri =
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
inline constexpr std::string_view exclusive_uri = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr std::string_view exclusive_comments_uri = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

enum class XmlProfile {
    business,  // NCALayer and its like: pki.md 3.1
    message,   // WS-Security: pki.md 3.2
};

// A ds:Signature that has nothing but what its profile allows.
struct XmlForm {
    SignatureAlgorithm algorithm{};
    DigestAlgorithm digest{};
    std::string id = {};  // of the signed element; empty: the whole document
    bool enveloped = false;
    base::Bytes value = {};
    std::optional<xml::Element> key_info = {};
    // To compute over ds:SignedInfo without xmlsec.
    xml::Element signed_info;
    xml::Canonical signed_info_form{};
    std::vector<std::string> signed_info_prefixes = {};
};

// Nothing when anything was found against it.
std::optional<XmlForm> read_form(xml::Element signature, XmlProfile profile, Findings& findings);

// Blanks are allowed in base64 of XML, also the carriage returns that Java leaves there.
std::optional<base::Bytes> from_xml_base64(std::string_view text);

}  // namespace kelisim::trust
