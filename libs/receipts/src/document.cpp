// SPDX-License-Identifier: Apache-2.0
#include "receipts/document.hpp"

#include <fmt/format.h>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/array.hpp>

#include "members.hpp"
#include "xml/canonical.hpp"
#include "xml/document.hpp"

namespace kelisim::receipts {

BOOST_DESCRIBE_ENUM(Says, yes, no, extend)

namespace {

constexpr std::string_view root = "document";

class Writer {
public:
    void open(std::string_view name) { text_ += fmt::format("<{}", name); }
    void attribute(std::string_view name, std::string_view value) {
        text_ += fmt::format(" {}=\"{}\"", name, xml::escaped(value));
    }
    void begin_content() { text_ += '>'; }
    void content(std::string_view content) { text_ += xml::escaped(content); }
    void close(std::string_view name) { text_ += fmt::format("</{}>", name); }
    void all(std::string_view name, const std::vector<std::string>& values) {
        for (const std::string& value : values) {
            open(name);
            begin_content();
            content(value);
            close(name);
        }
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

std::vector<std::string> all_of(const xml::Element& parent, std::string_view name) {
    std::vector<std::string> values;
    for (const xml::Element& each : parent.children(document_namespace, name))
        values.push_back(each.text().value_or(""));
    return values;
}

}  // namespace

std::string to_sign(const Statement& statement, const boost::json::object& receipt, const Once& once) {
    Writer writer;
    writer.open(root);
    writer.attribute("xmlns", document_namespace);
    writer.attribute("about", statement.about);
    writer.attribute("expires", base::to_iso8601(once.expires));
    writer.attribute("host", once.host);
    writer.attribute("nonce", once.nonce);
    writer.attribute("says", boost::describe::enum_to_string(statement.says, ""));
    if (statement.until) writer.attribute("until", base::to_iso8601(*statement.until));
    writer.begin_content();
    writer.all("service", statement.services);
    writer.all("field", statement.fields);
    for (const boost::json::value& each : receipt.at("dct:description").as_array()) {
        writer.open("text");
        writer.attribute("xml:lang", text_at(each.as_object(), {"@language"}));
        writer.begin_content();
        writer.content(text_at(each.as_object(), {"@value"}));
        writer.close("text");
    }
    writer.close(root);
    const auto document = xml::Document::parse(base::as_bytes(writer.text())).value();
    return std::string(base::as_text(xml::canonical(document.root(), xml::Canonical::inclusive).value()));
}

std::optional<Statement> read_statement(base::BytesView document) {
    const auto read = xml::Document::parse(document);
    if (read.has_error() || !read->root().is(document_namespace, root)) return std::nullopt;
    const xml::Element element = read->root();
    Statement statement{.says = {},
                        .about = element.attribute("", "about").value_or(""),
                        .services = all_of(element, "service"),
                        .fields = all_of(element, "field"),
                        .until = {}};
    const std::string says = element.attribute("", "says").value_or("");
    if (!boost::describe::enum_from_string(says.c_str(), statement.says)) return std::nullopt;
    if (const auto until = element.attribute("", "until")) {
        const auto time = base::parse_time(*until);
        if (time.has_error()) return std::nullopt;
        statement.until = *time;
    }
    return statement;
}

}  // namespace kelisim::receipts
