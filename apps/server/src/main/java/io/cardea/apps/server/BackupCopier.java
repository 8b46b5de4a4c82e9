package io.cardea.apps.server;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Backups;
import io.cardea.platform.keys.BackupRecipient;
import io.cardea.platform.keys.WrappingKey;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.backup.Backup;
import io.cardea.platform.store.backup.Contents;
import io.cardea.platform.store.backup.Protection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// Copies the database: sealed with the wrapping key where it is there, and for a recipient under a
/// fresh key of the file's own.
final class BackupCopier implements Backups.Copier {
  private static final int KEY = 32;

  private final DatabaseAddress address;
  private final Optional<WrappingKey> wrapping;
  private final InstantSource time;
  private final LongWork work;

  BackupCopier(
      DatabaseAddress address, Optional<WrappingKey> wrapping, InstantSource time, LongWork work) {
    this.address = address;
    this.wrapping = wrapping;
    this.time = time;
    this.work = work;
  }

  @Override
  public Backups.Copied copyTo(OutputStream out, Backups.Form form) throws Refused, IOException {
    Optional<Protection.Sealed> sealed =
        form.recipient().isPresent()
            ? Optional.of(sealed(form.recipient().get(), form.withWrappingKey()))
            : Optional.empty();
    Backup.Made made =
        new Backup(address, product(), time, work::at)
            .write(out, new Protection(sealed, wrapping.map(key -> key::seal)));
    Contents contents = made.contents();
    return new Backups.Copied(
        contents.made(), contents.rows(), made.bytes(), made.digest(), contents.ledger().number());
  }

  private Protection.Sealed sealed(String recipient, boolean withWrappingKey) throws Refused {
    byte[] bytes = new byte[KEY];
    new SecureRandom().nextBytes(bytes);
    SecretKey key = new SecretKeySpec(bytes, "AES");
    Optional<byte[]> secrets = Optional.empty();
    if (withWrappingKey) {
      secrets =
          Optional.of(
              wrapping
                  .orElseThrow(
                      () -> new Refused(Refusal.NOT_FOUND, "the wrapping key is not readable here"))
                  .text());
    }
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(recipient.getBytes(StandardCharsets.US_ASCII)));
      return new Protection.Sealed(BackupRecipient.envelope(key, certificate), key, secrets);
    } catch (GeneralSecurityException e) {
      throw new Refused(Refusal.REQUEST_MALFORMED, "recipient: " + e.getMessage());
    }
  }

  static String product() {
    return Optional.ofNullable(BackupCopier.class.getPackage().getImplementationVersion())
        .orElse("source-tree");
  }
}
