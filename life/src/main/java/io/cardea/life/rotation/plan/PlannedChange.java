package io.cardea.life.rotation.plan;

import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import java.time.Duration;

/// A change that could leave a device without a door.
public sealed interface PlannedChange {
  /// What is changed, in a word.
  String word();

  /// What it is about, for people.
  String subject();

  /// An issuing authority ends, with all that it has issued to devices.
  record RemoveAuthority(AuthorityId authority) implements PlannedChange {
    @Override
    public String word() {
      return "remove-authority";
    }

    @Override
    public String subject() {
      return authority.value();
    }
  }

  /// What many devices hold is revoked.
  record Revoke(Selection selection, RevocationReason reason) implements PlannedChange {
    @Override
    public String word() {
      return "revoke";
    }

    @Override
    public String subject() {
      return selection.authority().orElse("") + " " + reason.word();
    }
  }

  /// Nobody waits any more for what an audience sees (R3).
  record RemoveAudience(String audience) implements PlannedChange {
    @Override
    public String word() {
      return "remove-audience";
    }

    @Override
    public String subject() {
      return audience;
    }
  }

  /// A class has other terms of silence and grace (R3, R6).
  record ChangeClass(String deviceClass, Duration longestSilence, Duration grace)
      implements PlannedChange {
    public ChangeClass {
      DeviceClass.of(deviceClass, "checked").with(longestSilence, grace);
    }

    @Override
    public String word() {
      return "change-class";
    }

    @Override
    public String subject() {
      return deviceClass;
    }
  }
}
