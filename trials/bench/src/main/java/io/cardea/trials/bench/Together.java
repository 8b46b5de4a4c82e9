package io.cardea.trials.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Several at once, each on a thread of its own, to their end.
final class Together {
  private Together() {}

  interface Part {
    long run(int number) throws IOException;
  }

  /// @return what they return, added up
  static long count(int parts, Part part) throws IOException {
    long all = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> running = new ArrayList<>();
      for (int number = 0; number < parts; number++) {
        int its = number;
        running.add(threads.submit(() -> part.run(its)));
      }
      for (Future<Long> each : running) {
        all += each.get();
      }
      return all;
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }
}
