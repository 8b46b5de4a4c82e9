package io.cardea.protocols.edge;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// The certificate whose private key the client proved to hold in this connection's full handshake.
///
/// Guarantees possession of the key, now. Does not guarantee anything that the certificate says:
/// not its issuer, not its dates, not even that it parses. Its fingerprint is computed once per
/// connection.
public final class ClientCertificate {

  /// A longer certificate ends the handshake. Real ones of classical keys stay below 3 KiB, those
  /// of ML-DSA below 8 KiB.
  public static final int MAX_BYTES = 16 * 1024;

  /// How many certificates behind the first one are kept.
  public static final int MAX_CHAIN = 8;

  private final byte[] der;
  private final List<byte[]> chain;
  private final byte[] sha256;
  private final String sha256Hex;
  private @Nullable OptionalLong notAfter;

  public ClientCertificate(byte[] der) {
    this(der, List.of());
  }

  /// @param others what the client sent behind its own certificate; those too long or too many are
  ///   left out
  public ClientCertificate(byte[] der, List<byte[]> others) {
    if (der.length == 0 || der.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "der: " + der.length + " bytes (expected: 1 to " + MAX_BYTES + ")");
    }
    this.der = der.clone();
    this.chain =
        others.stream()
            .filter(each -> each.length > 0 && each.length <= MAX_BYTES)
            .limit(MAX_CHAIN)
            .toList();
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256").digest(der);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    this.sha256Hex = HexFormat.of().formatHex(sha256);
  }

  /// What the client showed in a handshake that is over; empty when it showed nothing, or nothing
  /// that the engine could read.
  static Optional<ClientCertificate> shownIn(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      if (chain.length == 0) {
        return Optional.empty();
      }
      List<byte[]> others = new ArrayList<>();
      for (int i = 1; i < chain.length && i <= MAX_CHAIN; i++) {
        others.add(chain[i].getEncoded());
      }
      return Optional.of(new ClientCertificate(chain[0].getEncoded(), others));
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      return Optional.empty();
    }
  }

  public byte[] der() {
    return der.clone();
  }

  /// All that the client sent, its own certificate first.
  public List<byte[]> chain() {
    List<byte[]> all = new ArrayList<>();
    all.add(der.clone());
    chain.forEach(each -> all.add(each.clone()));
    return all;
  }

  public byte[] sha256() {
    return sha256.clone();
  }

  /// When it expires, in seconds of the epoch, if it says so. Read when first asked for; nobody has
  /// verified it.
  synchronized OptionalLong notAfter() {
    OptionalLong known = notAfter;
    if (known == null) {
      known = readNotAfter();
      notAfter = known;
    }
    return known;
  }

  private OptionalLong readNotAfter() {
    try {
      return CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der))
              instanceof X509Certificate certificate
          ? OptionalLong.of(certificate.getNotAfter().toInstant().getEpochSecond())
          : OptionalLong.empty();
    } catch (CertificateException e) {
      return OptionalLong.empty(); // it says nothing that we can read
    }
  }

  /// Lower-case hexadecimal, 64 characters.
  public String sha256Hex() {
    return sha256Hex;
  }

  @Override
  public String toString() {
    return "ClientCertificate[" + sha256Hex + "]";
  }
}
