// SPDX-License-Identifier: Apache-2.0
#include "kept_keys.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "json/json.hpp"
#include "records/registry_store.hpp"

namespace kelisim::app {

namespace {

constexpr std::string_view keys_setting = "receipt.keys";

std::vector<token::VerificationKey> read_keys(const std::string& text) {
    const auto jwks = json::parse(text, {});
    const auto* object = jwks.has_value() ? jwks->if_object() : nullptr;
    auto keys = object == nullptr ? std::vector<token::VerificationKey>{} : token::KeySet::from_jwks(*object).keys();
    // Without them nobody could check an old receipt: better no start than an empty list.
    if (keys.empty()) throw base::Outage("the published keys of receipts do not read");
    return keys;
}

}  // namespace

token::KeySet settle_receipt_keys(store::Database& database, const records::Records& records,
                                  const token::SigningKey& current, const token::SigningKey& token_key) {
    return store::run(database.writer(), [&](store::WriteSession& session) {
        std::vector<token::VerificationKey> keys;
        if (const auto text = records::setting(session, keys_setting)) {
            keys = read_keys(*text);
        } else if (records.receipts.any(session)) {
            keys.push_back(token_key.verification());
        }
        if (const token::KeySet known(keys); known.find(current.kid) != nullptr) return known;
        keys.push_back(current.verification());
        if (keys.size() > base::limits::receipt_keys_max) throw base::Outage("too many keys have signed receipts");
        token::KeySet all(std::move(keys));
        records::set_setting(session, keys_setting, boost::json::serialize(all.to_jwks()));
        return all;
    });
}

token::SigningKey kept_receipt_key(store::Readers& readers, const DataDirectory& directory) {
    auto former = DataDirectory::Former::none;
    readers.read([&](store::ReadSession& session) {
        if (records::setting(session, keys_setting)) former = DataDirectory::Former::used;
    });
    return directory.receipt_key(former);
}

crypto::VrfKey kept_tag_key(store::Readers& readers, const records::Records& records, const DataDirectory& directory) {
    std::optional<base::Bytes> named;
    auto former = DataDirectory::Former::none;
    readers.read([&](store::ReadSession& session) {
        const records::Epoch newest = records.person_map.newest(session);
        if (newest.number == 0) return;
        former = DataDirectory::Former::used;
        try {
            named = records.person_map.tag_key(session, newest);
        } catch (const records::Damaged&) {
            named.reset();  // the ledger's thread finds this too, says so and stops signing; the rest goes on
        }
    });
    crypto::VrfKey key = directory.tag_key(former);
    if (named && !std::ranges::equal(*named, key.public_key())) {
        throw base::Outage(
            (directory.path() / "secrets" / "person-tags.pem").string() +
            ": is not the key under which persons have their places in the map of the ledger: put that one back");
    }
    return key;
}

}  // namespace kelisim::app
