// SPDX-License-Identifier: Apache-2.0
// The pure part of a SOAP exchange: whom a message names, and which security token it brings (wire.md B5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/iin.hpp"
#include "base/result.hpp"
#include "soap/business_data.hpp"
#include "soap/shep.hpp"

namespace kelisim::gateway {

extern const base::Reason data_not_a_document;
extern const base::Reason public_key_foreign;
extern const base::Reason purpose_twice;

struct SoapCall {
    std::vector<base::Iin> persons;        // at the locator, and whoever else is named anywhere in the data
    std::vector<std::string> tokens;       // each once, white space inside left out
    std::vector<std::string> public_keys;  // SubjectPublicKeyInfo in base64, likewise
};

// `subject`: names below the fields of the service, "persons/iin"; what stands there has to be an IIN. Tokens: kdpToken and
// InfoAbtToken/tokens/Code. Names count without their namespace. Refused for data that are no document where a person
// would have to be found.
base::Result<SoapCall> read_soap_call(const soap::BusinessData& data, std::string_view subject);

// The услуга that a message names, by the property `purpose`; empty: none. Refused for two that differ.
base::Result<std::string> purpose_in(const std::vector<soap::Property>& properties);

// Adds whoever is named by twelve digits that stand by themselves and are an IIN, each once. Digits within a UUID name nobody: one of
// some hundred thousand ends in an IIN by chance (docs/decisions/0051-uuids-name-nobody.md).
void collect_persons(std::string_view text, std::vector<base::Iin>& persons);
// Wherever they stand: in texts, in attributes, between elements, in a document inside a text.
std::vector<base::Iin> persons_in(const xml::Element& root);
// Whether an element of one of these names holds anything.
bool gives_any(const xml::Element& root, const std::vector<std::string>& fields);

}  // namespace kelisim::gateway
