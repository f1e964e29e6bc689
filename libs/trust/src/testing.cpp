// SPDX-License-Identifier: Apache-2.0
#include "trust/testing.hpp"

#include <openssl/core_names.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include <array>
#include <stdexcept>

#include "asn1.hpp"
#include "base/text.hpp"
#include "der.hpp"
#include "openssl_digest.hpp"

namespace kelisim::trust::test {
namespace {

using KeyHandle = std::shared_ptr<EVP_PKEY>;
using PointHandle = std::unique_ptr<EC_POINT, Free<EC_POINT_free>>;
using GroupHandle = std::unique_ptr<EC_GROUP, Free<EC_GROUP_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedHandle = std::unique_ptr<X509_SIG, Free<X509_SIG_free>>;
using Pkcs12Handle = std::unique_ptr<PKCS12, Free<PKCS12_free>>;
using LibraryHandle = std::unique_ptr<OSSL_LIB_CTX, Free<OSSL_LIB_CTX_free>>;

void free_provider(OSSL_PROVIDER* provider) {
    OSSL_PROVIDER_unload(provider);
}
void free_safes(STACK_OF(PKCS7) * safes) {
    sk_PKCS7_pop_free(safes, PKCS7_free);
}
void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
using ProviderHandle = std::unique_ptr<OSSL_PROVIDER, Free<free_provider>>;
using Safes = std::unique_ptr<STACK_OF(PKCS7), Free<free_safes>>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), Free<free_bags>>;
using crypto::Bignum;
using crypto::require;
using crypto::required;

crypto::Bignum drawn_number(std::size_t size, base::Entropy& entropy) {
    base::Bytes bytes(size);
    entropy.fill(bytes);
    return required(Bignum(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)), "number");
}

KeyHandle from_parameters(const char* type, OSSL_PARAM_BLD* builder) {
    const crypto::ParamList params = required(crypto::ParamList(OSSL_PARAM_BLD_to_param(builder)), "parameters");
    const crypto::KeyContext context =
        required(crypto::KeyContext(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)), type);
    require(EVP_PKEY_fromdata_init(context.get()), type);
    EVP_PKEY* key = nullptr;
    require(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()), type);
    return {key, EVP_PKEY_free};
}

Bignum draw_prime(std::size_t bits, const BIGNUM* exponent, BN_CTX* context, base::Entropy& entropy) {
    const Bignum less_one = required(Bignum(BN_new()), "number"), divisor = required(Bignum(BN_new()), "number");
    while (true) {
        Bignum prime = drawn_number(bits / 8, entropy);
        for (const int bit : {0, static_cast<int>(bits) - 1, static_cast<int>(bits) - 2})
            require(BN_set_bit(prime.get(), bit), "prime");
        if (BN_check_prime(prime.get(), context, nullptr) != 1) continue;
        require(BN_sub(less_one.get(), prime.get(), BN_value_one()), "prime");
        require(BN_gcd(divisor.get(), less_one.get(), exponent, context), "prime");
        if (BN_is_one(divisor.get())) return prime;
    }
}

