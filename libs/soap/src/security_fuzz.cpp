// SPDX-License-Identifier: Apache-2.0
// A message as it comes, or edits of one that is rightly signed (first letter E): what passes has the body that was signed.
#include <cstdint>
#include <cstdlib>

#include "soap/security.hpp"
#include "trust/testing_documents.hpp"
#include "trust/testing_fuzz.hpp"

namespace {

using namespace kelisim;

struct World {
    base::SystemEntropy entropy;
    trust::test::Pki pki{trust::KeyKind::ec, entropy};
    trust::Authorities authorities = pki.authorities();
    trust::Policy policy{.revocation_required = false};
    trust::SigningKey key = trust::test::signing_key(pki.information_system, entropy);
    trust::Verification with{.authorities = authorities,
                             .policy = policy,
                             .revocation = nullptr,
                             .at = trust::test::now,
                             .now = trust::test::now};
    std::string text{base::as_text(soap::sign({.content = "<a>one</a>", .body_id = "id-1"}, key).value())};
    base::Bytes content = receive(text).content;

    trust::DocumentReport receive(const std::string& message) const {
        const auto envelope = soap::Envelope::parse(base::as_bytes(message));
        return envelope ? soap::verify(*envelope, {pki.information_system.certificate}, with) : trust::DocumentReport{};
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const World world;
    if (world.content.empty()) std::abort();
    const base::BytesView input(data, size);
    const std::string message = size > 0 && data[0] == 'E' ? trust::test::edited(world.text, input.subspan(1))
                                                           : std::string(base::as_text(input));
    const auto report = world.receive(message);
    if (report.verdict() == trust::Verdict::valid && report.content != world.content) std::abort();
    return 0;
}
