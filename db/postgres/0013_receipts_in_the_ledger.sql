-- Which entry of the journal a receipt speaks of, so that its proof is found without looking through the journal. NULL for a
-- receipt that was signed before receipts named their entry.
ALTER TABLE receipt ADD COLUMN journal_seq bigint;