KeyHandle draw_rsa(int bits, base::Entropy& entropy) {
    const NumberContext context = required(NumberContext(BN_CTX_new()), "numbers");
    const auto number = [] { return required(Bignum(BN_new()), "number"); };
    const Bignum e = number(), n = number(), p1 = number(), q1 = number(), phi = number(), dp = number(), dq = number();
    require(BN_set_word(e.get(), 65537), "e");
    const auto half = static_cast<std::size_t>(bits) / 2;
    const Bignum p = draw_prime(half, e.get(), context.get(), entropy);
    const Bignum q = draw_prime(half, e.get(), context.get(), entropy);
    require(BN_mul(n.get(), p.get(), q.get(), context.get()), "n");
    require(BN_sub(p1.get(), p.get(), BN_value_one()), "p - 1");
    require(BN_sub(q1.get(), q.get(), BN_value_one()), "q - 1");
    require(BN_mul(phi.get(), p1.get(), q1.get(), context.get()), "phi");
    const Bignum d = required(Bignum(BN_mod_inverse(nullptr, e.get(), phi.get(), context.get())), "d");
    require(BN_mod(dp.get(), d.get(), p1.get(), context.get()), "dp");
    require(BN_mod(dq.get(), d.get(), q1.get(), context.get()), "dq");
    const Bignum inverse = required(Bignum(BN_mod_inverse(nullptr, q.get(), p.get(), context.get())), "1 / q");
    const crypto::ParamBuilder builder = required(crypto::ParamBuilder(OSSL_PARAM_BLD_new()), "parameters");
    const std::array<std::pair<const char*, const BIGNUM*>, 8> parts{
        {{OSSL_PKEY_PARAM_RSA_N, n.get()},
         {OSSL_PKEY_PARAM_RSA_E, e.get()},
         {OSSL_PKEY_PARAM_RSA_D, d.get()},
         {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
         {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},
         {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()},
         {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()},
         {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse.get()}}};
    for (const auto& [name, value] : parts)
        require(OSSL_PARAM_BLD_push_BN(builder.get(), name, value), name);
    return from_parameters("RSA", builder.get());
}

KeyHandle draw_p256(base::Entropy& entropy) {
    const GroupHandle group = required(GroupHandle(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)), "P-256");
    const PointHandle point = required(PointHandle(EC_POINT_new(group.get())), "point");
    const Bignum scalar = drawn_number(32, entropy);
    require(BN_clear_bit(scalar.get(), 255) == 1 || BN_num_bits(scalar.get()) < 256, "scalar");  // below the order
    require(EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr), "point");
    base::Bytes encoded(65);
    if (EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(), encoded.size(),
                           nullptr) != encoded.size())
        crypto::fail("point");
    const crypto::ParamBuilder builder = required(crypto::ParamBuilder(OSSL_PARAM_BLD_new()), "parameters");
    require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0), "group");
    require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
            "point");
    require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()), "scalar");
    return from_parameters("EC", builder.get());
}

Pkcs8Handle read_pkcs8(base::BytesView der) {
    const std::uint8_t* at = der.data();
    return required(Pkcs8Handle(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size()))), "PKCS #8");
}

// pki.md 1.4
base::Bytes gost_algorithm() {
    return der::sequence({der::oid("1.2.398.3.10.1.1.2.2"),
                          der::sequence({der::oid("1.2.398.3.10.1.1.2.2.1"), der::oid("1.2.398.3.10.1.3.3")})});
}

base::Bytes signature_algorithm(SignatureAlgorithm algorithm) {
    return der::algorithm(oid_of(algorithm),
                          key_kind(algorithm) == KeyKind::ec ? der::Parameters::absent : der::Parameters::null);
}

// SEQUENCE { tbs, algorithm, signature } and what may follow.
base::Bytes signed_structure(const base::Bytes& tbs, const base::Bytes& algorithm, const base::Bytes& signature,
                             const base::Bytes& behind = {}) {
    return der::sequence({tbs, algorithm, der::bits(signature), behind});
}

base::Bytes oids(const std::vector<std::string>& dotted) {
    std::vector<base::Bytes> parts;
    for (const std::string& one : dotted)
        parts.push_back(der::oid(one));
    return der::sequence(parts);
}

// BIT STRING of RFC 5280 4.2.1.3 as DER has named bits: without trailing zeros.
base::Bytes key_usage_bits(const std::vector<KeyUse>& uses) {
    unsigned bits = 0;
    for (const KeyUse use : uses)
        bits |= 0x80U >> static_cast<unsigned>(use);  // the enumerators stand in the order of the bits
    unsigned unused = 0;
    while (bits != 0 && ((bits >> unused) & 1U) == 0)
        ++unused;
    const base::Bytes content{static_cast<std::uint8_t>(unused), static_cast<std::uint8_t>(bits)};
    return der::element(der::bits_tag, content);
}

