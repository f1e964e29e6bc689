// SPDX-License-Identifier: Apache-2.0
#include "receipt_keys.hpp"

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

}  // namespace kelisim::app
