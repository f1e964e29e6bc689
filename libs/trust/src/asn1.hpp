// SPDX-License-Identifier: Apache-2.0
// Handles of OpenSSL's ASN.1 that free themselves, and its small values as ours.
#pragma once

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "crypto/openssl.hpp"

namespace kelisim::trust {

using crypto::Free;
using X509Handle = std::unique_ptr<X509, Free<X509_free>>;
using X509CrlHandle = std::unique_ptr<X509_CRL, Free<X509_CRL_free>>;
using SpkiHandle = std::unique_ptr<X509_PUBKEY, Free<X509_PUBKEY_free>>;
using StringHandle = std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>>;

std::string dotted(const ASN1_OBJECT* object);
base::BytesView view(const ASN1_STRING* string);  // null: empty
std::optional<base::Time> to_time(const ASN1_TIME* time);
std::string serial_text(const ASN1_INTEGER* serial, int base);  // 10 or 16

// One element of DER: its whole bytes and its contents. Nothing for what is cut short, indefinite or longer than it says.
struct Element {
    int tag = 0;  // V_ASN1_..., or the number of a context-specific one
    bool universal = true;
    base::BytesView whole, contents;
};
std::optional<Element> read_element(base::BytesView& rest);  // and moves behind it
// The first element within a constructed one, whole: what is signed of a certificate, a CRL or an OCSP response.
std::optional<base::BytesView> first_element(base::BytesView constructed);

// Whatever OpenSSL has to say of an input that was refused is dropped: it would be told of the next failure.
void forget_errors();

// The DER of what i2d writes. Throws base::Outage when it cannot.
template <class T, class Write>
base::Bytes to_der(const T* value, Write i2d) {
    std::uint8_t* out = nullptr;
    const int size = i2d(value, &out);
    if (size < 0) crypto::fail("i2d");
    base::Bytes bytes(out, out + size);
    OPENSSL_free(out);
    return bytes;
}

}  // namespace kelisim::trust
