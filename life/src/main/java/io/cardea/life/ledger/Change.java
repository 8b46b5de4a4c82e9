package io.cardea.life.ledger;

/// One row that a use case decided to write. Each package of life declares its own; the store knows
/// how to write each one, and a test holds that it knows them all.
public interface Change {}