base::Bytes basic_constraints_der(const BasicConstraints& constraints) {
    std::vector<base::Bytes> parts;
    if (constraints.authority) parts.push_back(der::boolean_true());
    if (constraints.path_length) parts.push_back(der::integer(*constraints.path_length));
    return der::sequence(parts);
}

base::Bytes url_name(const std::string& url) {
    return der::text(der::context_primitive(6), url);
}

base::Bytes distribution_points(const std::vector<std::string>& urls) {
    std::vector<base::Bytes> points;
    for (const std::string& url : urls) {
        const base::Bytes full_name = der::element(der::context(0), url_name(url));
        points.push_back(der::sequence({der::element(der::context(0), full_name)}));
    }
    return der::sequence(points);
}

base::Bytes ocsp_access(const std::vector<std::string>& urls) {
    std::vector<base::Bytes> parts;
    for (const std::string& url : urls)
        parts.push_back(der::sequence({der::oid("1.3.6.1.5.5.7.48.1"), url_name(url)}));
    return der::sequence(parts);
}

base::Bytes policies_der(const std::vector<std::string>& policies) {
    std::vector<base::Bytes> parts;
    for (const std::string& one : policies)
        parts.push_back(der::sequence({der::oid(one)}));
    return der::sequence(parts);
}

// The key bits of a SubjectPublicKeyInfo, without the octet that counts unused bits.
base::BytesView key_bits_of(base::BytesView spki) {
    const auto outer = der::whole(spki, der::sequence_tag);
    if (!outer) throw std::logic_error("no SubjectPublicKeyInfo");
    der::Reader reader(outer->content);
    const auto algorithm = reader.next(der::sequence_tag);
    const auto bits = reader.next(der::bits_tag);
    if (!algorithm || !bits || bits->content.empty()) throw std::logic_error("no SubjectPublicKeyInfo");
    return bits->content.subspan(1);
}

base::Bytes key_id(base::BytesView spki) {
    return digest(DigestAlgorithm::sha1, {key_bits_of(spki)});  // RFC 5280 4.2.1.2, method (1)
}

struct Issuer {
    base::Bytes name, key_id;
    const KeyPair& key;
};

std::vector<base::Bytes> extensions_of(const Profile& profile, const base::Bytes& spki, const Issuer& issuer) {
    std::vector<base::Bytes> parts;
    const auto add = [&](std::string_view oid, const base::Bytes& value,
                         Criticality criticality = Criticality::not_critical) {
        parts.push_back(extension(oid, value, criticality));
    };
    if (!profile.extended_key_usages.empty())
        add("2.5.29.37", oids(profile.extended_key_usages),
            profile.extended_key_usage_critical ? Criticality::critical : Criticality::not_critical);
    if (!profile.policies.empty()) add("2.5.29.32", policies_der(profile.policies));
    if (!profile.ocsp_urls.empty()) add("1.3.6.1.5.5.7.1.1", ocsp_access(profile.ocsp_urls));
    if (!profile.crl_urls.empty()) add("2.5.29.31", distribution_points(profile.crl_urls));
    if (profile.basic_constraints)
        add("2.5.29.19", basic_constraints_der(*profile.basic_constraints), Criticality::critical);
    if (profile.key_usage) add("2.5.29.15", key_usage_bits(*profile.key_usage), Criticality::critical);
    if (profile.no_check) add("1.3.6.1.5.5.7.48.1.5", der::null());
    if (profile.key_ids) add("2.5.29.14", der::octets(key_id(spki)));
    if (profile.key_ids || profile.authority_key_id) {
        const base::Bytes id =
            der::element(der::context_primitive(0), profile.authority_key_id.value_or(issuer.key_id));
        add("2.5.29.35", der::sequence({id}));
    }
    parts.insert(parts.end(), profile.further_extensions.begin(), profile.further_extensions.end());
    return parts;
}

