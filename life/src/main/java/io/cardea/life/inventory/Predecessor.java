package io.cardea.life.inventory;

import java.util.UUID;

/// What a credential was issued under.
public sealed interface Predecessor {
  /// A renewal: the older credential of the same lineage.
  record OlderCredential(CredentialId id) implements Predecessor {}

  /// An enrolment, or a recovery with a token as second proof.
  record EnrolmentToken(UUID id) implements Predecessor {}

  /// An enrolment, or a recovery, with the certificate that the device was born with as proof.
  ///
  /// @param id of the birth, not of a credential: its manufacturer issued it, not Cardea
  record BirthCertificate(UUID id) implements Predecessor {}

  /// The first of a slot: an operator's act, or a request of the device itself that its certificate
  /// vouched for.
  ///
  /// @param id of the act
  record Act(UUID id) implements Predecessor {}
}
