-- By which an event's delivery is found again beside the request that it came of.

ALTER TABLE event ADD COLUMN trace_id text CHECK (trace_id ~ '^[0-9a-f]{32}$');
COMMENT ON COLUMN event.trace_id IS 'Of the request that it came of (W3C Trace Context); NULL: it came of none';
