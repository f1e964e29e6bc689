// SPDX-License-Identifier: Apache-2.0
// What stands in `data` of a message: the business document of a service, as child nodes or as text (wire.md A7). Senders sign
// it as a document of its own before they put it there, so it is taken out as one, byte for byte where it came as text.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "soap/envelope.hpp"
#include "xml/document.hpp"

namespace kelisim::soap {

extern const base::Reason business_data_mixed;    // elements and text beside each other
extern const base::Reason business_data_no_root;  // a document that cannot stand in `data` as an element
extern const base::Reason business_data_not_xml;  // a text, where a service has fields

enum class DataForm {
    nodes,    // <data><a/></data>
    escaped,  // <data>&lt;a/&gt;</data>
    cdata,    // <data><![CDATA[<a/>]]></data>; a canonical form shows it as `escaped`
};

BOOST_DESCRIBE_ENUM(DataForm, nodes, escaped, cdata)

// What the root of a business document is: an element inside `data`, or `data` itself. Some services sign the one, some the other.
enum class DataRoot { inside, data };

// The element `data` of a message, as it came or as it will be written; or that there is none.
class Data {
public:
    Data() = default;
    // A view: good as long as its document lives. Written again, it is the element with the namespaces that it needs.
    explicit Data(xml::Element received) : received_(received) {}
    // `type` is the value of xsi:type, as somebody agreed with the receiver; empty writes none. Refused with the reasons of
    // xml::Document::parse(), and business_data_no_root where DataRoot::data is not called so.
    static base::Result<Data> document(base::BytesView document, DataForm form, DataRoot root = DataRoot::inside,
                                       std::string_view type = {});
    static Data text(std::string_view text, std::string_view type = {});

    bool absent() const { return !received_ && xml_.empty(); }
    const std::optional<xml::Element>& received() const { return received_; }
    std::string to_xml() const;  // <data>...</data>, or nothing

private:
    friend Data written_data(std::string xml);  // of the writers of this library
    std::optional<xml::Element> received_;
    std::string xml_;
};

// Movable, not copyable. In the form of nodes a view of the message, and as good as that lives.
class BusinessData {
public:
    enum class Content {
        none,      // no data, or nothing in them
        document,  // XML, in whichever form
        text,      // a text that is not XML; objection() says why
    };
    // Refused with business_data_mixed. Of data that are to be written nothing is read: they are `none`.
    static base::Result<BusinessData> read(const Data& data, const xml::Limits& limits = channel_limits);

    Content content() const { return content_; }
    DataForm form() const { return form_; }
    DataRoot root_is() const { return root_is_; }
    // xsi:type as it was written; its prefix may be declared or not.
    const std::string& type() const { return type_; }
    // In the forms of text: what stood there, blanks around it left out.
    const std::string& text() const { return text_; }
    const std::optional<base::Refusal>& objection() const { return objection_; }

    // Of a `document` alone, as the four below. `data` itself where it has more than one child, its signature counted.
    xml::Element root() const { return *root_; }
    // Whose children are the fields of a service: the only child of `data` where that has children of its own, else `data`.
    // A signature beside it does not count.
    xml::Element fields() const { return *fields_; }
    // As a document of its own: what was received, or the nodes cut out. xml::Scope::used is what a sender has who signs a
    // document and then puts it into a message; trust::verify_xml() of root() tries both.
    base::Bytes document(xml::Scope scope = xml::Scope::used) const;
    // The same again, in a form that another receiver wants. Content text is written as it came.
    base::Result<Data> in_form(DataForm form, std::string_view type = {}) const;

private:
    BusinessData() = default;
    void read_text(std::string text, const xml::Limits& limits);

    Content content_ = Content::none;
    DataForm form_ = DataForm::nodes;
    DataRoot root_is_ = DataRoot::inside;
    std::string type_;
    std::string text_;
    std::optional<base::Refusal> objection_;
    std::optional<xml::Document> parsed_;  // owns what the two below point to, where it came as text
    std::optional<xml::Element> root_;
    std::optional<xml::Element> fields_;
};

}  // namespace kelisim::soap
