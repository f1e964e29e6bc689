// SPDX-License-Identifier: Apache-2.0
// A SOAP message: 1.1 as ШЭП speaks it, 1.2 as some of its clients do (wire.md A8). Names are expanded names, so the prefixes
// of envelope, header and body may differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "xml/document.hpp"

namespace kelisim::soap {

inline constexpr std::string_view soap11_namespace = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view soap12_namespace = "http://www.w3.org/2003/05/soap-envelope";

extern const base::Reason soap_not_an_envelope;
extern const base::Reason soap_body;    // none, more than one, or something beside it
extern const base::Reason soap_header;  // more than one, or not before the body
extern const base::Reason soap_header_not_understood;

enum class Version { v11, v12 };
std::string_view namespace_of(Version version);

// For messages that anybody may send.
inline constexpr xml::Limits channel_limits{.bytes_max = base::limits::channel_xml_bytes_max,
                                            .depth_max = base::limits::channel_xml_depth_max,
                                            .nodes_max = base::limits::channel_xml_nodes_max,
                                            .attributes_max = base::limits::channel_xml_attributes_max,
                                            .attributes_total_max = base::limits::channel_xml_attributes_total_max,
                                            .namespaces_max = base::limits::channel_xml_namespaces_max};

// Movable, not copyable; what it hands out is good as long as it lives. Of one thread at a time.
class Envelope {
public:
    // Besides its own reasons those of xml::Document::parse().
    static base::Result<Envelope> parse(base::BytesView bytes, const xml::Limits& limits = {});

    Version version() const { return version_; }
    const xml::Document& document() const { return document_; }
    xml::Document& document() { return document_; }  // to add to it; header and body stay
    const std::optional<xml::Element>& header() const { return header_; }
    // The one that is processed. Whether it was signed is security.hpp's to say.
    xml::Element body() const { return body_; }

private:
    Envelope(xml::Document document, Version version, std::optional<xml::Element> header, xml::Element body)
        : document_(std::move(document)), version_(version), header_(header), body_(body) {}

    xml::Document document_;
    Version version_;
    std::optional<xml::Element> header_;
    xml::Element body_;
};

// A message that nobody signs; `content` of its body is written as it is.
std::string enveloped(Version version, std::string_view content);

}  // namespace kelisim::soap
