// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

using DocumentId = base::Id<struct DocumentTag>;

// How the signature and what was signed stand together; stored by number.
enum class DocumentForm { xml, cms };

// What a person signed with an EDS (418-V ст.36(3)), kept byte for byte as it came: the proof of their word.
struct ElectronicDocument {
    DocumentId id;
    base::RawId about;           // the request or the consent
    consent::SubjectId subject;  // whom it is about; who signed it may be their legal representative
    base::Time at;
    DocumentForm form{};
    base::Bytes bytes;
};

// Thread-safe: without state.
class Documents {
public:
    explicit Documents(base::Entropy& entropy) : entropy_(entropy) {}

    void add(store::WriteSession& session, const ElectronicDocument& document, const crypto::SealKey& data_key) const;
    // Nothing when it is not this subject's. Throws Damaged when it does not open.
    std::optional<ElectronicDocument> find(store::ReadSession& session, consent::SubjectId subject, DocumentId id,
                                           const crypto::SealKey& data_key) const;
    // Newest first, without their bytes: at most `max`, of before `before`.
    std::vector<ElectronicDocument> of(store::ReadSession& session, consent::SubjectId subject,
                                       const std::optional<base::RawId>& before, std::size_t max) const;

private:
    base::Entropy& entropy_;
};

}  // namespace kelisim::records
