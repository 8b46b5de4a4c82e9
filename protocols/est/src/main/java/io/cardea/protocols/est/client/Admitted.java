package io.cardea.protocols.est.client;

/// The credential of this connection is accepted.
///
/// @param device the registered id
/// @param credential the server's name for the credential
/// @param state of the credential after this use
public record Admitted(String device, String credential, String state) implements Admission {}
