// SPDX-License-Identifier: Apache-2.0
// What is read, written and read again has the same canonical form; every element can be cut out.
#include <cstdint>
#include <cstdlib>

#include "xml/canonical.hpp"
#include "xml/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    const xml::Limits limits{
        .bytes_max = 1 << 14, .depth_max = 16, .nodes_max = 256, .attributes_max = 16, .namespaces_max = 8};
    const auto document = xml::Document::parse({data, size}, limits);
    if (!document) return 0;
    const auto form = xml::canonical(document->root(), xml::Canonical::inclusive);
    const auto again = xml::Document::parse(document->to_bytes());
    if (!again || xml::canonical(again->root(), xml::Canonical::inclusive) != form) std::abort();
    document->root().walk([&](xml::Element element) {
        const auto cut = xml::Document::cut(element, xml::Scope::whole);
        const auto exclusive = xml::canonical(element, xml::Canonical::exclusive);
        if (exclusive && xml::canonical(cut.root(), xml::Canonical::exclusive) != exclusive) std::abort();
        for (const auto& attribute : element.attributes())
            static_cast<void>(document->by_id(attribute.value));
    });
    return 0;
}
