// SPDX-License-Identifier: Apache-2.0
// Everything about one person that is in the ledger, with what shows that it is everything (418-V ст.36(4)).
#include <algorithm>
#include <limits>

#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
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

struct Read {
    std::vector<Listed> entries;
    std::optional<std::uint64_t> next;  // the leaf up to which all were listed, where there may be more behind it
};

// Of all subjects that this person is or was, in the order of the ledger: those behind leaf `after` and below `size`, as far as
// one read goes.
Read entries_of(store::ReadSession& session, const records::Records& records,
                const std::vector<consent::SubjectId>& subjects, std::int64_t after, std::uint64_t size,
                std::size_t max) {
    std::int64_t seq = 0;
    if (after >= 0) {
        const auto known = records.ledger.entry_of(session, after);
        if (!known) return {};
        seq = *known;
    }
    const records::Journal::Budget budget{.entries = max + 1,
                                          .blocks = base::limits::journal_read_blocks_max / subjects.size()};
    std::vector<JournalEntry> found;
    std::int64_t horizon = std::numeric_limits<std::int64_t>::max();
    for (const consent::SubjectId subject : subjects) {
        horizon =
            std::min(horizon, records.journal.of_subject(session, subject, seq, budget,
                                                         [&](const JournalEntry& entry) { found.push_back(entry); }));
    }
    std::ranges::sort(found, {}, &JournalEntry::seq);
    Read read;
    for (JournalEntry& entry : found) {
        if (entry.seq > horizon) break;
        if (read.entries.size() == max) {
            horizon = entry.seq - 1;
            break;
        }
        const auto leaf = records.ledger.leaf_of(session, entry.seq);
        if (!leaf || *leaf >= size) return read;
        read.entries.push_back({std::move(entry), *leaf});
    }
    const std::uint64_t covered = records.ledger.leaves_up_to(session, horizon);
    if (covered > 0 && covered < size) read.next = covered - 1;
    return read;
}

// The newest state of the map that the checkpoint covers: the one before while the newest waits for its checkpoint, for the
// moment that signing takes, or for as long as damage forbids it.
struct Shown {
    Epoch epoch;
    boost::json::object told;
};
std::optional<Shown> shown_state(store::ReadSession& session, const records::Records& records, base::BytesView tag_key,
                                 std::uint64_t size) {
    const Epoch newest = records.person_map.newest(session);
    for (std::int64_t number : {newest.number, newest.number - 1}) {
        const auto epoch = number > 0 ? records.person_map.find(session, number) : std::nullopt;
        if (!epoch) continue;
        if (auto told = epoch_json(session, records, *epoch, tag_key, size))
            return Shown{.epoch = *epoch, .told = std::move(*told)};
    }
    // Its pages are gone when two came since the checkpoint was looked at.
    if (newest.number > 1) throw store::Unavailable("no state of the map that is kept is under this checkpoint");
    return std::nullopt;
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
    Look read = [this, &request, query, published = parts_.board.newest()](store::ReadSession& session,
                                                                           const access::Actors& actors) {
        const records::Records& records = parts_.parts.records;
        if (!published) throw store::Unavailable("the ledger has no checkpoint");
        const std::uint64_t size = published->checkpoint.size;
        crypto::VrfOutput place = notary::tag_of(parts_.tags, actors.whose.person.iin);
        auto subjects = records.person_map.subjects(session, place.hash);
        if (std::ranges::find(subjects, actors.whose.id) == subjects.end()) subjects.push_back(actors.whose.id);
        if (query.deferral) {
            // Of what was disclosed, the chain that it was in until then; before, there is no such thing.
            const consent::SubjectId id{*query.deferral};
            const auto deferral = records.deferrals.find(session, id);
            const bool mine =
                deferral && deferral->disclosed && std::ranges::find(subjects, deferral->subject) != subjects.end();
            if (!mine) return problem(access::cabinet_not_found, request);
            place = notary::tag_of_deferral(parts_.tags, id);
            subjects = {id};
        }
        boost::json::object body{{"checkpoint", published->note}, {"tag_proof", base::to_base64(place.proof)}};
        ledger::Tree tree = records.ledger.tree(session, size);
        const auto shown = shown_state(session, records, parts_.tags.public_key(), size);
        if (shown) {
            boost::json::object told = shown->told;
            told["path"] = hashes_json(tree.inclusion(static_cast<std::uint64_t>(told.at("leaf").as_int64())));
            told.erase("epoch");
            body["epoch"] = std::move(told);
            body["map"] = map_json(records.person_map.map(session, shown->epoch).prove(place.hash));
        }
        const std::uint64_t mapped = shown ? shown->epoch.size : 0;
        const Read found = entries_of(session, records, subjects, query.after.value_or(-1), size, query.page.max);
        boost::json::array items;
        for (const Listed& each : found.entries) {
            boost::json::object item{{"leaf", each.leaf},
                                     {"salt", base::to_base64(each.entry.salt)},
                                     {"fact", records.journal.open(each.entry)}};
            if (each.leaf >= mapped) item["path"] = hashes_json(tree.inclusion(each.leaf));
            items.push_back(std::move(item));
        }
        body["items"] = std::move(items);
        if (found.next) body["next"] = *found.next;
        return http::json_response(200, body);
    };
    return look(call, request, std::move(read));
}

}  // namespace kelisim::api
