# The migrations in their order. A new one is added at the end, together with schema.sql and the constant
# store_sqlite::schema_version; one that was released never changes.
set(KELISIM_SQLITE_MIGRATIONS
    0001_store.sql
    0002_service.sql
    0003_cheaper_uses.sql
    0004_channels.sql
    0005_cabinet.sql
    0006_party_numbers.sql
    0007_status_lists.sql
    0008_ledger_for_outsiders.sql
    0009_security_events.sql
    0010_refused_uses.sql
    0011_staff.sql
    0012_whose_entry.sql
    0013_receipts_in_the_ledger.sql
    0014_map_of_persons.sql
    0015_overdue_questions.sql
    0016_before_the_checkpoint.sql
    0017_archives.sql
    0018_deferred_disclosures.sql
    0019_sign_in_by_eds.sql
    0020_electronic_documents.sql
    0021_registered_keys.sql
    0022_exchanges.sql
    0023_kdp_on_the_wire.sql
    0024_temp_files.sql
)
