// SPDX-License-Identifier: Apache-2.0
// Checking a receipt with public keys and a checkpoint alone: no network, no account, no trust in who keeps the file.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"
#include "receipts/file.hpp"
#include "token/keys.hpp"

namespace kelisim::receipts {

extern const base::Reason receipt_key_unknown;
extern const base::Reason receipt_signature_wrong;
extern const base::Reason receipt_not_ours;
extern const base::Reason receipt_entry_malformed;
extern const base::Reason receipt_entry_differs;
extern const base::Reason receipt_other_ledger;
extern const base::Reason receipt_checkpoint_malformed;
extern const base::Reason receipt_checkpoint_unsigned;
extern const base::Reason receipt_proof_wrong;
extern const base::Reason receipt_checkpoints_contradict;
// What is missing for a proof, of a receipt in which nothing is wrong:
extern const base::Reason receipt_without_entry;
extern const base::Reason receipt_without_proof;
extern const base::Reason receipt_without_checkpoint;
extern const base::Reason receipt_other_size;
extern const base::Reason receipt_witness_missing;

struct Trusted {
    token::KeySet keys;                           // of the service that signs receipts
    ledger::NoteKey log;                          // of its ledger
    std::vector<ledger::NoteKey> witnesses = {};  // who have to have signed the checkpoint too
    std::optional<std::string> checkpoint =
        {};  // a note that the reader knows to be the ledger's, beside the receipt's
};

enum class Verdict {
    proven,    // signed, and its entry is in the tree of a signed checkpoint
    promised,  // signed; that its entry is in the ledger is not shown
    wrong,     // something does not hold
};

struct Report {
    Verdict verdict = Verdict::wrong;
    std::vector<const base::Reason*> findings = {};   // what does not hold, or what is missing for a proof: all of them
    std::optional<boost::json::object> receipt = {};  // only when its signature holds
    std::optional<ledger::Checkpoint> checkpoint = {};  // that the entry is in the tree of
    std::optional<std::uint64_t> index = {};            // at this place
    std::vector<std::string> witnesses = {};            // of those asked for, who did
    std::vector<std::string> unchecked = {};  // other names under the checkpoint: nobody's word but the file's
};

// Total: any bytes have a report.
Report verify(std::string_view file, const Trusted& trusted);

}  // namespace kelisim::receipts
