// SPDX-License-Identifier: Apache-2.0
#include "xml_form.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "trust/xml_findings.hpp"
#include "xml/document.hpp"

namespace kelisim::trust {
namespace {

struct CanonicalUri {
    std::string_view uri;
    xml::Canonical form;
    bool in_messages;
};
// With or without comments is the same here: a Reference without an XPointer leaves comments out before its transforms run
// (XMLDSig 4.4.3.3), and ds:SignedInfo has none.
constexpr std::array canonical_uris{
    CanonicalUri{inclusive_uri, xml::Canonical::inclusive, false},
    CanonicalUri{inclusive_comments_uri, xml::Canonical::inclusive, false},
    CanonicalUri{exclusive_uri, xml::Canonical::exclusive, true},
    CanonicalUri{exclusive_comments_uri, xml::Canonical::exclusive, false},
};

// Reads one signature, noting all that is wrong with it.
class Reader {
public:
    Reader(xml::Element signature, XmlProfile profile, Findings& findings)
        : signature_(signature), profile_(profile), findings_(findings), form_{.signed_info = signature} {}

    std::optional<XmlForm> read() {
        const std::size_t before = findings_.all().size();
        if (signature_.has_remarks()) findings_.fail(xml_signature_structure, "remark in Signature");
        read_signature();
        if (findings_.all().size() != before) return std::nullopt;
        return form_;
    }

private:
    static bool is_dsig(xml::Element element, std::string_view name) { return element.is(dsig_namespace, name); }

    // Elements of XMLDSig in the order of its schema; a trailing '?' says that one may be absent. False when they are not.
    bool has_children(xml::Element parent, std::initializer_list<std::string_view> names) {
        const std::vector<xml::Element> children = parent.children();
        std::size_t at = 0;
        for (std::string_view name : names) {
            const bool optional = name.ends_with('?');
            if (optional) name.remove_suffix(1);
            if (at < children.size() && is_dsig(children[at], name))
                ++at;
            else if (!optional)
                return structure(parent, "children");
        }
        if (at != children.size() || parent.has_text()) return structure(parent, "children");
        return true;
    }

    bool structure(xml::Element element, std::string_view what) {
        findings_.fail(xml_signature_structure, std::string(element.name()) + ": " + std::string(what));
        return false;
    }

    void only_attributes(xml::Element element, std::initializer_list<std::string_view> names) {
        for (const xml::Attribute& attribute : element.attributes())
            if (!attribute.ns.empty() || std::ranges::find(names, attribute.name) == names.end())
                structure(element, "attribute " + attribute.name);
    }

    std::string algorithm_of(xml::Element element) {
        only_attributes(element, {"Algorithm"});
        if (element.has_text()) structure(element, "text");
        return element.attribute("", "Algorithm").value_or("");
    }

    void read_signature() {
        only_attributes(signature_, {"Id"});
        for (const xml::Element child : signature_.children()) {
            if (!is_dsig(child, "Object")) continue;
            findings_.fail(xml_signature_object);
            return;
        }
        if (!has_children(signature_, {"SignedInfo", "SignatureValue", "KeyInfo?"})) return;
        const std::vector<xml::Element> children = signature_.children();
        read_signed_info(children[0]);
        only_attributes(children[1], {"Id"});
        if (auto value = value_of(children[1])) form_.value = *std::move(value);
        if (children.size() == 3) {
            only_attributes(children[2], {"Id"});
            form_.key_info = children[2];
        }
    }

    std::optional<base::Bytes> value_of(xml::Element element) {
        const std::optional<std::string> text = element.text();
        std::optional<base::Bytes> value;
        if (text) value = from_xml_base64(*text);
        if (!value || value->empty()) {
            findings_.fail(xml_signature_base64, std::string(element.name()));
            return std::nullopt;
        }
        return value;
    }

    void read_signed_info(xml::Element signed_info) {
        form_.signed_info = signed_info;
        only_attributes(signed_info, {"Id"});
        const std::vector<xml::Element> children = signed_info.children();
        const auto references = std::ranges::count_if(children, [](xml::Element e) { return is_dsig(e, "Reference"); });
        if (references != 1) {
            findings_.fail(xml_signature_references, std::to_string(references));
            return;
        }
        if (!has_children(signed_info, {"CanonicalizationMethod", "SignatureMethod", "Reference"})) return;
        if (const auto form = canonical_form(children[0], xml_signature_canonical_form, form_.signed_info_prefixes))
            form_.signed_info_form = *form;
        read_method(children[1]);
        read_reference(children[2]);
    }

