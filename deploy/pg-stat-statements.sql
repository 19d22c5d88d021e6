-- Lets perfbot see which statements of its own database cost the most.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
