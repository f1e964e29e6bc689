// SPDX-License-Identifier: Apache-2.0
// PKCS #12 (RFC 7292), PKCS #8 (RFC 5958) and PEM (RFC 7468).
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include "asn1.hpp"
#include "base/limits.hpp"
#include "der.hpp"
#include "key_sources.hpp"

namespace kelisim::trust {
namespace {

using LibraryHandle = std::unique_ptr<OSSL_LIB_CTX, Free<OSSL_LIB_CTX_free>>;
using Pkcs12Handle = std::unique_ptr<PKCS12, Free<PKCS12_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedHandle = std::unique_ptr<X509_SIG, Free<X509_SIG_free>>;

void free_provider(OSSL_PROVIDER* provider) {
    OSSL_PROVIDER_unload(provider);
}
using ProviderHandle = std::unique_ptr<OSSL_PROVIDER, Free<free_provider>>;

void free_safes(STACK_OF(PKCS7) * safes) {
    sk_PKCS7_pop_free(safes, PKCS7_free);
}
void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
using Safes = std::unique_ptr<STACK_OF(PKCS7), Free<free_safes>>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), Free<free_bags>>;

// OpenSSL with RC2 and other ciphers that only old files need; apart from the process's own, which stays without them.
struct LegacyLibrary {
    LibraryHandle library = crypto::required(LibraryHandle(OSSL_LIB_CTX_new()), "OSSL_LIB_CTX_new");
    ProviderHandle current =
        crypto::required(ProviderHandle(OSSL_PROVIDER_load(library.get(), "default")), "provider default");
    ProviderHandle legacy =
        crypto::required(ProviderHandle(OSSL_PROVIDER_load(library.get(), "legacy")), "provider legacy");
};

// Passphrases go as OpenSSL takes them.
struct Password {
    explicit Password(const base::Secret<std::string>& passphrase)
        : text(passphrase.reveal().c_str()), size(static_cast<int>(passphrase.reveal().size())) {}
    const char* text;
    int size;
};

constexpr std::string_view gost_key_oid = "1.2.398.3.10.1.1.2.2";

base::Result<PrivateKey> read_gost(base::BytesView bytes) {
    // OCTET STRING in OCTET STRING, little-endian (pki.md 2)
    const auto inner = der::whole(bytes, der::octets_tag);
    if (!inner) return signing_key_unreadable;
    auto key =
        crypto::GostPrivateKey::from_bytes(base::Secret(base::Bytes(inner->content.begin(), inner->content.end())));
    if (!key) return signing_key_unreadable;
    return PrivateKey(*std::move(key));
}

class Pkcs12Reader {
public:
    Pkcs12Reader(const LegacyLibrary& library, const base::Secret<std::string>& passphrase)
        : library_(library), password_(passphrase) {}

    base::Result<KeyContainer> read(base::BytesView file) {
        PKCS12* raw =
            crypto::required(PKCS12_init_ex(NID_pkcs7_data, library_.library.get(), nullptr), "PKCS12_init_ex");
        const std::uint8_t* at = file.data();
        // On a failure d2i frees what it was given.
        const Pkcs12Handle box(d2i_PKCS12(&raw, &at, static_cast<long>(file.size())));
        if (!box || at != file.data() + file.size() || PKCS12_mac_present(box.get()) != 1)
            return signing_key_unreadable;
        if (PKCS12_verify_mac(box.get(), password_.text, password_.size) != 1) return signing_key_passphrase;
        const Safes safes(PKCS12_unpack_authsafes(box.get()));
        if (!safes) return signing_key_unreadable;
        for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i)
            if (const auto wrong = read_safe(sk_PKCS7_value(safes.get(), i))) return *wrong;
        return std::move(found_);
    }

private:
    std::optional<base::Refusal> read_safe(PKCS7* safe) {
        const int type = OBJ_obj2nid(safe->type);
        if (type != NID_pkcs7_data && type != NID_pkcs7_encrypted) return std::nullopt;
        const Bags bags(type == NID_pkcs7_data ? PKCS12_unpack_p7data(safe)
                                               : PKCS12_unpack_p7encdata(safe, password_.text, password_.size));
        if (!bags) return signing_key_unreadable;
        for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags.get()); ++i)
            if (const auto wrong = read_bag(sk_PKCS12_SAFEBAG_value(bags.get(), i))) return wrong;
        return std::nullopt;
    }

    std::optional<base::Refusal> read_bag(const PKCS12_SAFEBAG* bag) {
        switch (PKCS12_SAFEBAG_get_nid(bag)) {
            case NID_keyBag:
                return add_key(PKCS12_SAFEBAG_get0_p8inf(bag));
            case NID_pkcs8ShroudedKeyBag: {
                const Pkcs8Handle info(
                    PKCS12_decrypt_skey_ex(bag, password_.text, password_.size, library_.library.get(), nullptr));
                return add_key(info.get());
            }
            case NID_certBag:
                add_certificate(bag);
                return std::nullopt;
            default:
                return std::nullopt;
        }
    }

    std::optional<base::Refusal> add_key(const PKCS8_PRIV_KEY_INFO* info) {
        if (info == nullptr) return signing_key_unreadable;
        auto key = read_private_key(info);
        if (key.has_error()) return key.error();
        found_.keys.push_back(*std::move(key));
        return std::nullopt;
    }

    // One that cannot be read is none: without it the key lacks its certificate, or the chain its upper end.
    void add_certificate(const PKCS12_SAFEBAG* bag) {
        const X509Handle read(PKCS12_SAFEBAG_get1_cert(bag));
        auto certificate = read ? Certificate::from_der(to_der(read.get(), i2d_X509)) : std::nullopt;
        if (certificate) found_.certificates.push_back(*std::move(certificate));
    }

    const LegacyLibrary& library_;
    Password password_;
    KeyContainer found_;
};

