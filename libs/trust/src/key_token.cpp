// SPDX-License-Identifier: Apache-2.0
// PKCS #11 through libp11. Its engine for OpenSSL is not used: a process can load that once only, and it asks for a PIN on the
// terminal.
#include <libp11.h>
#include <openssl/err.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <span>

#include "asn1.hpp"
#include "key_sources.hpp"

namespace kelisim::trust {
namespace {

// A module as it was opened for the first of its keys, until the last of them ends: PKCS #11 is initialised once in a
// process, and closing a slot closes it for all.
class Module {
public:
    static std::shared_ptr<Module> open(const std::string& path) {
        // Lives as long as the process: keys may end after everything static.
        static auto& all = *new Registry;
        std::unique_lock lock(all.mutex);
        Entry& entry = all.entries[path];
        if (auto module = entry.module.lock()) return module;
        // The last one may be about to close; it would close the new one with it.
        all.closed.wait(lock, [&] { return !entry.open; });
        std::unique_ptr<Module> module(new Module(path));
        if (!module->loaded_) return nullptr;
        entry.open = true;
        const std::shared_ptr<Module> shared(module.release(), [&entry](Module* last) {
            const std::lock_guard closing(all.mutex);
            delete last;
            entry.open = false;
            all.closed.notify_all();
        });
        entry.module = shared;
        return shared;
    }

    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;
    ~Module() {
        if (slots_ != nullptr) PKCS11_release_all_slots(context_.get(), slots_, count_);
        if (loaded_) PKCS11_CTX_unload(context_.get());
    }

    base::Result<KeyContainer> find(const TokenKey& wanted, const std::shared_ptr<Module>& self) {
        const std::lock_guard lock(mutex_);
        PKCS11_SLOT* const slot = slot_with(wanted.token);
        if (slot == nullptr) return signing_key_token;
        ERR_clear_error();
        if (PKCS11_login(slot, /*so=*/0, wanted.pin.reveal().c_str()) != 0) {
            return pin_was_refused() ? signing_key_passphrase : signing_key_token;
        }
        KeyContainer found;
        PKCS11_KEY* keys = nullptr;
        unsigned count = 0;
        if (PKCS11_enumerate_keys(slot->token, &keys, &count) != 0) return signing_key_token;
        for (PKCS11_KEY& key : std::span(keys, count)) {
            if (!is_called(key.label, wanted.key)) continue;
            EVP_PKEY* const loaded = PKCS11_get_private_key(&key);
            if (loaded == nullptr) return signing_key_unsuitable;
            // The key works through the module, which must not end before it.
            found.keys.emplace_back(std::shared_ptr<EVP_PKEY>(loaded, [self](EVP_PKEY* one) { EVP_PKEY_free(one); }));
            break;
        }
        if (found.keys.empty()) return signing_key_token;
        add_certificates(slot->token, found);
        return found;
    }

private:
    struct Entry {
        std::weak_ptr<Module> module;
        bool open = false;
    };
    struct Registry {
        std::mutex mutex;
        std::condition_variable closed;
        std::map<std::string, Entry> entries;  // whose addresses stay
    };

    explicit Module(const std::string& path)
        : context_(crypto::required(Context(PKCS11_CTX_new()), "PKCS11_CTX_new")),
          loaded_(PKCS11_CTX_load(context_.get(), path.c_str()) == 0) {}

    static bool is_called(const char* label, const std::string& name) { return label != nullptr && label == name; }

    PKCS11_SLOT* slot_with(const std::string& token) {
        // Listed once: keys refer to the slots, and libp11 0.4.12 crashes when it lists them anew.
        if (slots_ == nullptr && PKCS11_enumerate_slots(context_.get(), &slots_, &count_) != 0) return nullptr;
        for (PKCS11_SLOT& slot : std::span(slots_, count_))
            if (slot.token != nullptr && is_called(slot.token->label, token)) return &slot;
        return nullptr;
    }

    // CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED and CKR_PIN_LOCKED of PKCS #11 2.40, which libp11
    // puts into the queue as the reason of an error. It was empty before the call.
    static bool pin_was_refused() {
        bool refused = false;
        while (const unsigned long code = ERR_get_error()) {
            const int reason = ERR_GET_REASON(code);
            refused = refused || (reason >= 0xa0 && reason <= 0xa4);
        }
        return refused;
    }

    static void add_certificates(PKCS11_TOKEN* token, KeyContainer& found) {
        PKCS11_CERT* certificates = nullptr;
        unsigned count = 0;
        if (PKCS11_enumerate_certs(token, &certificates, &count) != 0) return;
        for (const PKCS11_CERT& one : std::span(certificates, count)) {
            auto read = Certificate::from_der(to_der(one.x509, i2d_X509));
            if (read) found.certificates.push_back(*std::move(read));
        }
    }

    using Context = std::unique_ptr<PKCS11_CTX, Free<PKCS11_CTX_free>>;
    std::mutex mutex_;
    Context context_;
    bool loaded_;
    PKCS11_SLOT* slots_ = nullptr;
    unsigned count_ = 0;
};

}  // namespace

base::Result<KeyContainer> open_token(const TokenKey& key) {
    const std::shared_ptr<Module> module = Module::open(key.module);
    auto found = module ? module->find(key, module) : base::Result<KeyContainer>(signing_key_token);
    forget_errors();
    return found;
}

}  // namespace kelisim::trust
