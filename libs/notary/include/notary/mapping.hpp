// SPDX-License-Identifier: Apache-2.0
// From the tree to the map of persons: entries go into the chains of their persons, chains into the sparse map, and its root
// into the journal, so that each person can see that nothing was hidden (docs/decisions/0024).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "crypto/vrf.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"

namespace kelisim::notary {

struct MappingOptions {
    // Of one epoch, so that its unit holds up others for milliseconds only: what is left comes with the next one.
    std::size_t persons = 512, entries = 16'384;
};

struct MappingParts {
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    base::Entropy& entropy;
    crypto::VrfKey tags;
};

// Which place of the map a person has: nobody can tell it without the key, and everybody who knows the IIN can check the
// proof that it is the only one (RFC 9381).
crypto::VrfOutput tag_of(const crypto::VrfKey& key, const base::Iin& iin);
// The place of what a person is told of later: a chain of its own, which nobody can tie to the person before the disclosure
// names it.
crypto::VrfOutput tag_of_deferral(const crypto::VrfKey& key, consent::SubjectId id);

// Used by one thread at a time. Throws store::Unavailable, and records::Damaged where something is not as it was written.
class Mapping {
public:
    explicit Mapping(MappingParts parts, MappingOptions options = {}) : parts_(std::move(parts)), options_(options) {}

    // Whether leaves below `size` were not looked at.
    bool behind(std::uint64_t size) const { return next_ < size; }
    // Makes the next epoch of the leaves up to `size`, reads back what was stored and checks it. False when no entry of
    // a person was among those that it looked at, or the newest epoch is not among the leaves up to `size`: nothing was written.
    bool step(std::uint64_t size);

private:
    struct Entry {
        std::uint64_t leaf = 0;
        ledger::Digest commitment{};
        consent::SubjectId subject;
    };
    std::vector<Entry> entries(store::ReadSession& session, std::uint64_t size);
    std::optional<ledger::Digest> tag(store::ReadSession& session, consent::SubjectId subject,
                                      records::PersonMap::Next& next) const;
    void read_back(const records::Epoch& epoch, const records::PersonMap::Next& next) const;

    const MappingParts parts_;
    const MappingOptions options_;
    std::uint64_t next_ = 0;  // the first leaf that was not looked at
};

// What of the map is not what the journal gives: chains, tags, pages and every root are computed anew from the first leaf
// on. In words without personal data, a hundred at most. Holds the whole map in memory: for the command, beside no server.
std::vector<std::string> verify_persons(store::ReadSession& session, const records::Records& records,
                                        const crypto::VrfKey& key);

}  // namespace kelisim::notary
