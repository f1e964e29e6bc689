// SPDX-License-Identifier: Apache-2.0
#include "notary/mapping.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace kelisim::notary {

using records::Damaged;
using records::Epoch;
using records::PersonMap;
using store::ReadSession;

crypto::VrfOutput tag_of(const crypto::VrfKey& key, const base::Iin& iin) {
    return key.prove(base::as_bytes(iin.reveal()));
}

crypto::VrfOutput tag_of_deferral(const crypto::VrfKey& key, consent::SubjectId id) {
    return key.prove(base::as_bytes("deferral " + id.to_string()));
}

namespace {

// Nothing for a subject that was erased.
std::optional<ledger::Digest> tag_by_key(const crypto::VrfKey& key, ReadSession& session,
                                         const records::Records& records, consent::SubjectId subject) {
    if (records.deferrals.find(session, subject)) return tag_of_deferral(key, subject).hash;
    const auto person = records.subjects.find(session, subject);
    if (!person) return std::nullopt;
    return tag_of(key, person->person.iin).hash;
}

}  // namespace

// Those of the leaves that are some person's, of as many persons as an epoch takes. Moves on to the first leaf beyond.
std::vector<Mapping::Entry> Mapping::entries(ReadSession& session, std::uint64_t size) {
    std::vector<Entry> found;
    std::set<consent::SubjectId> persons;
    const std::uint64_t end = std::min<std::uint64_t>(size, next_ + options_.entries);
    bool full = false;
    std::uint64_t looked = next_;
    parts_.records.ledger.each_owned_leaf(session, next_, end, [&](const records::Ledger::OwnedLeaf& leaf) {
        if (full) return;
        if (leaf.number != looked) throw Damaged("leaf " + std::to_string(looked) + " has no journal entry");
        if (leaf.subject && !persons.contains(*leaf.subject)) {
            full = persons.size() == options_.persons;
            if (full) return;
            persons.insert(*leaf.subject);
        }
        if (leaf.subject)
            found.push_back({.leaf = leaf.number, .commitment = leaf.commitment, .subject = *leaf.subject});
        ++looked;
    });
    if (!full && looked != end) throw Damaged("leaf " + std::to_string(looked) + " has no journal entry");
    next_ = looked;
    return found;
}

// Nothing for one who was erased before any entry of theirs came into the map: nobody can ask for those.
std::optional<ledger::Digest> Mapping::tag(ReadSession& session, consent::SubjectId subject,
                                           PersonMap::Next& next) const {
    if (const auto known = parts_.records.person_map.tag(session, subject)) return known;
    if (const auto at = next.tags.find(subject); at != next.tags.end()) return at->second;
    const auto made = tag_by_key(parts_.tags, session, parts_.records, subject);
    if (made) next.tags.emplace(subject, *made);
    return made;
}

bool Mapping::step(std::uint64_t size) {
    const PersonMap& stored = parts_.records.person_map;
    const std::uint64_t from = next_;
    Epoch before;
    PersonMap::Next next;
    bool any = false;
    try {
        parts_.readers.read([&](ReadSession& session) {
            before = stored.newest(session);
            if (before.number != 0) {
                stored.told(session, before, parts_.tags.public_key());
                // The pages of one state before are kept, and that one is signed: so there is always one to be shown.
                const auto leaf = parts_.records.ledger.leaf_of(session, before.journal_seq);
                if (!leaf || *leaf >= size) return;
            }
            next_ = std::max(next_, before.size);
            const std::vector<Entry> fresh = entries(session, size);
            ledger::SparseMap map = stored.map(session, before);
            next.persons = before.persons;
            // By tag: one person may be two subjects, before and after an erasure.
            std::map<ledger::Digest, ledger::Chain> chains;
            for (const Entry& entry : fresh) {
                const auto of = tag(session, entry.subject, next);
                if (!of) continue;
                auto at = chains.find(*of);
                if (at == chains.end()) at = chains.emplace(*of, map.find(*of).value_or(ledger::Chain{})).first;
                at->second = ledger::continued(at->second, entry.leaf, entry.commitment);
            }
            for (const auto& [of, chain] : chains)
                next.persons += map.put({.tag = of, .chain = chain}) ? 1U : 0U;
            any = !chains.empty();
            next.size = next_;
            auto changed = map.finish();
            next.root = changed.root;
            next.pages = std::move(changed.pages);
        });
        if (!any) return false;
        const base::Time now = parts_.clock.now();
        const Epoch made = store::run(parts_.writer, [&](store::WriteSession& session) {
            return stored.add(session, before.number + 1, next, parts_.tags.public_key(), parts_.entropy, now);
        });
        read_back(made, next);
    } catch (...) {
        next_ = from;
        throw;
    }
    return true;
}