base::Bytes serial_of(const Profile& profile, base::Entropy& entropy) {
    if (profile.serial) return *profile.serial;
    base::Bytes drawn(20);
    entropy.fill(drawn);
    drawn[0] = static_cast<std::uint8_t>((drawn[0] & 0x3fU) | 0x40U);  // positive, and always of twenty octets
    return drawn;
}

base::Bytes certificate_der(const Profile& profile, const Issuer& issuer, const KeyPair& key, base::Entropy& entropy) {
    const base::Bytes spki = profile.spki.value_or(key.spki());
    const SignatureAlgorithm with = profile.signed_with.value_or(signature_for(issuer.key.kind()));
    std::vector<base::Bytes> tbs{
        der::element(der::context(0), der::integer(2)),
        der::integer(base::BytesView(serial_of(profile, entropy))),
        signature_algorithm(with),
        profile.issuer.value_or(issuer.name),
        der::sequence({der::time(profile.not_before), der::time(profile.not_after)}),
        profile.subject.der(),
        spki,
    };
    if (const auto extensions = extensions_of(profile, spki, issuer); !extensions.empty())
        tbs.push_back(der::element(der::context(3), der::sequence(extensions)));
    const base::Bytes to_be_signed = der::sequence(tbs);
    return signed_structure(to_be_signed, signature_algorithm(with), issuer.key.sign(with, to_be_signed));
}

Party party(KeyPair key, const base::Bytes& certificate) {
    auto read = Certificate::from_der(certificate);
    if (!read) throw std::logic_error("what was issued is no certificate");
    return {.key = std::move(key), .certificate = *std::move(read)};
}

base::Bytes serial_der(const Certificate& certificate) {
    return to_der(X509_get0_serialNumber(certificate.openssl()), i2d_ASN1_INTEGER);
}

base::Bytes reason_der(int reason) {
    const base::Bytes content{static_cast<std::uint8_t>(reason)};
    return der::element(der::enumerated_tag, content);
}

base::Bytes status_der(const OcspAnswer& answer) {
    constexpr int hold = 6;
    if (answer.standing == Standing::good) return {der::context_primitive(0), 0};
    if (answer.standing == Standing::unknown) return {der::context_primitive(2), 0};
    const bool not_issued = answer.standing == Standing::not_issued;
    const int reason = not_issued || answer.standing == Standing::on_hold ? hold : answer.reason;
    std::vector<base::Bytes> parts{der::generalized_time(not_issued ? base::Time{} : answer.revoked_at)};
    if (reason >= 0) parts.push_back(der::element(der::context(0), reason_der(reason)));
    return der::element_of(der::context(1), parts);
}

base::Bytes certificate_id(const Certificate& subject, const Certificate& issuer, DigestAlgorithm with) {
    return der::sequence({der::algorithm(oid_of(with), der::Parameters::null),
                          der::octets(digest(with, {issuer.subject().der()})),
                          der::octets(digest(with, {issuer.key_bits()})), serial_der(subject)});
}

base::Bytes crl_extensions(const Party& issuer, const CrlContents& contents) {
    const base::BytesView id = issuer.certificate.subject_key_id();
    const base::Bytes key_id_der = der::sequence({der::element(der::context_primitive(0), id)});
    std::vector<base::Bytes> parts{extension("2.5.29.35", key_id_der),
                                   extension("2.5.29.20", der::integer(contents.number))};
    if (contents.base_number)
        parts.push_back(extension("2.5.29.27", der::integer(*contents.base_number), Criticality::critical));
    parts.insert(parts.end(), contents.further_extensions.begin(), contents.further_extensions.end());
    return der::element(der::context(0), der::sequence(parts));
}

}  // namespace

KeyPair KeyPair::make(KeyKind kind, base::Entropy& entropy) {
    switch (kind) {
        case KeyKind::rsa:
            return make_rsa(2048, entropy);
        case KeyKind::ec:
            return {draw_p256(entropy), entropy};
        case KeyKind::gost2015_512:
            return {crypto::GostPrivateKey::generate(entropy), entropy};
        default:
            throw std::logic_error("nobody here signs with such a key");
    }
}

