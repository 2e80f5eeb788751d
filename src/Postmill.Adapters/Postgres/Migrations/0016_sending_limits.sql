-- additive
-- What an account may send in any second, minute, hour and day, in this order; an entry that is null, or no array: only the installation's limit holds. An older silo goes by that alone.
ALTER TABLE account ADD COLUMN sending_limits int[] CHECK (cardinality(sending_limits) = 4);
