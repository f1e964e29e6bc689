// SPDX-License-Identifier: Apache-2.0
#include "authority/authority.hpp"

#include "trust/testing.hpp"

namespace kelisim::authority {

namespace {

namespace test = trust::test;
using namespace std::chrono_literals;

// The keys follow from the seed; what they sign later must not, or two signatures would share their secret number.
class Seeded final : public base::Entropy {
public:
    explicit Seeded(std::uint64_t seed) : seed_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        if (afterwards_)
            system_.fill(out);
        else
            seed_.fill(out);
    }
    void end_seed() { afterwards_ = true; }

private:
    base::SeededEntropy seed_;
    base::SystemEntropy system_;
    bool afterwards_ = false;
};

// Its keys refer to its entropy.
struct Chain {
    explicit Chain(std::uint64_t seed)
        : entropy(seed),
          root(test::self_signed(test::root_profile("KELISIM SANDBOX ROOT"), key(), entropy)),
          issuing(test::issue(test::authority_profile("KELISIM SANDBOX AUTHORITY"), root, key(), entropy)) {
        entropy.end_seed();
    }
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    test::KeyPair key() { return test::KeyPair::make(trust::KeyKind::gost2015_512, entropy); }

    Seeded entropy;  // first: the others draw from it
    test::Party root, issuing;
};

}  // namespace

namespace {

test::Profile profile_of(const SandboxAuthority::Owner& owner) {
    using Office = SandboxAuthority::Office;
    if (owner.bin.empty()) return test::person_profile();
    if (owner.office == Office::system) return test::system_profile();
    test::Profile profile = test::head_profile();
    // After the usage for signing and the marker of a legal entity comes the role.
    if (owner.office == Office::may_sign) profile.extended_key_usages.back() = "1.2.398.3.3.4.1.2.2";
    if (owner.office == Office::employee) profile.extended_key_usages.back() = "1.2.398.3.3.4.1.2.5";
    return profile;
}

}  // namespace

SandboxAuthority::SandboxAuthority(std::uint64_t seed) : seed_(seed) {}

trust::Authorities SandboxAuthority::authorities() const {
    const Chain chain(seed_);
    return trust::Authorities::make(trust::Contour::test, {{.name = "sandbox root",
                                                            .certificate = chain.root.certificate,
                                                            .anchor = true,
                                                            .contour = trust::Contour::test,
                                                            .role_arcs = {}},
                                                           {.name = "sandbox authority",
                                                            .certificate = chain.issuing.certificate,
                                                            .anchor = false,
                                                            .contour = trust::Contour::test,
                                                            .role_arcs = {"1.2.398.3.3.4"}}})
        .value();
}

base::Bytes SandboxAuthority::issue(const Owner& owner, const std::string& passphrase, base::Time now,
                                    base::Entropy& entropy) const {
    const Chain chain(seed_);
    test::Profile profile = profile_of(owner);
    profile.subject = {.common_name = owner.name,
                       .family_name = owner.name.substr(0, owner.name.find(' ')),
                       .patronymic = {},
                       .iin = std::string(owner.iin.reveal()),
                       .bin = owner.bin,
                       .organisation = owner.organisation};
    if (owner.office == Office::system) {
        profile.subject.common_name = owner.organisation;
        profile.subject.family_name.clear();
        profile.subject.iin.clear();
    }
    profile.not_before = std::chrono::floor<std::chrono::seconds>(now - 24h);
    profile.not_after = profile.not_before + owner.valid_for;
    profile.ocsp_urls.clear();  // the sandbox has no responder
    profile.crl_urls.clear();
    const test::Party made =
        test::issue(profile, chain.issuing, test::KeyPair::make(trust::KeyKind::gost2015_512, entropy), entropy);
    return test::pkcs12(made.key.pkcs8(), {made.certificate}, passphrase);
}

}  // namespace kelisim::authority