KeyPair KeyPair::make_rsa(int bits, base::Entropy& entropy) {
    return {draw_rsa(bits, entropy), entropy};
}

KeyKind KeyPair::kind() const {
    const auto* const key = std::get_if<KeyHandle>(&key_);
    if (key == nullptr) return KeyKind::gost2015_512;
    return EVP_PKEY_is_a(key->get(), "RSA") == 1 ? KeyKind::rsa : KeyKind::ec;
}

base::Bytes KeyPair::spki() const {
    if (const auto* const key = std::get_if<KeyHandle>(&key_)) return to_der(key->get(), i2d_PUBKEY);
    const crypto::GostPublicKey point = std::get<crypto::GostPrivateKey>(key_).public_key();
    return der::sequence({gost_algorithm(), der::bits(der::octets(point.to_bytes()))});
}

base::Bytes KeyPair::pkcs8() const {
    if (const auto* const key = std::get_if<KeyHandle>(&key_)) {
        const Pkcs8Handle info = required(Pkcs8Handle(EVP_PKEY2PKCS8(key->get())), "PKCS #8");
        return to_der(info.get(), i2d_PKCS8_PRIV_KEY_INFO);
    }
    const base::Secret<base::Bytes> scalar = std::get<crypto::GostPrivateKey>(key_).to_bytes();
    return der::sequence({der::integer(0), gost_algorithm(), der::octets(der::octets(scalar.reveal()))});
}

base::Bytes KeyPair::sign(SignatureAlgorithm algorithm, base::BytesView message) const {
    const base::Bytes hash = digest(digest_of(algorithm), {message});
    const auto* const key = std::get_if<KeyHandle>(&key_);
    if (key == nullptr) return std::get<crypto::GostPrivateKey>(key_).sign(hash, *entropy_);
    const crypto::KeyContext context = required(crypto::KeyContext(EVP_PKEY_CTX_new(key->get(), nullptr)), "sign");
    require(EVP_PKEY_sign_init(context.get()), "sign");
    require(EVP_PKEY_CTX_set_signature_md(context.get(), openssl_digest(digest_of(algorithm))), "sign");
    std::size_t size = 0;
    require(EVP_PKEY_sign(context.get(), nullptr, &size, hash.data(), hash.size()), "sign");
    base::Bytes signature(size);
    require(EVP_PKEY_sign(context.get(), signature.data(), &size, hash.data(), hash.size()), "sign");
    signature.resize(size);
    return signature;
}

base::Bytes Subject::der() const {
    std::vector<base::Bytes> parts;
    const auto add = [&](std::string_view oid, std::uint8_t tag, const std::string& text) {
        if (text.empty()) return;
        parts.push_back(der::set_of({der::sequence({der::oid(oid), der::text(tag, text)})}));
    };
    add("2.5.4.3", der::utf8_tag, common_name);
    add("2.5.4.4", der::utf8_tag, family_name);
    add("2.5.4.5", der::printable_tag, iin.empty() ? "" : "IIN" + iin);
    add("2.5.4.6", der::printable_tag, "KZ");
    add("2.5.4.10", der::utf8_tag, organisation);
    add("2.5.4.11", der::utf8_tag, bin.empty() ? "" : "BIN" + bin);
    add("2.5.4.42", der::utf8_tag, patronymic);
    return der::sequence(parts);
}

base::Bytes extension(std::string_view oid, base::BytesView value, Criticality criticality) {
    return der::sequence({der::oid(oid), criticality == Criticality::critical ? der::boolean_true() : base::Bytes{},
                          der::octets(value)});
}

Profile root_profile(std::string name) {
    Profile profile;
    profile.subject.common_name = std::move(name);
    profile.not_before = now - 24h * 365 * 4;
    profile.not_after = now + 24h * 365 * 16;
    profile.key_usage = {KeyUse::certificate_sign, KeyUse::crl_sign};
    profile.basic_constraints = {.authority = true, .path_length = {}};
    return profile;
}

