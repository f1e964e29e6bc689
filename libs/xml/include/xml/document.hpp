// SPDX-License-Identifier: Apache-2.0
// The one parser for XML that came from outside. What it accepts is read alike by every reader: UTF-8, XML 1.0 with
// namespaces, no document type. Without a document type there are no entities but the five of XML itself, so nothing can be
// fetched and nothing can grow.
//
// Threads: a Document and its views belong to one thread at a time; documents of different threads do not touch each other.
// libxml2 keeps global state, which the first parse sets up once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "xml/element.hpp"

struct _xmlDoc;

namespace kelisim::xml {

struct Limits {
    std::size_t bytes_max = base::limits::xml_bytes_max;
    std::size_t depth_max = base::limits::xml_depth_max;  // elements inside each other; the root counts as 1
    std::size_t nodes_max = base::limits::xml_nodes_max;  // elements, comments, CDATA sections, processing instructions
    std::size_t attributes_max = base::limits::xml_attributes_max;  // of one element, with its namespace declarations
    std::size_t attributes_total_max = base::limits::xml_attributes_total_max;  // of all elements together
    std::size_t namespaces_max = base::limits::xml_namespaces_max;              // declarations in scope at one element
};

extern const base::Reason xml_malformed;            // not well-formed (XML 1.0, Namespaces in XML 1.0)
extern const base::Reason xml_encoding;             // not UTF-8, or declared to be something else
extern const base::Reason xml_document_type;        // it has a DTD, whatever stands in it
extern const base::Reason xml_too_large;            // over bytes_max
extern const base::Reason xml_too_deep;             // over depth_max
extern const base::Reason xml_too_many_nodes;       // over nodes_max
extern const base::Reason xml_too_many_attributes;  // over one of the two bounds of attributes, or namespaces_max
extern const base::Reason xml_id_missing;           // nothing bears the id
extern const base::Reason xml_id_twice;             // more than one attribute bears the id

// The attributes that name an element for a Reference, in whichever vocabulary: Id, ID, id without a namespace, Id and id
// of WS-Security, xml:id. All in one pool: two readers that know different ones must still find the same element.
inline constexpr std::string_view wsu_namespace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

// Which namespace declarations an element takes along when it becomes a document.
enum class Scope {
    used,   // its own, and those of its ancestors that names in it need
    whole,  // all that are in scope, so that an inclusive canonical form is the one that it had in place
};

// Movable, not copyable. Views of it (Element) are good as long as it lives.
class Document {
public:
    static base::Result<Document> parse(base::BytesView bytes, const Limits& limits = {});

    Element root() const;
    // By its id attribute; xml_id_missing, xml_id_twice.
    base::Result<Element> by_id(std::string_view id) const;

    // The element as a document of its own.
    static Document cut(Element element, Scope scope);
    // Adds a copy of `what` as the last child of `parent`, which is of this document.
    Element append(Element parent, Element what);
    void remove(Element element);  // not the root; views of it and into it end
    // UTF-8 with a declaration; characters as they were read, nothing reformatted.
    base::Bytes to_bytes() const;

    _xmlDoc* libxml() const { return doc_.get(); }

private:
    struct Free {
        void operator()(_xmlDoc* doc) const;
    };
    explicit Document(std::unique_ptr<_xmlDoc, Free> doc) : doc_(std::move(doc)) {}
    std::unique_ptr<_xmlDoc, Free> doc_;
};

// A name for an element that an attribute of type ID may have (NCName); anything else would be read as an XPointer.
bool is_id(std::string_view text);

// For a text or an attribute value of XML that is put together as a string; the parser refuses what XML cannot hold.
std::string escaped(std::string_view text);

}  // namespace kelisim::xml
