// SPDX-License-Identifier: Apache-2.0
#include "pem.hpp"

#include <openssl/pem.h>

namespace kelisim::crypto {

std::shared_ptr<EVP_PKEY> read_pem(const base::Secret<std::string>& pem) {
    const std::string& text = pem.reveal();
    const Bio bio = required(Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))), "PEM");
    return {PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
}

base::Secret<std::string> write_pem(EVP_PKEY* key) {
    const Bio bio = required(Bio(BIO_new(BIO_s_mem())), "PEM");
    require(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr), "PEM");
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return base::Secret<std::string>(std::string(data, static_cast<std::size_t>(length)));
}

}  // namespace kelisim::crypto
