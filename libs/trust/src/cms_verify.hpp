// SPDX-License-Identifier: Apache-2.0
// The check of one signer, for documents and for the tokens of time stamps.
#pragma once

#include <initializer_list>

#include "cms_parts.hpp"
#include "trust/cms.hpp"

namespace kelisim::trust::cms {

using Content = std::initializer_list<base::BytesView>;

struct CheckedSigner {
    SignerReport report;  // without its certificate's report, which needs an instant that a time stamp may prove
    std::optional<Certificate> certificate;
    bool content_holds = false;  // its signature is right and over this content
};

CheckedSigner check_signature(const SignedData& data, const SignerInfo& signer, Content content, const CmsRules& rules,
                              const Policy& policy);

// By its own word alone, before anybody has checked it.
bool is_time_stamp_of(base::BytesView token, Content data);

}  // namespace kelisim::trust::cms
