// SPDX-License-Identifier: Apache-2.0
#include "access/verify.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <unordered_map>

#include "base/text.hpp"
#include "records/rows.hpp"

namespace kelisim::access {

namespace {

constexpr std::size_t page = 1000;
constexpr std::size_t findings_max = 100;

// The last that the journal said of each entity.
struct Said {
    std::int64_t state = -1;
    std::int64_t uses = -1, counted = -1;
    std::string expires;  // as the journal writes times; empty for a use
    std::optional<consent::SubjectId> whose;
    bool has_row = false;
};

class Verifier {
public:
    Verifier(store::ReadSession& session, const records::Records& records) : session_(session), records_(records) {}

    LedgerReport run() {
        read_deferrals();
        read_journal();
        check_leaves();
        check_rows();
        check_archives();
        check_deferrals();
        if (const auto block = records_.journal.wrong_list(session_))
            find("the list of whose entries block " + std::to_string(*block) + " of the journal holds is wrong");
        return std::move(report_);
    }

private:
    void find(std::string what) {
        ++report_.findings_total;
        if (report_.findings.size() < findings_max) report_.findings.push_back(std::move(what));
    }

    void read_journal() {
        std::int64_t after = 0;
        for (std::size_t read = page; read == page;) {
            read = 0;
            records_.journal.each_after(session_, after, page, [&](const records::JournalEntry& entry) {
                ++read;
                after = entry.seq;
                check_entry(entry);
            });
        }
    }

    void check_entry(const records::JournalEntry& entry) {
        ++report_.entries;
        leaf_hashes_.push_back(ledger::leaf_hash(
            {.format = entry.kind == records::map_root_kind ? ledger::EntryFormat::map_root : ledger::EntryFormat::fact,
             .commitment = entry.commitment}));
        sequences_.push_back(entry.seq);
        const std::string name = "journal entry " + std::to_string(entry.seq);
        std::string fact;
        try {
            fact = records_.journal.open(entry);
        } catch (const records::Damaged&) {
            return find(name + " does not open");
        }
        if (ledger::commitment(entry.salt, base::as_bytes(fact)) != entry.commitment) {
            return find(name + " is not what was committed to");
        }
        boost::system::error_code error;
        const boost::json::value value = boost::json::parse(fact, error);
        if (error || !value.is_object()) return find(name + " does not read");
        const boost::json::object& object = value.get_object();
        if (object.at("kind") != boost::json::value(entry.kind)) return find(name + " is of another kind");
        if (object.at("id") != boost::json::value(entry.entity.to_string()))
            return find(name + " is about another entity");
        const auto* named = object.if_contains("subject");
        if (named != nullptr && entry.subject && *named != boost::json::value(entry.subject->to_string()))
            return find(name + " is another person's");
        if (entry.kind == records::archive_sealed_kind) sealed_.emplace(entry.seq, object);
        count_deferral(entry, name);
        note(object, entry.subject, name);
    }

    // What was disclosed later: its entries are of one subject, its rows of another.
    bool same(const std::optional<consent::SubjectId>& one, const std::optional<consent::SubjectId>& other) const {
        return one == other || person_of(one) == person_of(other);
    }
    std::optional<consent::SubjectId> person_of(const std::optional<consent::SubjectId>& whose) const {
        const auto at = whose ? deferrals_.find(*whose) : deferrals_.end();
        return at != deferrals_.end() && at->second.disclosed ? at->second.person : whose;
    }

    void count_deferral(const records::JournalEntry& entry, const std::string& name) {
        const bool begun = entry.kind == "deferral.begun", over = entry.kind == "deferral.disclosed";
        if (!begun && !over) return;
        const auto at = deferrals_.find(consent::SubjectId{entry.entity});
        if (at == deferrals_.end()) return find(name + " speaks of a deferral of which there is no row");
        (begun ? at->second.times_begun : at->second.times_disclosed) += 1;
        if (over && entry.subject != at->second.person) find(name + " tells another person of a deferral");
    }

    void read_deferrals() {
        records_.deferrals.each(session_, [&](const records::Deferral& each) {
            deferrals_[each.id] = {.person = each.subject, .disclosed = each.disclosed.has_value()};
        });
    }

    void check_deferrals() {
        for (const auto& [id, deferral] : deferrals_) {
            if (deferral.times_begun != 1 || deferral.times_disclosed != (deferral.disclosed ? 1 : 0))
                find("deferral " + id.to_string() + " is another one than the journal says");
        }
    }

    void note(const boost::json::object& fact, const std::optional<consent::SubjectId>& whose,
              const std::string& name) {
        const auto number = [&](std::string_view member, std::int64_t& into) {
            if (const auto* value = fact.if_contains(member)) into = value->to_number<std::int64_t>();
        };
        // Facts that carry no state speak of no row: an erasure, a session, a question.
        if (!fact.contains("state") && !fact.contains("consent_state")) return;
        const auto of = [&](std::string_view member) -> Said& {
            const auto [at, added] = said_.try_emplace(std::string(fact.at(member).as_string()));
            if (!added && !same(at->second.whose, whose))
                find(name + " is another person's than those before about the same");
            at->second.whose = whose;
            return at->second;
        };
        Said& entity = of("id");
        // A consent is also spoken of by its uses; what was refused changes nothing.
        number("state", entity.state);
        if (const auto* expires = fact.if_contains("expires")) entity.expires = expires->as_string();
        if (!fact.contains("consent_state")) return;
        Said& consent = of("consent");
        number("consent_state", consent.state);
        number("uses", consent.uses);
        number("counted", consent.counted);
    }

