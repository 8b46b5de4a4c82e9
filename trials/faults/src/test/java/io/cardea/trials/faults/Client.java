package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// A closed loop of requests: enrols its devices one after the other, then renews the last of them
/// for ever. It remembers what it was given, and the one request whose answer it did not get.
final class Client {
  private final Queue<PlainDevice> toEnrol;
  private final List<Holding> holdings = new ArrayList<>();
  private final List<ClientIdentity> received = new ArrayList<>();
  private Optional<Attempt> lost = Optional.empty();

  Client(Queue<PlainDevice> toEnrol) {
    this.toEnrol = toEnrol;
  }

  /// A device with the newest credential that it was given.
  record Holding(PlainDevice device, ClientIdentity identity) {}

  /// @param shown empty for an enrolment
  private record Attempt(PlainDevice device, Optional<ClientIdentity> shown, KeyPair wanted) {
    EnrolAnswer send() throws IOException {
      return shown.isPresent() ? device.renew(shown.get(), wanted) : device.enrol(wanted);
    }
  }

  /// Sends the next request, or again the one whose answer was lost: the same key, so the same
  /// request. Returns whether the answer came; anything but a certificate or silence is an error.
  boolean next() {
    Attempt attempt = lost.orElseGet(this::fresh);
    lost = Optional.of(attempt);
    try {
      return switch (attempt.send()) {
        case Issued issued -> {
          keep(attempt, issued);
          yield true;
        }
        case Later(var after, var code) when code.equals("store-unavailable") -> {
          assertThat(after).isPositive();
          yield false;
        }
        case Later _, Declined _ -> throw new AssertionError(attempt.device() + " is not let in");
      };
    } catch (IOException e) {
      return false;
    }
  }

  private Attempt fresh() {
    PlainDevice device = toEnrol.poll();
    if (device != null) {
      return new Attempt(device, Optional.empty(), PlainDevice.key());
    }
    Holding last = holdings.getLast();
    return new Attempt(last.device(), Optional.of(last.identity()), PlainDevice.key());
  }

  /// Asks again, if an answer was lost, a server that is in good health.
  void retry() {
    assertThat(lost.isEmpty() || next()).as("the retry is answered").isTrue();
  }

  boolean waits() {
    return lost.isPresent();
  }

  private void keep(Attempt attempt, Issued answer) {
    lost = Optional.empty();
    ClientIdentity identity = attempt.device().identity(attempt.wanted(), answer);
    received.add(identity);
    holdings.removeIf(holding -> holding.device().equals(attempt.device()));
    holdings.add(new Holding(attempt.device(), identity));
  }

  List<Holding> holdings() {
    return List.copyOf(holdings);
  }

  List<ClientIdentity> received() {
    return List.copyOf(received);
  }
}
