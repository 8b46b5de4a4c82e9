package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Change;
import java.time.Instant;
import java.util.UUID;

/// The rows of enrolment that a decision can write.
public sealed interface EnrolmentChange extends Change {
  /// A new token, hashed.
  record CreateToken(Token token) implements EnrolmentChange {}

  /// A request that waits for an operator. What has expired makes room; taken when the device and
  /// the key have one.
  record AskApproval(PendingEnrolment pending) implements EnrolmentChange {}

  /// Stale unless it waits.
  record DecideApproval(UUID id, PendingEnrolment.State to) implements EnrolmentChange {}

  /// The certificate was issued. Idempotent.
  record EndApproval(UUID id) implements EnrolmentChange {}

  /// Every token of the device that was not spent opens nothing from then on.
  record EndTokens(DeviceId device, Instant at) implements EnrolmentChange {}

  /// An authority of a manufacturer, new or changed.
  record SaveManufacturer(Manufacturer manufacturer) implements EnrolmentChange {}

  /// Stale when there is none of that name.
  record RemoveManufacturer(String name) implements EnrolmentChange {}

  /// What a device was born with. Taken when the device, the certificate, or the serial number in
  /// its class is bound already.
  record BindBirth(Birth birth) implements EnrolmentChange {}

  /// The certificate of a birth that was known by its serial number alone. Stale when it is bound
  /// to another one.
  record PinBirth(UUID birth, Fingerprint certificate) implements EnrolmentChange {}

  /// Taken while issuing is stopped.
  record StopIssuing(Freeze freeze) implements EnrolmentChange {}

  /// Stale unless issuing is stopped.
  record ResumeIssuing() implements EnrolmentChange {}
}
