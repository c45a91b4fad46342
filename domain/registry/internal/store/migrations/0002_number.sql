-- The greatest number that a register ever had: none is given again.
CREATE TABLE registry_number (
    last BIGINT NOT NULL
);
INSERT INTO registry_number (last) SELECT coalesce(max(number), 0) FROM registry_register;
