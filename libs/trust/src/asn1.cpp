// SPDX-License-Identifier: Apache-2.0
#include "asn1.hpp"

#include <openssl/err.h>

#include <array>
#include <ctime>

namespace kelisim::trust {

std::string dotted(const ASN1_OBJECT* object) {
    std::array<char, 128> text{};
    const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, /*no_name=*/1);
    if (size <= 0 || static_cast<std::size_t>(size) >= text.size()) return {};  // longer than any that we know
    return {text.data(), static_cast<std::size_t>(size)};
}

base::BytesView view(const ASN1_STRING* string) {
    if (string == nullptr) return {};
    return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::optional<base::Time> to_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    using namespace std::chrono;
    const year_month_day day{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                             std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
    if (!day.ok()) return std::nullopt;
    return sys_days{day} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
}

std::string serial_text(const ASN1_INTEGER* serial, int base) {
    const crypto::Bignum number(ASN1_INTEGER_to_BN(serial, nullptr));
    if (!number) return {};
    char* const text = base == 10 ? BN_bn2dec(number.get()) : BN_bn2hex(number.get());
    if (text == nullptr) crypto::fail("BN_bn2hex");
    std::string out = text;
    OPENSSL_free(text);
    return out;
}

std::optional<Element> read_element(base::BytesView& rest) {
    const std::uint8_t* at = rest.data();
    long size = 0;
    int tag = 0, kind = 0;
    const int read = ASN1_get_object(&at, &size, &tag, &kind, static_cast<long>(rest.size()));
    forget_errors();
    if ((read & 0x81) != 0) return std::nullopt;  // 0x80: an error; 0x01: a length that is not said
    const auto head = static_cast<std::size_t>(at - rest.data());
    Element element{.tag = tag,
                    .universal = kind == V_ASN1_UNIVERSAL,
                    .whole = rest.first(head + static_cast<std::size_t>(size)),
                    .contents = rest.subspan(head, static_cast<std::size_t>(size))};
    rest = rest.subspan(element.whole.size());
    return element;
}

std::optional<base::BytesView> first_element(base::BytesView constructed) {
    const auto outer = read_element(constructed);
    if (!outer) return std::nullopt;
    base::BytesView inside = outer->contents;
    const auto inner = read_element(inside);
    return inner ? std::optional(inner->whole) : std::nullopt;
}

void forget_errors() {
    ERR_clear_error();
}

}  // namespace kelisim::trust
