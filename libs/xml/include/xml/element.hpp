// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct _xmlNode;

namespace kelisim::xml {

struct Attribute {
    std::string ns;    // empty: none
    std::string name;  // local
    std::string value;
};

// A view: as good as the Document that it is of, and cheap to copy. Names are expanded names; prefixes mean nothing.
class Element {
public:
    explicit Element(_xmlNode* node) : node_(node) {}

    std::string_view ns() const;  // empty: none
    std::string_view name() const;
    bool is(std::string_view ns, std::string_view name) const;

    std::vector<Attribute> attributes() const;  // without namespace declarations
    std::optional<std::string> attribute(std::string_view ns, std::string_view name) const;

    std::optional<Element> parent() const;  // nothing for the root
    std::vector<Element> children() const;  // elements alone
    std::vector<Element> children(std::string_view ns, std::string_view name) const;
    // The only child of that name; nothing where there is none or more than one.
    std::optional<Element> child(std::string_view ns, std::string_view name) const;
    bool contains(Element other) const;  // itself, or an ancestor of it

    // All characters between its tags, whatever comments or CDATA sections stand among them: a comment never cuts a text
    // short. Nothing for an element that holds elements.
    std::optional<std::string> text() const;
    // Whether a CDATA section stands directly in it. A canonical form has none.
    bool has_cdata() const;
    // Whether characters other than white space stand directly in it.
    bool has_text() const;
    // Whether here or below a comment stands in an element with characters. Canonical forms without comments do not show
    // it, so it can be put in after the signature, and careless readers end the text there.
    bool has_comment_in_text() const;
    // Whether here or below there is a comment or a processing instruction.
    bool has_remarks() const;

    // The element and all below it, in document order.
    void walk(const std::function<void(Element)>& visit) const;

    bool operator==(const Element&) const = default;
    _xmlNode* libxml() const { return node_; }

private:
    _xmlNode* node_;
};

}  // namespace kelisim::xml