Profile authority_profile(std::string name) {
    Profile profile = root_profile(std::move(name));
    profile.not_after -= 24h * 365 * 2;
    return profile;
}

Profile person_profile() {
    Profile profile;
    profile.subject = {.common_name = "АЙДАРОВ АСАН",
                       .family_name = "АЙДАРОВ",
                       .patronymic = "БОЛАТҰЛЫ",
                       .iin = "450810100013",
                       .bin = {},
                       .organisation = {}};
    profile.key_usage = {KeyUse::digital_signature, KeyUse::non_repudiation, KeyUse::key_agreement};
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1"};
    profile.policies = {"1.2.398.3.3.2"};
    profile.ocsp_urls = {"http://ocsp.test/"};
    profile.crl_urls = {"http://crl.test/nca.crl"};
    return profile;
}

Profile head_profile() {
    Profile profile = person_profile();
    profile.subject.organisation = "АҚ \"СЫНАҚ\"";
    profile.subject.bin = "000140000072";
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.1"};
    return profile;
}

Profile system_profile() {
    Profile profile = head_profile();
    profile.subject.common_name = "АҚ \"СЫНАҚ\"";
    profile.subject.family_name.clear();
    profile.subject.patronymic.clear();
    profile.subject.iin.clear();
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.6"};
    return profile;
}

Profile responder_profile() {
    Profile profile;
    profile.subject.common_name = "OCSP RESPONDER";
    profile.key_usage = {KeyUse::digital_signature};
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.9"};
    profile.no_check = true;
    return profile;
}

Profile time_stamper_profile() {
    Profile profile;
    profile.subject.common_name = "TIME-STAMPING AUTHORITY";
    profile.key_usage = {KeyUse::digital_signature, KeyUse::non_repudiation};
    profile.extended_key_usages = {"1.3.6.1.5.5.7.3.8"};
    profile.extended_key_usage_critical = true;
    return profile;
}

Party self_signed(const Profile& profile, KeyPair key, base::Entropy& entropy) {
    const Issuer self{.name = profile.subject.der(), .key_id = key_id(key.spki()), .key = key};
    const base::Bytes made = certificate_der(profile, self, key, entropy);
    return party(std::move(key), made);
}

base::Bytes issue_der(const Profile& profile, const Party& issuer, const KeyPair& key, base::Entropy& entropy) {
    const base::BytesView id = issuer.certificate.subject_key_id();
    return certificate_der(
        profile,
        {.name = issuer.certificate.subject().der(), .key_id = base::Bytes(id.begin(), id.end()), .key = issuer.key},
        key, entropy);
}

Party issue(const Profile& profile, const Party& issuer, KeyPair key, base::Entropy& entropy) {
    const base::Bytes made = issue_der(profile, issuer, key, entropy);
    return party(std::move(key), made);
}

SigningKey signing_key(const Party& party, const std::vector<Certificate>& above, base::Entropy& entropy) {
    std::string certificates = to_pem("CERTIFICATE", party.certificate.der());
    for (const Certificate& one : above)
        certificates += to_pem("CERTIFICATE", one.der());
    const base::Secret<std::string> key(to_pem("PRIVATE KEY", party.key.pkcs8()));
    return SigningKey::from_pem(key, {}, certificates, entropy).value();
}

Pki::Pki(KeyKind of, base::Entropy& entropy)
    : kind(of),
      root(self_signed(root_profile("НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (TEST)"), KeyPair::make(kind, entropy), entropy)),
      authority(test::issue(authority_profile("ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (TEST)"), root, KeyPair::make(kind, entropy),
                            entropy)),
      person(issue(person_profile(), entropy)),
      head(issue(head_profile(), entropy)),
      information_system(issue(system_profile(), entropy)),
      responder(issue(responder_profile(), entropy)),
      time_stamper(issue(time_stamper_profile(), entropy)) {}

Party Pki::issue(const Profile& profile, base::Entropy& entropy) const {
    return test::issue(profile, authority, KeyPair::make(kind, entropy), entropy);
}

