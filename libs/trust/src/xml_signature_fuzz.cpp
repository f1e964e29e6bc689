// SPDX-License-Identifier: Apache-2.0
// A document as it comes, or edits of one that is rightly signed (first letter E): what passes has the content that was signed.
#include <cstdint>
#include <cstdlib>

#include "trust/testing_documents.hpp"
#include "trust/testing_fuzz.hpp"
#include "trust/xml_signature.hpp"

namespace {

using namespace kelisim;

struct World {
    base::SystemEntropy entropy;
    trust::test::Pki pki{trust::KeyKind::ec, entropy};
    trust::Authorities authorities = pki.authorities();
    trust::Policy policy{.revocation_required = false};
    trust::SigningKey key = trust::test::signing_key(pki.person, entropy);
    trust::Verification with{.authorities = authorities,
                             .policy = policy,
                             .revocation = nullptr,
                             .at = trust::test::now,
                             .now = trust::test::now};
    std::string text{base::as_text(
        trust::sign_xml_part(base::as_bytes("<a Id=\"a\"><b Id=\"b\"><c>one</c></b></a>"), "b", key).value())};
    base::Bytes content = verify(base::as_bytes(text)).content;

    trust::DocumentReport verify(base::BytesView document) const {
        return trust::verify_xml(document, {.part = {.kind = trust::SignedPart::Kind::whatever}}, with);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    if (world.content.empty()) std::abort();
    const base::BytesView input(data, size);
    const std::string document = size > 0 && data[0] == 'E' ? trust::test::edited(world.text, input.subspan(1))
                                                            : std::string(base::as_text(input));
    const auto report = world.verify(base::as_bytes(document));
    if (report.verdict() == trust::Verdict::valid && report.content != world.content) std::abort();
    return 0;
}
