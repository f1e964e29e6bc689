// SPDX-License-Identifier: Apache-2.0
#include "xml/document.hpp"

#include <libxml/parser.h>
#include <libxml/valid.h>

#include "scan.hpp"
#include "xml/libxml.hpp"

namespace kelisim::xml {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// No network. Never NOENT, DTDLOAD, DTDATTR, XINCLUDE, HUGE or RECOVER: the first reads local files even without a network
// (libxml2 2.9.14), the last two lift what bounds the parser and what makes it strict.
constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;

struct FreeContext {
    void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

// "Global initialization should be called before using the library in a multithreaded program" (libxml2, threads): a static
// is made once, and whoever comes meanwhile waits.
void initialise() {
    static const bool done = [] {
        xmlInitParser();
        return true;
    }();
    static_cast<void>(done);
}

template <class Pointer>
Pointer required(Pointer pointer) {
    if (pointer == nullptr) throw base::Outage("libxml2: no memory");
    return pointer;
}

bool is_id_attribute(const Attribute& attribute) {
    if (attribute.ns.empty()) return attribute.name == "Id" || attribute.name == "ID" || attribute.name == "id";
    if (attribute.ns == wsu_namespace) return attribute.name == "Id" || attribute.name == "id";
    return attribute.ns == as_view(XML_XML_NAMESPACE) && attribute.name == "id";
}

// In whose tree `prefix` is not bound yet, binds it as `node` sees it.
void bring_namespaces(xmlNode* root, xmlNode* original) {
    const std::unique_ptr<xmlNsPtr, void (*)(xmlNsPtr*)> scope{xmlGetNsList(original->doc, original),
                                                               [](xmlNsPtr* list) { xmlFree(list); }};
    for (xmlNsPtr* each = scope.get(); each != nullptr && *each != nullptr; ++each) {
        bool there = false;
        for (const xmlNs* own = root->nsDef; own != nullptr; own = own->next)
            there = there || as_view(own->prefix) == as_view((*each)->prefix);
        // xmlns="" in scope is no declaration that a root would need.
        if (!there && !as_view((*each)->href).empty()) required(xmlNewNs(root, (*each)->href, (*each)->prefix));
    }
}

}  // namespace

void Document::Free::operator()(_xmlDoc* doc) const {
    xmlFreeDoc(doc);
}

base::Result<Document> Document::parse(base::BytesView bytes, const Limits& limits) {
    initialise();
    std::string_view text = base::as_text(bytes);
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (const auto* reason = objection_to(text, limits)) return base::Refusal(*reason);

    const Quiet quiet;
    const std::unique_ptr<xmlParserCtxt, FreeContext> context{required(xmlNewParserCtxt())};
    std::unique_ptr<xmlDoc, Free> doc{
        xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", options)};
    if (context->errNo == XML_ERR_NO_MEMORY) throw base::Outage("libxml2: no memory");
    if (doc == nullptr || context->wellFormed != 1 || context->nsWellFormed != 1 || as_view(doc->version) != "1.0")
        return base::Refusal(xml_malformed);
    // objection_to() saw to it; whoever weakens that meets this.
    if (doc->intSubset != nullptr || doc->extSubset != nullptr) return base::Refusal(xml_document_type);
    return Document(std::move(doc));
}

Element Document::root() const {
    return Element(xmlDocGetRootElement(doc_.get()));
}

base::Result<Element> Document::by_id(std::string_view id) const {
    std::vector<Element> found;
    root().walk([&](Element element) {
        for (const Attribute& attribute : element.attributes())
            if (is_id_attribute(attribute) && attribute.value == id) found.push_back(element);
    });
    if (found.empty()) return base::Refusal(xml_id_missing);
    // XML 1.0 section 3.3.1: "A name MUST NOT appear more than once in an XML document as a value of this type".
    if (found.size() > 1) return base::Refusal(xml_id_twice);
    return found.front();
}

Document Document::cut(Element element, Scope scope) {
    const Quiet quiet;
    std::unique_ptr<xmlDoc, Free> doc{required(xmlNewDoc(nullptr))};
    // Declares at the new root what names below need and only ancestors declare.
    xmlNode* const root = required(xmlDocCopyNode(element.libxml(), doc.get(), 1));
    xmlDocSetRootElement(doc.get(), root);
    if (scope == Scope::whole) bring_namespaces(root, element.libxml());
    return Document(std::move(doc));
}

Element Document::append(Element parent, Element what) {
    const Quiet quiet;
    xmlNode* const copy = required(xmlDocCopyNode(what.libxml(), doc_.get(), 1));
    return Element(required(xmlAddChild(parent.libxml(), copy)));
}

void Document::remove(Element element) {
    xmlUnlinkNode(element.libxml());
    xmlFreeNode(element.libxml());
}

base::Bytes Document::to_bytes() const {
    const Quiet quiet;
    xmlChar* memory = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(doc_.get(), &memory, &size, "UTF-8");
    const XmlText text{required(memory)};
    return {text.get(), text.get() + size};
}

bool is_id(std::string_view text) {
    return xmlValidateNCName(as_xml(std::string(text)), 0) == 0 && text.find('\0') == std::string_view::npos;
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            // XML 1.0 section 2.11 and 3.3.3: a reader turns these into something else where they stand as they are.
            case '\r':
                out += "&#13;";
                break;
            case '\n':
                out += "&#10;";
                break;
            case '\t':
                out += "&#9;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace kelisim::xml