Authorities Pki::authorities() const {
    return Authorities::make(Contour::test, {{.name = "root",
                                              .certificate = root.certificate,
                                              .anchor = true,
                                              .contour = Contour::test,
                                              .role_arcs = {}},
                                             {.name = "authority",
                                              .certificate = authority.certificate,
                                              .anchor = false,
                                              .contour = Contour::test,
                                              .role_arcs = {"1.2.398.3.3.4"}}})
        .value();
}

base::Bytes ocsp_response(const Certificate& subject, const Certificate& issuer, const Party& responder,
                          const OcspAnswer& answer) {
    std::vector<base::Bytes> single{certificate_id(subject, issuer, answer.id_digest), status_der(answer),
                                    der::generalized_time(answer.this_update)};
    if (answer.next_update) single.push_back(der::element(der::context(0), der::generalized_time(*answer.next_update)));
    const base::Bytes by_key = der::octets(digest(DigestAlgorithm::sha1, {responder.certificate.key_bits()}));
    const base::Bytes by = answer.responder_by_key
                               ? der::element(der::context(2), by_key)
                               : der::element(der::context(1), responder.certificate.subject().der());
    std::vector<base::Bytes> extensions;
    if (!answer.nonce.empty()) extensions.push_back(extension("1.3.6.1.5.5.7.48.1.2", der::octets(answer.nonce)));
    if (answer.standing == Standing::not_issued) extensions.push_back(extension("1.3.6.1.5.5.7.48.1.9", der::null()));
    std::vector<base::Bytes> data{by, der::generalized_time(answer.produced_at),
                                  der::sequence({der::sequence(single)})};
    if (!extensions.empty()) data.push_back(der::element(der::context(1), der::sequence(extensions)));
    const base::Bytes tbs = der::sequence(data);
    base::Bytes certificates;
    if (answer.certificate_sent) {
        certificates = der::element(der::context(0), der::sequence({responder.certificate.der()}));
    }
    const SignatureAlgorithm with = signature_for(responder.key.kind());
    const base::Bytes basic = signed_structure(tbs, signature_algorithm(with),
                                               answer.signature.value_or(responder.key.sign(tbs)), certificates);
    const base::Bytes bytes = der::sequence({der::oid("1.3.6.1.5.5.7.48.1.1"), der::octets(basic)});
    return der::sequence({reason_der(0), der::element(der::context(0), bytes)});
}

base::Bytes ocsp_refusal(int status) {
    return der::sequence({reason_der(status)});
}

base::Bytes crl(const Party& issuer, const CrlContents& contents) {
    const SignatureAlgorithm with = signature_for(issuer.key.kind());
    std::vector<base::Bytes> entries;
    for (const CrlEntry& one : contents.revoked) {
        std::vector<base::Bytes> entry{serial_der(one.certificate), der::time(one.revoked_at)};
        if (one.reason >= 0) entry.push_back(der::sequence({extension("2.5.29.21", reason_der(one.reason))}));
        entries.push_back(der::sequence(entry));
    }
    std::vector<base::Bytes> list{der::integer(1), signature_algorithm(with), issuer.certificate.subject().der(),
                                  der::time(contents.this_update)};
    if (contents.next_update) list.push_back(der::time(*contents.next_update));
    if (!entries.empty()) list.push_back(der::sequence(entries));
    list.push_back(crl_extensions(issuer, contents));
    const base::Bytes tbs = der::sequence(list);
    return signed_structure(tbs, signature_algorithm(with), contents.signature.value_or(issuer.key.sign(tbs)));
}

