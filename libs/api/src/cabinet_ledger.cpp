// SPDX-License-Identifier: Apache-2.0
// Everything about one person that is in the ledger, with what shows that it is everything (418-V ст.36(4)).
#include <algorithm>

#include "api/cabinet.hpp"
#include "base/text.hpp"
#include "json_body.hpp"
#include "ledger_json.hpp"
#include "notary/mapping.hpp"

namespace kelisim::api {

namespace {

using records::Epoch;
using records::JournalEntry;

struct Listed {
    JournalEntry entry;
    std::uint64_t leaf = 0;
};

// Of all subjects that this person is or was, in the order of the ledger: those behind leaf `after` and below `size`.
std::vector<Listed> entries_of(store::ReadSession& session, const records::Records& records,
                               std::vector<consent::SubjectId> subjects, std::int64_t after, std::uint64_t size,
                               std::size_t max) {
    std::int64_t seq = 0;
    if (after >= 0) {
        const auto known = records.ledger.entry_of(session, after);
        if (!known) return {};
        seq = *known;
    }
    std::vector<JournalEntry> found;
    for (const consent::SubjectId subject : subjects) {
        records.journal.of_subject(session, subject, seq, max,
                                   [&](const JournalEntry& entry) { found.push_back(entry); });
    }
    std::ranges::sort(found, {}, &JournalEntry::seq);
    std::vector<Listed> listed;
    for (JournalEntry& entry : found) {
        const auto leaf = records.ledger.leaf_of(session, entry.seq);
        if (!leaf || *leaf >= size || listed.size() == max) break;
        listed.push_back({std::move(entry), *leaf});
    }
    return listed;
}

boost::json::object map_json(const ledger::MapProof& proof) {
    boost::json::object body{{"path", hashes_json(proof.path)}};
    if (proof.leaf) {
        body["leaf"] = boost::json::object{{"tag", base::to_base64(proof.leaf->tag)},
                                           {"count", proof.leaf->chain.count},
                                           {"head", base::to_base64(proof.leaf->chain.head)}};
    }
    return body;
}

}  // namespace

Cabinet::Answer Cabinet::ledger(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    // Before what is read: no state of the map is in the log of this checkpoint that is not there to be shown.
    Look read = [this, query, published = parts_.board.newest()](store::ReadSession& session,
                                                                 const access::Actors& actors) {
        const records::Records& records = parts_.parts.records;
        if (!published) throw store::Unavailable("the ledger has no checkpoint");
        const std::uint64_t size = published->checkpoint.size;
        const crypto::VrfOutput place = notary::tag_of(parts_.tags, actors.whose.person.iin);
        boost::json::object body{{"checkpoint", published->note}, {"tag_proof", base::to_base64(place.proof)}};
        ledger::Tree tree = records.ledger.tree(session, size);
        const Epoch epoch = records.person_map.newest(session);
        if (epoch.number != 0) {
            auto told = epoch_json(session, records, epoch, parts_.tags.public_key(), size);
            // Made, and not under a checkpoint for the moment that signing takes; or for as long as damage forbids it.
            if (!told) throw store::Unavailable("the newest state of the map is not signed");
            (*told)["path"] = hashes_json(tree.inclusion(static_cast<std::uint64_t>(told->at("leaf").as_int64())));
            told->erase("epoch");
            body["epoch"] = std::move(*told);
            body["map"] = map_json(records.person_map.map(session, epoch).prove(place.hash));
        }
        auto subjects = records.person_map.subjects(session, place.hash);
        if (std::ranges::find(subjects, actors.whose.id) == subjects.end()) subjects.push_back(actors.whose.id);
        auto listed =
            entries_of(session, records, std::move(subjects), query.after.value_or(-1), size, query.page.max + 1);
        const bool more = listed.size() > query.page.max;
        if (more) listed.pop_back();
        boost::json::array items;
        for (const Listed& each : listed) {
            boost::json::object item{{"leaf", each.leaf},
                                     {"salt", base::to_base64(each.entry.salt)},
                                     {"fact", records.journal.open(each.entry)}};
            if (each.leaf >= epoch.size) item["path"] = hashes_json(tree.inclusion(each.leaf));
            items.push_back(std::move(item));
        }
        body["items"] = std::move(items);
        if (more) body["next"] = listed.back().leaf;
        return http::json_response(200, body);
    };
    return look(call, request, std::move(read));
}

}  // namespace kelisim::api
