package io.cardea.protocols.est.client;

/// Whether the server lets this credential in. Being admitted is at the same time the proof that
/// the device holds and uses the credential.
public sealed interface Admission permits Admitted, Later, Declined {}
