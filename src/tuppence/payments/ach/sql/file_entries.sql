-- Each entry in its file, with its trace number and the details that the file names, sealed as they were.
UPDATE payments.bank_entry AS e
SET state = 'filed', file_id = new.file_id, trace = new.trace, routing = new.routing, kind = new.kind,
    sealed = new.sealed
FROM unnest(
    %(id)s::uuid[], %(file_id)s::uuid[], %(trace)s::text[], %(routing)s::text[], %(kind)s::text[], %(sealed)s::bytea[]
) AS new (id, file_id, trace, routing, kind, sealed)
WHERE e.id = new.id AND e.state = 'waiting'
