// SPDX-License-Identifier: Apache-2.0
#include "xml/canonical.hpp"

#include <libxml/c14n.h>

#include "base/result.hpp"
#include "xml/libxml.hpp"

namespace kelisim::xml {
namespace {

struct CloseOutput {
    void operator()(xmlOutputBuffer* buffer) const { xmlOutputBufferClose(buffer); }
};

// A namespace declaration has no parent of its own; libxml2 hands its element beside it.
int is_below(void* top, xmlNode* node, xmlNode* parent) {
    const xmlNode* each = node->type == XML_NAMESPACE_DECL ? parent : node;
    for (; each != nullptr; each = each->parent)
        if (each == top) return 1;
    return 0;
}

}  // namespace

std::optional<base::Bytes> canonical(Element element, Canonical form, const std::vector<std::string>& prefixes) {
    const Quiet quiet;
    const std::unique_ptr<xmlOutputBuffer, CloseOutput> out{xmlAllocOutputBuffer(nullptr)};
    if (out == nullptr) throw base::Outage("libxml2: no memory");
    std::vector<xmlChar*> list;  // libxml2 reads it, though it takes it as its own
    for (const std::string& prefix : prefixes)
        list.push_back(const_cast<xmlChar*>(as_xml(prefix)));
    list.push_back(nullptr);
    const int mode = form == Canonical::inclusive ? XML_C14N_1_0 : XML_C14N_EXCLUSIVE_1_0;
    if (xmlC14NExecute(element.libxml()->doc, is_below, element.libxml(), mode, list.data(), 0, out.get()) < 0)
        return std::nullopt;
    const xmlChar* const content = xmlOutputBufferGetContent(out.get());
    return base::Bytes(content, content + xmlOutputBufferGetSize(out.get()));
}

}  // namespace kelisim::xml
