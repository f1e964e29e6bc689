// SPDX-License-Identifier: Apache-2.0
#include "soap/envelope.hpp"

#include <algorithm>

#include "soap/security.hpp"

namespace kelisim::soap {
namespace {

std::optional<Version> version_of(xml::Element root) {
    if (root.is(soap11_namespace, "Envelope")) return Version::v11;
    if (root.is(soap12_namespace, "Envelope")) return Version::v12;
    return std::nullopt;
}

// SOAP 1.1 section 4.2.3: "If a mandatory header entry ... cannot be obeyed, the recipient MUST NOT process the message". An
// entry for another actor is not ours to obey.
bool must_be_understood(xml::Element entry, Version version) {
    const std::string_view ns = namespace_of(version);
    const std::string demand = entry.attribute(ns, "mustUnderstand").value_or("0");
    if (demand != "1" && demand != "true") return false;
    const std::string actor = entry.attribute(ns, version == Version::v11 ? "actor" : "role").value_or("");
    return actor.empty() || actor == "http://schemas.xmlsoap.org/soap/actor/next" ||
           actor == "http://www.w3.org/2003/05/soap-envelope/role/next" ||
           actor == "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";
}

}  // namespace

std::string_view namespace_of(Version version) {
    return version == Version::v11 ? soap11_namespace : soap12_namespace;
}

base::Result<Envelope> Envelope::parse(base::BytesView bytes, const xml::Limits& limits) {
    auto document = xml::Document::parse(bytes, limits);
    if (!document) return document.error();
    const xml::Element root = document->root();
    const std::optional<Version> version = version_of(root);
    if (!version) return base::Refusal(soap_not_an_envelope);

    const std::string_view ns = namespace_of(*version);
    const std::vector<xml::Element> children = root.children();
    const auto count = [&](std::string_view name) {
        return std::ranges::count_if(children, [&](xml::Element each) { return each.is(ns, name); });
    };
    const std::ptrdiff_t headers = count("Header");
    if (headers > 1) return base::Refusal(soap_header);
    // SOAP 1.1 section 4.3 lets further elements follow the body; none of the clients has any, and a reader that took one of
    // them for the body would read what no signature covers.
    if (count("Body") != 1 || children.size() != static_cast<std::size_t>(headers + 1) || root.has_text())
        return base::Refusal(soap_body);
    if (headers == 1 && !children.front().is(ns, "Header")) return base::Refusal(soap_header);

    std::optional<xml::Element> header;
    if (headers == 1) header = children.front();
    if (header)
        for (const xml::Element entry : header->children())
            if (!entry.is(wsse_namespace, "Security") && must_be_understood(entry, *version))
                return base::Refusal(soap_header_not_understood);
    return Envelope(*std::move(document), *version, header, children.back());
}

std::string enveloped(Version version, std::string_view content) {
    return "<soap:Envelope xmlns:soap=\"" + std::string(namespace_of(version)) + "\"><soap:Body>" +
           std::string(content) + "</soap:Body></soap:Envelope>";
}

}  // namespace kelisim::soap