// One section of a PEM text; wiped when it ends, since it may be a key.
struct PemSection {
    PemSection() = default;
    PemSection(const PemSection&) = delete;
    PemSection& operator=(const PemSection&) = delete;
    ~PemSection() {
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    }
    char* name = nullptr;
    char* header = nullptr;
    std::uint8_t* data = nullptr;
    long size = 0;
};

base::Result<PrivateKey> decrypt(const PemSection& section, const base::Secret<std::string>& passphrase) {
    const std::uint8_t* at = section.data;
    const EncryptedHandle encrypted(d2i_X509_SIG(nullptr, &at, section.size));
    if (!encrypted) return signing_key_unreadable;
    const LegacyLibrary library;
    const Password password(passphrase);
    const Pkcs8Handle info(
        PKCS8_decrypt_ex(encrypted.get(), password.text, password.size, library.library.get(), nullptr));
    // There is no MAC: what a wrong passphrase leaves is either no padding or no key.
    if (!info) return signing_key_passphrase;
    return read_private_key(info.get());
}

// Adds what the section holds; sections of other kinds are passed over.
std::optional<base::Refusal> add_section(const PemSection& section, const base::Secret<std::string>& passphrase,
                                         KeyContainer& found) {
    const std::string_view name = section.name;
    if (name == PEM_STRING_X509) {
        auto certificate = Certificate::from_der({section.data, static_cast<std::size_t>(section.size)});
        if (!certificate) return signing_key_unreadable;
        found.certificates.push_back(*std::move(certificate));
    } else if (name == PEM_STRING_PKCS8 || name == PEM_STRING_PKCS8INF) {
        const std::uint8_t* at = section.data;
        const Pkcs8Handle plain(name == PEM_STRING_PKCS8INF ? d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, section.size)
                                                            : nullptr);
        if (name == PEM_STRING_PKCS8INF && !plain) return signing_key_unreadable;
        auto key = plain ? read_private_key(plain.get()) : decrypt(section, passphrase);
        if (key.has_error()) return key.error();
        found.keys.push_back(*std::move(key));
    }
    return std::nullopt;
}

base::Result<KeyContainer> read_sections(std::string_view text, const base::Secret<std::string>& passphrase) {
    if (text.size() > base::limits::key_file_bytes_max) return signing_key_unreadable;
    const crypto::Bio in =
        crypto::required(crypto::Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))), "BIO_new_mem_buf");
    KeyContainer found;
    while (true) {
        PemSection section;
        if (PEM_read_bio(in.get(), &section.name, &section.header, &section.data, &section.size) != 1) break;
        if (const auto wrong = add_section(section, passphrase, found)) return *wrong;
    }
    // Reading ends where no section begins any more; one that breaks off in its middle is not the end.
    const bool all_read = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    forget_errors();
    if (!all_read) return signing_key_unreadable;
    return found;
}

}  // namespace

base::Result<PrivateKey> read_private_key(const PKCS8_PRIV_KEY_INFO* info) {
    const ASN1_OBJECT* name = nullptr;
    const std::uint8_t* bytes = nullptr;
    int size = 0;
    if (PKCS8_pkey_get0(&name, &bytes, &size, nullptr, info) != 1) return signing_key_unreadable;
    if (dotted(name) == gost_key_oid) return read_gost({bytes, static_cast<std::size_t>(size)});
    std::shared_ptr<EVP_PKEY> key(EVP_PKCS82PKEY(info), EVP_PKEY_free);
    forget_errors();
    if (!key) return signing_key_unsuitable;
    return PrivateKey(std::move(key));
}

base::Result<KeyContainer> open_pkcs12(base::BytesView file, const base::Secret<std::string>& passphrase) {
    if (file.size() > base::limits::key_file_bytes_max) return signing_key_unreadable;
    const LegacyLibrary library;
    auto read = Pkcs12Reader(library, passphrase).read(file);
    forget_errors();
    return read;
}

base::Result<KeyContainer> open_pem(const base::Secret<std::string>& text,
                                    const base::Secret<std::string>& passphrase) {
    auto read = read_sections(text.reveal(), passphrase);
    forget_errors();
    return read;
}

base::Result<std::vector<Certificate>> read_certificates(std::string_view pem) {
    const auto read = read_sections(pem, {});
    if (read.has_error()) return read.error();
    return read->certificates;
}

}  // namespace kelisim::trust
