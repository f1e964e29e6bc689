// SPDX-License-Identifier: Apache-2.0
// The border to libxml2, for this library and for trust, which hands nodes to xmlsec1: its characters, its strings that
// somebody has to free, and its habit of printing.
#pragma once

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace kelisim::xml {

inline std::string_view as_view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : base::as_text({text, static_cast<std::size_t>(xmlStrlen(text))});
}

// Ends with a NUL, as a C function expects; a view need not.
inline const xmlChar* as_xml(const std::string& text) {
    return base::as_bytes(text).data();
}

struct FreeText {
    void operator()(xmlChar* text) const { xmlFree(text); }
};
using XmlText = std::unique_ptr<xmlChar, FreeText>;

// While it lives, libxml2 prints nothing of what it meets in this thread: its messages quote the document.
class Quiet {
public:
    Quiet() : handler_(xmlStructuredError), context_(xmlStructuredErrorContext) {
        xmlSetStructuredErrorFunc(nullptr, [](void*, xmlErrorPtr) {});
    }
    ~Quiet() { xmlSetStructuredErrorFunc(context_, handler_); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

private:
    xmlStructuredErrorFunc handler_;
    void* context_;
};

}  // namespace kelisim::xml
