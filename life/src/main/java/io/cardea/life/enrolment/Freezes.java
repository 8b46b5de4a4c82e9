package io.cardea.life.enrolment;

import java.util.Optional;

/// Reads whether issuing is stopped. A device at the door learns it from its
/// [io.cardea.life.rotation.Sighting].
public interface Freezes {
  Optional<Freeze> freeze();
}