    // A method or transform that is a canonical form of the profile.
    std::optional<xml::Canonical> canonical_form(xml::Element method, const base::Reason& reason,
                                                 std::vector<std::string>& prefixes) {
        const std::string uri = algorithm_of(method);
        const auto* const found = std::ranges::find(canonical_uris, uri, &CanonicalUri::uri);
        if (found == canonical_uris.end() || (profile_ == XmlProfile::message && !found->in_messages)) {
            findings_.fail(reason, uri);
            return std::nullopt;
        }
        if (!read_prefixes(method, found->form, prefixes)) {
            findings_.fail(reason, uri + " with parameters");
            return std::nullopt;
        }
        return found->form;
    }

    // Exclusive XML Canonicalization section 3: InclusiveNamespaces with PrefixList is the one parameter that there is.
    static bool read_prefixes(xml::Element method, xml::Canonical form, std::vector<std::string>& prefixes) {
        const std::vector<xml::Element> children = method.children();
        if (children.empty()) return true;
        if (form != xml::Canonical::exclusive || children.size() != 1 ||
            !children[0].is(exclusive_uri, "InclusiveNamespaces") || !children[0].children().empty() ||
            children[0].has_text() || children[0].attributes().size() != 1)
            return false;
        const std::optional<std::string> list = children[0].attribute("", "PrefixList");
        if (!list) return false;
        for (std::size_t at = 0; at < list->size();) {
            const std::size_t end = std::min(list->find(' ', at), list->size());
            if (end != at) prefixes.push_back(list->substr(at, end - at));
            at = end + 1;
        }
        return prefixes.size() <= base::limits::xml_namespaces_max;
    }

    void read_method(xml::Element method) {
        const std::string uri = algorithm_of(method);
        const auto algorithm = signature_by_uri(uri);
        // A parameter is one of HMAC (XMLDSig 6.3.1), or of nothing that we know.
        if (!algorithm || !method.children().empty())
            findings_.fail(xml_signature_algorithm, uri);
        else
            form_.algorithm = *algorithm;
    }

    void read_reference(xml::Element reference) {
        only_attributes(reference, {"URI", "Id"});
        if (!has_children(reference, {"Transforms", "DigestMethod", "DigestValue"})) return;
        const std::vector<xml::Element> children = reference.children();
        read_uri(reference.attribute("", "URI"));
        read_transforms(children[0]);
        const std::string uri = algorithm_of(children[1]);
        const auto digest = digest_by_uri(uri);
        if (!digest || !children[1].children().empty())
            findings_.fail(xml_signature_algorithm, uri);
        else
            form_.digest = *digest;
        only_attributes(children[2], {});
        const auto value = value_of(children[2]);
        if (digest && value && value->size() != trust::digest(*digest, {}).size())
            findings_.fail(xml_signature_base64, "DigestValue: length");
    }

    void read_uri(const std::optional<std::string>& uri) {
        // Absent, it would be up to the application what is meant (XMLDSig 4.4.3.1).
        if (uri && uri->empty() && profile_ == XmlProfile::business) {
            whole_ = true;
            return;
        }
        if (uri && uri->starts_with('#') && xml::is_id(std::string_view(*uri).substr(1)))
            form_.id = uri->substr(1);
        else
            findings_.fail(xml_signature_uri);
    }

    // enveloped-signature where the signature may stand in what it signs, then one canonical form; nothing else, in no other
    // order: a transform decides what is signed.
    void read_transforms(xml::Element transforms) {
        only_attributes(transforms, {});
        const std::vector<xml::Element> children = transforms.children();
        if (transforms.has_text() ||
            !std::ranges::all_of(children, [](xml::Element e) { return is_dsig(e, "Transform"); })) {
            structure(transforms, "children");
            return;
        }
        std::size_t at = 0;
        if (profile_ == XmlProfile::business && !children.empty() &&
            children[0].attribute("", "Algorithm") == enveloped_uri && children[0].children().empty()) {
            algorithm_of(children[0]);
            form_.enveloped = true;
            at = 1;
        }
        std::vector<std::string> prefixes;
        if (children.size() != at + 1)
            findings_.fail(xml_signature_transform, std::to_string(children.size()) + " transforms");
        else
            canonical_form(children[at], xml_signature_transform, prefixes);
        if (whole_ && !form_.enveloped)  // it would have to be a digest of itself
            findings_.fail(xml_signature_transform, "not enveloped");
    }

    xml::Element signature_;
    XmlProfile profile_;
    Findings& findings_;
    XmlForm form_;
    bool whole_ = false;
};

}  // namespace

std::optional<XmlForm> read_form(xml::Element signature, XmlProfile profile, Findings& findings) {
    return Reader(signature, profile, findings).read();
}

std::optional<base::Bytes> from_xml_base64(std::string_view text) {
    std::string dense;
    std::ranges::copy_if(text, std::back_inserter(dense),
                         [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    return base::from_base64(dense);
}

}  // namespace kelisim::trust
