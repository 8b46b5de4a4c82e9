package io.cardea.protocols.est.client;

/// What the question for the renewal window came to.
public sealed interface RenewalAnswer permits RenewalInfo, Later, Declined {}
