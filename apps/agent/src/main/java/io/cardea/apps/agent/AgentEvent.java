package io.cardea.apps.agent;

import io.cardea.life.Fingerprint;
import java.security.cert.X509Certificate;
import java.time.Duration;

/// What happened to a device, for logs, tests and the simulated fleet. Nothing in it is secret.
///
/// `key` is the key that the operation is about: the one to be certified when enrolling and
/// renewing, else that of the credential shown.
public sealed interface AgentEvent {
  /// About to send; whatever else happens, the key is on the disk.
  record Attempted(Operation operation, Fingerprint key) implements AgentEvent {}

  /// No usable answer came; nobody knows whether the server did its part.
  record AnswerLost(Operation operation, Fingerprint key, String reason) implements AgentEvent {}

  /// The server said when to come again.
  record Postponed(Operation operation, Fingerprint key, Duration after, String code)
      implements AgentEvent {}

  /// @param code the stable code, empty when the answer had none
  record Refused(Operation operation, Fingerprint key, int status, String code, String detail)
      implements AgentEvent {}

  /// The certificate is on the disk and was not used yet.
  record Stored(int generation, Fingerprint key, X509Certificate certificate)
      implements AgentEvent {}

  /// The server admitted it: it is the one in use.
  record Confirmed(int generation, Fingerprint key, X509Certificate certificate)
      implements AgentEvent {}

  /// The server refused it by a code: an older one takes its place, if there is one.
  record GivenUp(int generation, Fingerprint key, String code) implements AgentEvent {}

  /// The renewal is planned.
  record Planned(int generation, Duration from) implements AgentEvent {}

  /// The hook was run.
  ///
  /// @param exit its exit status, -1 when it could not be started or was killed
  /// @param output the beginning of what it printed
  record Reloaded(int generation, int exit, String output) implements AgentEvent {}

  /// A person has to do something.
  record NeedsHelp(String what) implements AgentEvent {}

  /// The disk failed a step; what was there before still is.
  record DiskFailed(String reason) implements AgentEvent {}
}