base::Bytes pkcs12(base::BytesView pkcs8, const std::vector<Certificate>& certificates, const std::string& passphrase) {
    constexpr int iterations = 2048;
    const LibraryHandle library = required(LibraryHandle(OSSL_LIB_CTX_new()), "library");
    const ProviderHandle current = required(ProviderHandle(OSSL_PROVIDER_load(library.get(), "default")), "default");
    const ProviderHandle legacy = required(ProviderHandle(OSSL_PROVIDER_load(library.get(), "legacy")), "legacy");
    const char* const text = passphrase.c_str();
    const int size = static_cast<int>(passphrase.size());
    Bags certified(sk_PKCS12_SAFEBAG_new_null()), shrouded(sk_PKCS12_SAFEBAG_new_null());
    for (const Certificate& one : certificates)
        sk_PKCS12_SAFEBAG_push(certified.get(), PKCS12_SAFEBAG_create_cert(one.openssl()));
    PKCS8_PRIV_KEY_INFO* const info = read_pkcs8(pkcs8).release();  // which the bag takes
    sk_PKCS12_SAFEBAG_push(shrouded.get(), required(PKCS12_SAFEBAG_create_pkcs8_encrypt_ex(
                                                        NID_pbe_WithSHA1And3_Key_TripleDES_CBC, text, size, nullptr, 0,
                                                        iterations, info, library.get(), nullptr),
                                                    "key bag"));
    PKCS8_PRIV_KEY_INFO_free(info);
    Safes safes(sk_PKCS7_new_null());
    sk_PKCS7_push(safes.get(),
                  required(PKCS12_pack_p7encdata_ex(NID_pbe_WithSHA1And40BitRC2_CBC, text, size, nullptr, 0, iterations,
                                                    certified.get(), library.get(), nullptr),
                           "certificate bags"));
    sk_PKCS7_push(safes.get(), required(PKCS12_pack_p7data(shrouded.get()), "key bags"));
    const Pkcs12Handle box = required(Pkcs12Handle(PKCS12_init(NID_pkcs7_data)), "PKCS #12");
    require(PKCS12_pack_authsafes(box.get(), safes.get()), "safes");
    require(PKCS12_set_mac(box.get(), text, size, nullptr, 0, iterations, EVP_sha1()), "MAC");
    return to_der(box.get(), i2d_PKCS12);
}

base::Bytes encrypted_pkcs8(base::BytesView pkcs8, const std::string& passphrase) {
    const Pkcs8Handle info = read_pkcs8(pkcs8);
    const EncryptedHandle encrypted =
        required(EncryptedHandle(PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase.c_str(),
                                               static_cast<int>(passphrase.size()), nullptr, 0, 2048, info.get())),
                 "PKCS #8");
    return to_der(encrypted.get(), i2d_X509_SIG);
}

base::Bytes to_ber(base::BytesView der) {
    constexpr std::uint8_t constructed = 0x20, indefinite = 0x80;
    base::Bytes out;
    der::Reader reader(der);
    while (const auto one = reader.next()) {
        if ((one->tag & constructed) == 0) {
            out.insert(out.end(), one->whole.begin(), one->whole.end());
            continue;
        }
        out.insert(out.end(), {one->tag, indefinite});
        const auto piece = one->tag == der::context(0) ? der::whole(one->content, der::octets_tag) : std::nullopt;
        base::Bytes content = to_ber(one->content);
        if (piece) {
            const std::size_t half = piece->content.size() / 2;
            content = {der::octets_tag | constructed, indefinite};
            for (const base::Bytes& part :
                 {der::octets(piece->content.first(half)), der::octets(piece->content.subspan(half))})
                content.insert(content.end(), part.begin(), part.end());
            content.insert(content.end(), {0, 0});
        }
        out.insert(out.end(), content.begin(), content.end());
        out.insert(out.end(), {0, 0});
    }
    return out;
}

std::string to_pem(std::string_view label, base::BytesView der) {
    constexpr std::size_t line = 64;
    const std::string text = base::to_base64(der);
    std::string out = "-----BEGIN " + std::string(label) + "-----\n";
    for (std::size_t at = 0; at < text.size(); at += line)
        out += text.substr(at, line) + "\n";
    return out + "-----END " + std::string(label) + "-----\n";
}

}  // namespace kelisim::trust::test
