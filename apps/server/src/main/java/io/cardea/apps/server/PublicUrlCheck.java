package io.cardea.apps.server;

import io.cardea.life.Refused;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches the public URL, as relying parties will for years, and looks whether it leads here.
final class PublicUrlCheck {
  private static final Logger log = LoggerFactory.getLogger(PublicUrlCheck.class);

  private PublicUrlCheck() {}

  /// Says in the log what was found. A proxy in front may come up later than we do, so a failure is
  /// an alarm and no reason to stop.
  static boolean leadsHere(URI publicUrl, Issuers issuers) throws Refused {
    URI probe = URI.create(publicUrl + "/.well-known/cardea/instance");
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(probe).timeout(Duration.ofSeconds(5)).build(),
              BodyHandlers.ofString());
      if (response.body().strip().equals(PublicDoor.instanceOf(issuers))) {
        log.info(
            "public.url {} leads here; it is written into every certificate, so keep it for years",
            publicUrl);
        return true;
      }
      log.error(
          "public.url {} answers, but not with this installation: certificates would point"
              + " elsewhere for years",
          publicUrl);
    } catch (IOException e) {
      log.error(
          "public.url {} cannot be fetched ({}): relying parties will find neither CRLs nor CA"
              + " certificates there",
          publicUrl,
          e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
