package io.cardea.life.inventory;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// What such devices have in common. Few knobs: overlap, limits and windows follow from these and
/// from the life of a credential.
///
/// @param profile the name of the certificate profile of the operational slot
/// @param longestSilence how long a healthy device may go without contact; no overlap is shorter
/// @param grace how long after its expiry a credential still renews as if it were valid (R6)
/// @param settling how long after a proof the programs of a device may still use the older
///   credential in turns with it, so that no fork is seen in that (R7)
/// @param candidatesPerTenth how many new keys may be staged per tenth of a credential's life (R5)
/// @param onFork what a fork of the lineage does
/// @param joining how such devices come in, and under which profiles when not under the usual one
/// @param keepsRecoveryToken whether each device holds a recovery token of its own; without one, an
///   older credential is accepted until its expiry (R3)
public record DeviceClass(
    String name,
    String profile,
    Duration longestSilence,
    Duration grace,
    Duration settling,
    int candidatesPerTenth,
    OnFork onFork,
    boolean keepsRecoveryToken,
    Joining joining) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /// Without anything special about joining.
  public DeviceClass(
      String name,
      String profile,
      Duration longestSilence,
      Duration grace,
      Duration settling,
      int candidatesPerTenth,
      OnFork onFork,
      boolean keepsRecoveryToken) {
    this(
        name,
        profile,
        longestSilence,
        grace,
        settling,
        candidatesPerTenth,
        onFork,
        keepsRecoveryToken,
        Joining.USUAL);
  }

  /// The same class with other terms of joining.
  public DeviceClass with(Joining other) {
    return new DeviceClass(
        name,
        profile,
        longestSilence,
        grace,
        settling,
        candidatesPerTenth,
        onFork,
        keepsRecoveryToken,
        other);
  }

  /// The same class with other terms of silence and grace.
  public DeviceClass with(Duration otherLongestSilence, Duration otherGrace) {
    return new DeviceClass(
        name,
        profile,
        otherLongestSilence,
        otherGrace,
        settling,
        candidatesPerTenth,
        onFork,
        keepsRecoveryToken,
        joining);
  }

  /// The profile under which a device is issued its next credential: where it is and how it stands
  /// decide.
  public String profileFor(Device device) {
    if (device.state() instanceof DeviceState.Quarantined) {
      return joining.quarantineProfile().orElse(profile);
    }
    return device.environment() == Environment.PRODUCTION
        ? joining.factoryProfile().orElse(profile)
        : profile;
  }

  /// How devices of a class come in.
  ///
  /// @param approval whether an operator has to say yes to each enrolment and recovery
  /// @param birthCertificateRecovers whether the birth certificate is a second proof of the
  ///   recovery door (R6); it opens the first enrolment in any case
  /// @param factoryProfile of the credentials that are issued in the factory
  /// @param quarantineProfile of the credentials that are issued in quarantine (R11)
  /// @param lateness what a device must bring that let its last credential expire
  public record Joining(
      boolean approval,
      boolean birthCertificateRecovers,
      Optional<String> factoryProfile,
      Optional<String> quarantineProfile,
      Lateness lateness) {
    public static final Joining USUAL =
        new Joining(false, false, Optional.empty(), Optional.empty());

    /// With nothing special for the late.
    public Joining(
        boolean approval,
        boolean birthCertificateRecovers,
        Optional<String> factoryProfile,
        Optional<String> quarantineProfile) {
      this(approval, birthCertificateRecovers, factoryProfile, quarantineProfile, Lateness.USUAL);
    }
  }

  /// The ladder for devices that come back late. Within the grace of the class an expired
  /// credential renews; after it a fresh second proof is wanted (R6), and what this says besides.
  ///
  /// @param wantsCredential whether the device has to show its expired credential, too, or its key:
  ///   a second proof alone opens nothing then
  /// @param approvalAfter how long after the expiry an operator has to say yes as well, and the
  ///   device comes back in quarantine; empty for never
  public record Lateness(boolean wantsCredential, Optional<Duration> approvalAfter) {
    public static final Lateness USUAL = new Lateness(false, Optional.empty());

    public Lateness {
      approvalAfter.ifPresent(its -> notNegative("approval after", its));
    }
  }

  /// What a class does when two holders of one lineage have shown themselves (R7).
  public enum OnFork {
    /// Raise the alarm, and go on.
    ALARM,
    /// Raise the alarm, and leave the recovery door alone open until it is settled.
    RECOVERY_DOOR
  }

  public DeviceClass {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "class: " + name + " (expected: 1 to 63 of a-z 0-9 -, starting with a letter or digit)");
    }
    notNegative("longest silence", longestSilence);
    notNegative("grace", grace);
    notNegative("settling", settling);
    if (candidatesPerTenth < 1) {
      throw new IllegalArgumentException(
          "candidates per tenth: " + candidatesPerTenth + " (expected: >= 1)");
    }
  }

  /// A class with the defaults that suit most devices: silent for a day at most, a week of grace,
  /// an hour to settle, three candidates per tenth of a life, alarm on a fork.
  public static DeviceClass of(String name, String profile) {
    return new DeviceClass(
        name,
        profile,
        Duration.ofDays(1),
        Duration.ofDays(7),
        Duration.ofHours(1),
        3,
        OnFork.ALARM,
        false);
  }

  private static void notNegative(String name, Duration value) {
    if (value.isNegative() || value.compareTo(Duration.ofDays(36_525)) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to 100 years)");
    }
  }
}
