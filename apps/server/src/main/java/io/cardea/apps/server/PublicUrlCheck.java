package io.cardea.apps.server;

import io.cardea.apps.server.watch.Look;
import io.cardea.life.Refused;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Fetches the public URL, as relying parties will for years, and looks whether it leads here.
final class PublicUrlCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private PublicUrlCheck() {}

  /// A proxy in front may come up later than we do, so a failure is an alarm and no reason to stop.
  static Look look(URI publicUrl, Issuers issuers) throws Refused, InterruptedException {
    URI probe = URI.create(publicUrl + "/.well-known/cardea/instance");
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(probe).timeout(PATIENCE).build(), BodyHandlers.ofString());
      return response.body().strip().equals(PublicDoor.instanceOf(issuers))
          ? new Look.Fine(
              publicUrl + " leads here; it is in every certificate, so keep it for years")
          : new Look.Wrong(publicUrl + " answers, but not with this installation");
    } catch (IOException e) {
      return new Look.Wrong(publicUrl + " cannot be fetched");
    }
  }
}
