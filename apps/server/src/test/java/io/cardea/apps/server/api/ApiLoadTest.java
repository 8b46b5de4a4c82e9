package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// More work than places, and a server that goes down while it works.
class ApiLoadTest {
  private static final int PLACES = 32;

  private final CountDownLatch go = new CountDownLatch(1);
  private final Semaphore working = new Semaphore(0);
  private ApiWorld world;

  @BeforeEach
  void open() throws Exception {
    world = new ApiWorld();
    Health ready = world.health.get().get();
    world.health.set(() -> {
      working.release();
      await(go);
      return ready;
    });
  }

  @AfterEach
  void close() {
    go.countDown();
    world.close();
  }

  @Test
  void strangersBeyondThePlaces_areSentAwayAndTheOthersServed() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      waiting.add(ready());
    }
    assertThat(working.tryAcquire(PLACES, 60, TimeUnit.SECONDS)).isTrue();

    HttpResponse<String> beyond = ready().get(60, TimeUnit.SECONDS);

    assertThat(beyond.statusCode()).isEqualTo(503);
    assertThat(beyond.body()).contains("overloaded");
    assertThat(beyond.headers().firstValue("retry-after")).isPresent();
    // Who holds a token has places of his own.
    assertThat(world.get("/api/v1/devices").status()).isEqualTo(200);
    go.countDown();
    for (CompletableFuture<HttpResponse<String>> one : waiting) {
      assertThat(one.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void close_finishesWhatWasBegun() throws Exception {
    CompletableFuture<HttpResponse<String>> begun = ready();
    assertThat(working.tryAcquire(1, 60, TimeUnit.SECONDS)).isTrue();
    int port = world.server.port();

    Thread closing = Thread.ofVirtual().start(world.server::close);
    go.countDown();

    HttpResponse<String> answer = begun.get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    // Kept-alive connections without a request do not hold it up.
    assertThat(closing.join(ApiWorld.DRAIN.minusSeconds(5))).isTrue();
    assertThat(refusesConnections(port)).isTrue();
  }

  private CompletableFuture<HttpResponse<String>> ready() {
    return world.client.sendAsync(
        world.request("/health/ready").build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static boolean refusesConnections(int port) {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(90, TimeUnit.SECONDS)) {
        throw new IllegalStateException("never let go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
