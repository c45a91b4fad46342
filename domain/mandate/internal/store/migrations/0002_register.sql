-- Of a person and whom a register lets act for them, one row is in force.
CREATE UNIQUE INDEX mandate_row_register ON mandate_row (principal, actor) WHERE basis = 'register' AND state = 'active';