// What the next proofs and the next epoch are made from is what was meant to be stored.
void Mapping::read_back(const Epoch& epoch, const PersonMap::Next& next) const {
    const PersonMap& stored = parts_.records.person_map;
    parts_.readers.read([&](ReadSession& session) {
        if (stored.newest(session) != epoch) throw Damaged("the newest epoch of the map is another one");
        stored.told(session, epoch, parts_.tags.public_key());
        for (const auto& [address, page] : next.pages) {
            if (stored.page(session, address) != page) throw Damaged("page " + address + " of the map is another one");
        }
        for (const auto& [subject, tag] : next.tags) {
            if (stored.tag(session, subject) != tag) throw Damaged("the tag of a person is another one");
        }
    });
}

namespace {

constexpr std::size_t findings_max = 100;

class PersonsVerifier {
public:
    PersonsVerifier(ReadSession& session, const records::Records& records, const crypto::VrfKey& key)
        : session_(session), records_(records), key_(key) {}

    std::vector<std::string> run() {
        const std::int64_t last = records_.person_map.newest(session_).number;
        std::uint64_t from = 0;
        for (std::int64_t number = 1; number <= last; ++number) {
            const auto epoch = records_.person_map.find(session_, number);
            if (!epoch) {
                find("epoch " + std::to_string(number) + " of the map is not there");
                continue;
            }
            check(*epoch, from);
            from = epoch->size;
        }
        for (const auto& [address, page] : pages_)
            check_page(address, page);
        return std::move(findings_);
    }

private:
    void find(std::string what) {
        if (findings_.size() < findings_max) findings_.push_back(std::move(what));
    }

    void check(const Epoch& epoch, std::uint64_t from) {
        const std::string name = "epoch " + std::to_string(epoch.number) + " of the map";
        try {
            records_.person_map.told(session_, epoch, key_.public_key());
        } catch (const Damaged& damaged) {
            find(name + ": " + damaged.what());
        }
        std::map<ledger::Digest, ledger::Chain> changed;
        records_.ledger.each_owned_leaf(session_, from, epoch.size, [&](const records::Ledger::OwnedLeaf& leaf) {
            const auto tag = leaf.subject ? tag_of_subject(*leaf.subject) : std::nullopt;
            if (!tag) return;
            ledger::Chain& chain = chains_[*tag];
            chain = ledger::continued(chain, leaf.number, leaf.commitment);
            changed[*tag] = chain;
        });
        for (const auto& [tag, chain] : changed)
            map_.put({.tag = tag, .chain = chain});
        auto now = map_.finish();
        for (auto& [address, page] : now.pages)
            pages_[address] = page;
        if (now.root != epoch.root) find(name + " has another root than the journal gives");
        if (chains_.size() != epoch.persons) find(name + " counts other persons than the journal");
    }

    // By the key, as long as the person is known; as it is stored for one who was erased since.
    std::optional<ledger::Digest> tag_of_subject(consent::SubjectId subject) {
        const auto [at, fresh] = tags_.try_emplace(subject);
        if (!fresh) return at->second;
        at->second = records_.person_map.tag(session_, subject);
        const auto right = tag_by_key(key_, session_, records_, subject);
        if (!right) return at->second;
        if (at->second != right) find("the tag of subject " + subject.to_string() + " is not that of the person");
        at->second = right;
        return right;
    }

    void check_page(const std::string& address, const ledger::MapPage& page) {
        try {
            if (records_.person_map.page(session_, address) != page)
                find("page " + address + " of the map is not what the journal gives");
        } catch (const Damaged& damaged) {
            find(damaged.what());
        }
    }

    ReadSession& session_;
    const records::Records& records_;
    const crypto::VrfKey& key_;
    std::vector<std::string> findings_;
    std::map<consent::SubjectId, std::optional<ledger::Digest>> tags_;
    std::map<ledger::Digest, ledger::Chain> chains_;
    std::map<std::string, ledger::MapPage> pages_;
    ledger::SparseMap map_{ledger::empty_map, [](const std::string& address, const ledger::Digest&) -> ledger::MapPage {
                               throw Damaged("page " + address + " of a map in memory");  // all of it is held
                           }};
};

}  // namespace

std::vector<std::string> verify_persons(ReadSession& session, const records::Records& records,
                                        const crypto::VrfKey& key) {
    return PersonsVerifier(session, records, key).run();
}

}  // namespace kelisim::notary
