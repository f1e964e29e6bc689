// SPDX-License-Identifier: Apache-2.0
#include "xml/element.hpp"

#include <libxml/tree.h>

#include "xml/libxml.hpp"

namespace kelisim::xml {
namespace {

std::string_view namespace_of(const xmlNs* ns) {
    return ns == nullptr ? std::string_view{} : as_view(ns->href);
}

bool is_characters(const xmlNode* node) {
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

bool blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Without a document type an attribute's value is text nodes alone.
std::string value_of(const xmlAttr* attribute) {
    std::string value;
    for (const xmlNode* part = attribute->children; part != nullptr; part = part->next)
        value += as_view(part->content);
    return value;
}

}  // namespace

std::string_view Element::ns() const {
    return namespace_of(node_->ns);
}

std::string_view Element::name() const {
    return as_view(node_->name);
}

bool Element::is(std::string_view ns, std::string_view name) const {
    return this->name() == name && this->ns() == ns;
}

std::vector<Attribute> Element::attributes() const {
    std::vector<Attribute> found;
    for (const xmlAttr* each = node_->properties; each != nullptr; each = each->next)
        found.push_back({std::string(namespace_of(each->ns)), std::string(as_view(each->name)), value_of(each)});
    return found;
}

std::optional<std::string> Element::attribute(std::string_view ns, std::string_view name) const {
    for (const xmlAttr* each = node_->properties; each != nullptr; each = each->next)
        if (as_view(each->name) == name && namespace_of(each->ns) == ns) return value_of(each);
    return std::nullopt;
}

std::optional<Element> Element::parent() const {
    if (node_->parent == nullptr || node_->parent->type != XML_ELEMENT_NODE) return std::nullopt;
    return Element(node_->parent);
}

std::vector<Element> Element::children() const {
    std::vector<Element> found;
    for (xmlNode* each = node_->children; each != nullptr; each = each->next)
        if (each->type == XML_ELEMENT_NODE) found.emplace_back(each);
    return found;
}

std::vector<Element> Element::children(std::string_view ns, std::string_view name) const {
    std::vector<Element> found = children();
    std::erase_if(found, [&](Element each) { return !each.is(ns, name); });
    return found;
}

std::optional<Element> Element::child(std::string_view ns, std::string_view name) const {
    const std::vector<Element> found = children(ns, name);
    if (found.size() != 1) return std::nullopt;
    return found.front();
}

bool Element::contains(Element other) const {
    for (const xmlNode* each = other.node_; each != nullptr; each = each->parent)
        if (each == node_) return true;
    return false;
}

std::optional<std::string> Element::text() const {
    std::string text;
    for (const xmlNode* each = node_->children; each != nullptr; each = each->next) {
        if (each->type == XML_ELEMENT_NODE) return std::nullopt;
        if (is_characters(each)) text += as_view(each->content);
    }
    return text;
}

bool Element::has_cdata() const {
    for (const xmlNode* each = node_->children; each != nullptr; each = each->next)
        if (each->type == XML_CDATA_SECTION_NODE) return true;
    return false;
}

bool Element::has_text() const {
    for (const xmlNode* each = node_->children; each != nullptr; each = each->next)
        if (is_characters(each) && !blank(as_view(each->content))) return true;
    return false;
}

bool Element::has_comment_in_text() const {
    bool found = false;
    walk([&](Element element) {
        for (const xmlNode* each = element.node_->children; !found && each != nullptr; each = each->next)
            found = each->type == XML_COMMENT_NODE && element.has_text();
    });
    return found;
}

bool Element::has_remarks() const {
    bool found = false;
    walk([&](Element element) {
        for (const xmlNode* each = element.node_->children; !found && each != nullptr; each = each->next)
            found = each->type == XML_COMMENT_NODE || each->type == XML_PI_NODE;
    });
    return found;
}

void Element::walk(const std::function<void(Element)>& visit) const {
    visit(*this);
    for (xmlNode* each = node_->children; each != nullptr; each = each->next)
        if (each->type == XML_ELEMENT_NODE) Element(each).walk(visit);
}

}  // namespace kelisim::xml