    void check_leaves() {
        ledger::Frontier tree;
        std::int64_t next = 0, last = 0;
        for (std::size_t read = page; read == page;) {
            read = 0;
            records_.ledger.each_leaf_from(session_, next, page, [&](const records::Ledger::Leaf& leaf) {
                ++read;
                const auto at = static_cast<std::size_t>(next);
                const std::string name = "leaf " + std::to_string(leaf.number);
                if (leaf.number != next) find(name + " stands where leaf " + std::to_string(next) + " should");
                next = leaf.number + 1;
                last = leaf.journal_seq;
                if (at >= leaf_hashes_.size() || sequences_[at] != leaf.journal_seq || leaf_hashes_[at] != leaf.hash) {
                    find(name + " is not the journal entry of its place");
                }
                tree.append(leaf.hash);
            });
        }
        report_.leaves = tree.size();
        report_.root = base::to_hex(tree.root());
        const auto head = records_.ledger.head(session_);
        if (!(head.frontier == tree)) find("the head of the ledger is not the tree of its leaves");
        if (head.journal_seq != last) find("the head of the ledger is not at the entry of its last leaf");
        check_nodes(tree.size());
    }

    // Each full tile has its root in the level above.
    void check_nodes(std::uint64_t size) {
        for (unsigned level = 0; ledger::width_in(size, level + 1, 0) != 0; ++level) {
            for (std::uint64_t n = 0; ledger::width_in(size, level, n) == ledger::tile_width; ++n)
                check_node({.level = level, .number = n}, size);
        }
    }

    void check_node(const ledger::Tile& below, std::uint64_t size) {
        const unsigned level = below.level + 1;
        const std::uint64_t above = below.number / ledger::tile_width;
        try {
            const ledger::Hashes roots = records_.ledger.tile(
                session_, {.level = level, .number = above, .width = ledger::width_in(size, level, above)});
            if (roots[below.number % ledger::tile_width] == ledger::root_of(records_.ledger.tile(session_, below)))
                return;
            find("the root of tile " + ledger::to_path({.tile = below}) + " is not that of its hashes");
        } catch (const records::Damaged& damaged) {
            find(damaged.what());
        }
    }

    void check_rows() {
        records::each_row(session_, [&](const records::RowState& row) { check_row(row); });
        records::each_archived_use(session_, records_.archives, [&](const records::RowState& row) { check_row(row); });
        for (const auto& [id, said] : said_) {
            if (!said.has_row) find("the journal speaks of " + id + ", of which there is no row");
        }
    }

    // Each file is the one that the journal says, so that none was exchanged or taken away together with its row.
    void check_archives() {
        std::int64_t number = 0;
        for (std::size_t read = page; read == page;) {
            const auto archives = records_.archives.after(session_, number, page);
            read = archives.size();
            for (const records::Archive& archive : archives) {
                const std::string name = "archive " + std::to_string(archive.number);
                if (archive.number != ++number)
                    return find(name + " stands where archive " + std::to_string(number) + " should");
                const auto at = sealed_.find(archive.journal_seq);
                if (at == sealed_.end()) {
                    find(name + " is unknown to the journal");
                    continue;
                }
                if (!records::said_by(at->second, archive)) find(name + " is not what the journal says");
                sealed_.erase(at);
            }
        }
        for (const auto& [seq, fact] : sealed_)
            find("the journal speaks of archive " + boost::json::serialize(fact.at("number")) +
                 ", of which there is no row");
    }

    void check_row(const records::RowState& row) {
        ++report_.rows;
        const std::string name = std::string(row.table) + " " + row.id.to_string();
        const auto at = said_.find(row.id.to_string());
        if (at == said_.end()) return find(name + " is unknown to the journal");
        Said& said = at->second;
        said.has_row = true;
        if (!same(said.whose, row.subject)) find(name + " is another person's than the journal says");
        if (said.state != row.state) find(name + " is in another state than the journal says");
        if (said.expires != (row.expires ? base::to_iso8601(*row.expires) : "")) {
            find(name + " ends at another time than the journal says");
        }
        if (said.uses != row.uses || said.counted != row.counted) find(name + " counts other uses than the journal");
    }

    store::ReadSession& session_;
    const records::Records& records_;
    LedgerReport report_;
    std::vector<crypto::Digest> leaf_hashes_;
    std::vector<std::int64_t> sequences_;
    std::unordered_map<std::string, Said> said_;
    std::map<std::int64_t, boost::json::object> sealed_;  // by their place in the journal
    struct DeferralSaid {
        consent::SubjectId person;
        bool disclosed = false;
        int times_begun = 0, times_disclosed = 0;
    };
    std::map<consent::SubjectId, DeferralSaid> deferrals_;
};

}  // namespace

LedgerReport verify_ledger(store::ReadSession& session, const records::Records& records) {
    return Verifier(session, records).run();
}

}  // namespace kelisim::access
