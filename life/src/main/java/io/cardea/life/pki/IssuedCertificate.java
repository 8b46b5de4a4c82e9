package io.cardea.life.pki;

import io.cardea.life.Fingerprint;
import java.time.Instant;
import java.util.Arrays;

/// A certificate that was signed. It must not leave the process before its row and its ledger entry
/// are durable.
public final class IssuedCertificate {
  private final byte[] der;
  private final Fingerprint fingerprint;
  private final Fingerprint keyFingerprint;
  private final Serial serial;
  private final Instant notBefore;
  private final Instant notAfter;
  private final AuthorityId authority;
  private final byte[] authorityKeyIdentifier;
  private final String profile;
  private final int shard;

  IssuedCertificate(byte[] der, Prepared ticket, AuthorityId authority, byte[] keyIdentifier) {
    this.der = der;
    this.fingerprint = Fingerprint.of(der);
    this.keyFingerprint = ticket.keyFingerprint();
    this.serial = ticket.serial();
    this.notBefore = ticket.notBefore();
    this.notAfter = ticket.notAfter();
    this.authority = authority;
    this.authorityKeyIdentifier = keyIdentifier;
    this.profile = ticket.profile();
    this.shard = ticket.shard();
  }

  public byte[] der() {
    return der.clone();
  }

  /// SHA-256 over the DER.
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  public Fingerprint keyFingerprint() {
    return keyFingerprint;
  }

  public Serial serial() {
    return serial;
  }

  public Instant notBefore() {
    return notBefore;
  }

  public Instant notAfter() {
    return notAfter;
  }

  /// Who issued it.
  public AuthorityId authority() {
    return authority;
  }

  /// The name of the profile.
  public String profile() {
    return profile;
  }

  /// The revocation list that would name it.
  public int shard() {
    return shard;
  }

  public CertId certId() {
    return new CertId(authorityKeyIdentifier, serial);
  }

  public Certificate certificate() {
    return Certificate.of(der);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IssuedCertificate that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return "IssuedCertificate[serial " + serial + ", " + fingerprint + "]";
  }
}
