package io.cardea.life.enrolment;

import io.cardea.life.inventory.DeviceId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads of requests on which an operator decides.
public interface PendingEnrolments {
  Optional<PendingEnrolment> pending(UUID id);

  /// Those of a device, at most [PendingEnrolment#MOST_OF_A_DEVICE] and a few.
  List<PendingEnrolment> pendingOf(DeviceId device);

  /// Those that wait, oldest first, at most `limit` (1 to 1,000).
  List<PendingEnrolment> waiting(int limit);

  /// How many there are, counted no further than [PendingEnrolment#MOST].
  int pendingCount();
}
