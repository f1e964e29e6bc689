// SPDX-License-Identifier: Apache-2.0
#include "soap/business_data.hpp"

#include "mapping.hpp"

namespace kelisim::soap {
namespace {

constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// What may stand inside another document: without a mark or a declaration.
std::string_view inner_part(std::string_view document) {
    if (document.starts_with(byte_order_mark)) document.remove_prefix(byte_order_mark.size());
    if (document.starts_with("<?xml") && blanks.find(document.substr(5, 1)) != std::string_view::npos)
        document.remove_prefix(document.find("?>") + 2);
    return trimmed(document);
}

std::string in_place(xml::Element element) {
    const base::Bytes bytes = xml::Document::cut(element, xml::Scope::used).to_bytes();
    return std::string(inner_part(base::as_text(bytes)));
}

// "]]>" ends a section, so it is split over two.
std::string cdata(std::string_view text) {
    std::string out = "<![CDATA[";
    for (;;) {
        const std::size_t end = text.find("]]>");
        if (end == std::string_view::npos) break;
        out.append(text.substr(0, end + 2)) += "]]><![CDATA[";
        text.remove_prefix(end + 2);
    }
    return out.append(text) += "]]>";
}

std::string opening(std::string_view type) {
    if (type.empty()) return "<data>";
    return "<data xmlns:xsi=\"" + std::string(xsi_namespace) + "\" xsi:type=\"" + escaped_text(type) + "\">";
}

std::vector<xml::Element> without_signatures(std::vector<xml::Element> elements) {
    std::erase_if(elements,
                  [](xml::Element each) { return each.is("http://www.w3.org/2000/09/xmldsig#", "Signature"); });
    return elements;
}

// Whether it is read again as what it is when it stands there as `data`.
bool can_be_data(xml::Element root) {
    return root.is("", "data") && !root.children().empty() && !root.has_text();
}

// Where the receiver expects no namespace on `data`, although the sender had one.
std::string without_namespace(xml::Element data) {
    std::string out = opening(data.attribute(xsi_namespace, "type").value_or(""));
    const std::vector<xml::Element> children = data.children();
    for (const xml::Element child : children)
        out += in_place(child);
    if (children.empty()) out += escaped_text(data.text().value_or(""));
    return out + "</data>";
}

}  // namespace

base::Result<Data> Data::document(base::BytesView document, DataForm form, DataRoot root, std::string_view type) {
    // Unread, it could close `data` and go on with elements of the message.
    const auto parsed = xml::Document::parse(document, channel_limits);
    if (!parsed) return parsed.error();
    if (root == DataRoot::data && !can_be_data(parsed->root())) return base::Refusal(business_data_no_root);
    const std::string_view text = base::as_text(document);
    Data data;
    if (form == DataForm::nodes && root == DataRoot::data)
        data.xml_ = inner_part(text);
    else if (form == DataForm::nodes)
        data.xml_ = opening(type).append(inner_part(text)) + "</data>";
    else if (form == DataForm::cdata)
        data.xml_ = opening(type) + cdata(text) + "</data>";
    else
        data.xml_ = opening(type) + xml::escaped(text) + "</data>";
    return data;
}

Data Data::text(std::string_view text, std::string_view type) {
    Data data;
    data.xml_ = opening(type) + escaped_text(text) + "</data>";
    return data;
}

Data written_data(std::string xml) {
    Data data;
    data.xml_ = std::move(xml);
    return data;
}

std::string Data::to_xml() const {
    if (!received_) return xml_;
    return received_->ns().empty() ? in_place(*received_) : without_namespace(*received_);
}

base::Result<BusinessData> BusinessData::read(const Data& data, const xml::Limits& limits) {
    BusinessData read;
    if (!data.received()) return read;
    const xml::Element element = *data.received();
    read.type_ = element.attribute(xsi_namespace, "type").value_or("");
    const std::vector<xml::Element> children = element.children();
    if (children.empty()) {
        read.form_ = element.has_cdata() ? DataForm::cdata : DataForm::escaped;
        read.read_text(element.text().value_or(""), limits);
        return read;
    }
    if (element.has_text()) return base::Refusal(business_data_mixed);
    read.content_ = Content::document;
    read.form_ = DataForm::nodes;
    const bool single = children.size() == 1;
    read.root_is_ = single ? DataRoot::inside : DataRoot::data;
    read.root_ = single ? children.front() : element;
    const std::vector<xml::Element> fields = without_signatures(children);
    read.fields_ = fields.size() == 1 && !fields.front().children().empty() ? fields.front() : element;
    return read;
}

void BusinessData::read_text(std::string text, const xml::Limits& limits) {
    text_ = trimmed(text);
    if (text_.empty()) return;
    auto parsed = xml::Document::parse(base::as_bytes(text_), limits);
    if (!parsed) {
        content_ = Content::text;
        objection_ = parsed.error();
        return;
    }
    content_ = Content::document;
    parsed_ = *std::move(parsed);
    root_ = parsed_->root();
    fields_ = root_;
    if (root_->is("", "data")) root_is_ = DataRoot::data;
}

base::Bytes BusinessData::document(xml::Scope scope) const {
    if (!parsed_) return xml::Document::cut(*root_, scope).to_bytes();
    const base::BytesView bytes = base::as_bytes(text_);
    return {bytes.begin(), bytes.end()};
}

base::Result<Data> BusinessData::in_form(DataForm form, std::string_view type) const {
    if (content_ == Content::none) return Data();
    if (content_ == Content::text) return Data::text(text_, type);
    // One with a namespace, where the sender let that of the message go on, stands inside.
    return Data::document(document(), form, can_be_data(*root_) ? root_is_ : DataRoot::inside, type);
}

}  // namespace kelisim::soap
