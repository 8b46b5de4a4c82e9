package io.cardea.life.rotation.calendar;

import io.cardea.life.inventory.CredentialId;
import java.time.Instant;

/// The newest accepted credential of a device, which is to be renewed some day.
///
/// @param policy the place of its policy in the order of [RenewalPolicy#inOrder], from 0; -1
///   without one
public record Forthcoming(CredentialId id, Instant issuedAt, Instant notAfter, int policy) {}
