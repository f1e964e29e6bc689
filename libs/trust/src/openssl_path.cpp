// SPDX-License-Identifier: Apache-2.0
#include "openssl_path.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "asn1.hpp"
#include "trust/findings.hpp"

namespace kelisim::trust {
namespace {

using StoreHandle = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
void free_stack(STACK_OF(X509) * stack) {
    sk_X509_free(stack);  // the certificates are their owners'
}
using Stack = std::unique_ptr<STACK_OF(X509), Free<free_stack>>;

bool can_check(const std::vector<Certificate>& chain) {
    return std::ranges::all_of(chain, [](const Certificate& one) {
        return one.key() && one.key()->openssl() != nullptr && one.signature_algorithm() &&
               (key_kind(*one.signature_algorithm()) == KeyKind::rsa ||
                key_kind(*one.signature_algorithm()) == KeyKind::ec);
    });
}

}  // namespace

void check_with_openssl(const std::vector<Certificate>& chain, base::Time at, Findings& findings) {
    if (!can_check(chain)) return;
    const StoreHandle store = crypto::required(StoreHandle(X509_STORE_new()), "X509_STORE_new");
    crypto::require(X509_STORE_add_cert(store.get(), chain.back().openssl()), "X509_STORE_add_cert");
    const Stack between = crypto::required(Stack(sk_X509_new_null()), "sk_X509_new_null");
    for (std::size_t i = 1; i + 1 < chain.size(); ++i)
        if (sk_X509_push(between.get(), chain[i].openssl()) == 0) crypto::fail("sk_X509_push");
    const StoreContext context = crypto::required(StoreContext(X509_STORE_CTX_new()), "X509_STORE_CTX_new");
    crypto::require(X509_STORE_CTX_init(context.get(), store.get(), chain.front().openssl(), between.get()),
                    "X509_STORE_CTX_init");
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, base::to_seconds(at));
    // An anchor is what the operator installed, self-signed or not.
    crypto::require(X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN), "set_flags");
    if (X509_verify_cert(context.get()) != 1)
        findings.fail(chain_refused_by_library, X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
    forget_errors();
}

}  // namespace kelisim::trust
