package io.cardea.protocols.est.client;

/// What the question for the authorities' certificates came to.
public sealed interface CaAnswer permits CaCertificates, Later, Declined {}
