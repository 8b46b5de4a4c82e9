package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeBudgetTest {
  private final TestLoop loop = new TestLoop();
  private final HandshakeBudget budget = new HandshakeBudget(50, loop);
  private final List<String> served = new ArrayList<>();

  /// Time stands still until it is moved, and tasks run when it reaches theirs.
  private static final class TestLoop implements HandshakeBudget.Loop {
    private record Task(Runnable work, long at) {}

    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private long now = 1_000_000;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void later(Runnable task, long nanos) {
      tasks.add(new Task(task, now + nanos));
    }

    void pass(long millis) {
      long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
      while (!tasks.isEmpty() && tasks.peek().at() <= end) {
        Task task = tasks.remove();
        now = Math.max(now, task.at());
        task.work().run();
      }
      now = Math.max(now, end);
    }
  }

  /// A handshake that takes so long when it goes on.
  private final class Handshake implements HandshakeBudget.Waiting {
    private final String name;
    private final long millis;
    private boolean gone;

    Handshake(String name, long millis) {
      this.name = name;
      this.millis = millis;
    }

    @Override
    public void goOn() {
      served.add(name);
      budget.spend(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Override
    public boolean gone() {
      return gone;
    }
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private void ask(String name, int source) {
    budget.ask(address(source), new Handshake(name, 20));
  }

  @Test
  void handshakes_takeTheirShareOfTheTime_andNoMore() {
    for (int i = 0; i < 100; i++) {
      ask("h" + i, 1);
    }
    assertThat(served).containsExactly("h0");

    loop.pass(1_000);

    // Half of a second at 20 ms each, and the credit of the beginning.
    assertThat(served.size()).isBetween(24, 27);
  }

  @Test
  void withinTheShare_nobodyWaits() {
    for (int i = 0; i < 50; i++) {
      budget.ask(address(1), new Handshake("h" + i, 1));
      loop.pass(3);
    }
    assertThat(served).hasSize(50);
  }

  @Test
  void whoeverLeavesHandshakesUnfinished_goesLast() {
    for (int i = 0; i < 40; i++) {
      budget.ended(address(66), false);
    }
    for (int i = 0; i < 8; i++) {
      budget.ended(address(7), false);
    }
    ask("first", 1);
    ask("flood", 66);
    ask("clumsy", 7);
    ask("device", 2);

    loop.pass(1_000);

    assertThat(served).containsExactly("first", "device", "clumsy", "flood");
  }

  @Test
  void record_isForgivenInTime_andByHandshakesThatEndWell() {
    for (int i = 0; i < 40; i++) {
      budget.ended(address(1), false);
      budget.ended(address(2), false);
    }
    for (int i = 0; i < 4; i++) {
      budget.ended(address(2), true);
    }
    ask("now", 3);
    ask("bad", 1);
    ask("mended", 2);
    loop.pass(200);
    assertThat(served).containsExactly("now", "mended", "bad");

    loop.pass(60_000);
    ask("later", 3);
    ask("forgiven", 1);
    ask("stranger", 4);
    loop.pass(200);
    assertThat(served).endsWith("later", "forgiven", "stranger");
  }

  @Test
  void longQueue_servesTheNewest_whileOthersHaveLikelyLeft() {
    ask("first", 1);
    for (int i = 0; i < 40; i++) {
      ask("h" + i, 1);
    }

    loop.pass(100);

    assertThat(served.subList(1, served.size())).startsWith("h39", "h38");
  }

  @Test
  void whoHasLeft_isNotServed_andNotKept() {
    List<Handshake> asked = new ArrayList<>();
    ask("first", 1);
    for (int i = 0; i < 500; i++) {
      Handshake handshake = new Handshake("h" + i, 20);
      asked.add(handshake);
      budget.ask(address(1), handshake);
    }
    for (Handshake handshake : asked.subList(0, 499)) {
      handshake.gone = true;
      budget.left();
    }
    assertThat(budget.waiting()).isLessThan(150);

    loop.pass(1_000);

    assertThat(served).containsExactly("first", "h499");
  }
}
