package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Rate;
import java.time.Duration;
import java.util.Optional;

/// How often one device, one token and one class may have our attention, so that a device that is
/// caught in a loop costs next to nothing, and no class takes what the others need.
///
/// The first two are asked before anything is read or verified, and so go by what was shown: the
/// certificate of the handshake; the device's id that was claimed with a token, together with
/// whence it came, so that a stranger elsewhere cannot use up what is the device's. The third is
/// asked before something is signed: a retry of what was issued already is not counted.
public final class RequestLimits {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final Rate devices;
  private final Rate tokens;
  private final Rate classes;

  /// One in a minute for each device that is turned away all the time: to be looked up and
  /// remembered.
  private final Rate remembered = Rate.of(1, MINUTE, MINUTE);

  /// Each may be 0 for no limit.
  ///
  /// @param devicePerMinute requests that show one certificate
  /// @param tokenPerMinute requests with a token for one device from one source
  /// @param classPerSecond certificates for the devices of one class
  public RequestLimits(int devicePerMinute, int tokenPerMinute, int classPerSecond) {
    this.devices = Rate.of(devicePerMinute, MINUTE, MINUTE);
    this.tokens = Rate.of(tokenPerMinute, MINUTE, MINUTE);
    this.classes = Rate.of(classPerSecond, SECOND, LONGEST_WAIT);
  }

  public static RequestLimits none() {
    return new RequestLimits(0, 0, 0);
  }

  /// Empty when the applicant may come in; else how long it should stay away.
  public Optional<Duration> knock(Applicant applicant) {
    if (applicant.login().isPresent()) {
      Applicant.Login login = applicant.login().get();
      return tokens.take(login.source() + " " + login.device());
    }
    return applicant.certificate().flatMap(certificate -> devices.take(certificate.hex()));
  }

  boolean worthRemembering(Fingerprint certificate) {
    return remembered.take(certificate.hex()).isEmpty();
  }

  /// Empty when a device of this class may be given a certificate now.
  Optional<Duration> issue(String deviceClass) {
    return classes.take(deviceClass);
  }
}
