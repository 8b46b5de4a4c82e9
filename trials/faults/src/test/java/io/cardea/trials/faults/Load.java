package io.cardea.trials.faults;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that ask at once, each until its server is gone. Closing waits for that, and tells what
/// went wrong on the way.
final class Load implements AutoCloseable {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger answers = new AtomicInteger();
  private final List<? extends Future<?>> running;

  private Load(List<Client> clients) {
    running = clients.stream().map(client -> executor.submit(() -> ask(client))).toList();
  }

  static Load start(List<Client> clients) {
    return new Load(clients);
  }

  private void ask(Client client) {
    while (client.next()) {
      answers.incrementAndGet();
    }
  }

  void awaitAnswers(int count) throws Exception {
    Eventually.until(
        count + " answers",
        () -> {
          for (Future<?> one : running) {
            if (one.isDone()) {
              one.get();
              throw new AssertionError("a client lost its server before that was killed");
            }
          }
          return answers.get() >= count;
        });
  }

  @Override
  public void close() {
    executor.close();
    for (Future<?> one : running) {
      if (one.state() == Future.State.FAILED) {
        throw new AssertionError("a client failed", one.exceptionNow());
      }
    }
  }
}
