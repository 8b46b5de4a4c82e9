package io.cardea.apps.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.secrets.SecretUse;
import io.cardea.life.secrets.Secrets.CredentialKey;
import io.cardea.life.secrets.SigningKeys;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Knows the holder of a secret by what he presents: an API key, a pre-shared key, the proof of a
/// data key, or a token that he signed.
///
/// A token is a proof only if it was made for this: its audience is `cardea`, its subject the
/// device, its `kid` the credential, and it holds for minutes. One that was made for somebody else
/// proves nothing here, whoever brings it.
public final class Holder {
  public static final String AUDIENCE = "cardea";
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);
  private static final Duration SKEW = Duration.ofSeconds(30);
  private static final int MAX_TOKEN = 4 * 1024;

  private final Inventory inventory;
  private final SecretUse use;
  private final SigningKeys keys;
  private final TrustedTime time;

  public Holder(Inventory inventory, SecretUse use, SigningKeys keys, TrustedTime time) {
    this.inventory = inventory;
    this.use = use;
    this.keys = keys;
    this.time = time;
  }

  /// An accepted use is a proof, and durable before the answer.
  ///
  /// @throws Refused when nothing can be judged now
  public Admission use(String presented) throws Refused {
    return presented.indexOf('.') < 0 ? use.use(presented) : token(presented);
  }

  /// A public key as relying parties read it (RFC 7517), named by its credential.
  public static JWK jwk(CredentialKey key) {
    PublicKey its = publicKey(key.key());
    String name = key.credential().toString();
    return switch (its) {
      case ECPublicKey ec ->
          new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
              .keyID(name)
              .keyUse(KeyUse.SIGNATURE)
              .build();
      case RSAPublicKey rsa -> new RSAKey.Builder(rsa).keyID(name).keyUse(KeyUse.SIGNATURE).build();
      default -> throw new IllegalStateException("credential " + name + ": kind of key");
    };
  }

  private Admission token(String presented) throws Refused {
    if (presented.length() > MAX_TOKEN) {
      return unknown();
    }
    try {
      SignedJWT jwt = SignedJWT.parse(presented);
      Optional<Credential> named = credential(jwt.getHeader().getKeyID());
      Optional<CredentialKey> key = named.flatMap(keys::of);
      if (key.isEmpty() || !isSigned(jwt, key.get())) {
        return unknown();
      }
      return isMadeForThis(jwt.getJWTClaimsSet(), named.get())
          ? use.useOfKey(named.get().id())
          : unknown();
    } catch (ParseException | JOSEException e) {
      return unknown(); // Nobody that we know; why is not for strangers.
    }
  }

  private Optional<Credential> credential(String name) {
    if (name == null) {
      return Optional.empty();
    }
    try {
      return inventory.credential(CredentialId.parse(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isSigned(SignedJWT jwt, CredentialKey key) throws JOSEException {
    JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
    JWSVerifier verifier =
        switch (publicKey(key.key())) {
          case ECPublicKey ec -> new ECDSAVerifier(ec);
          case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
          default -> throw new JOSEException("kind of key");
        };
    return verifier.supportedJWSAlgorithms().contains(algorithm) && jwt.verify(verifier);
  }

  private boolean isMadeForThis(JWTClaimsSet claims, Credential by) {
    if (claims.getExpirationTime() == null || claims.getIssueTime() == null || !time.trusted()) {
      return false;
    }
    Instant now = time.instant();
    Instant issued = claims.getIssueTime().toInstant();
    Instant expires = claims.getExpirationTime().toInstant();
    return claims.getAudience().equals(List.of(AUDIENCE))
        && by.slot().device().value().equals(claims.getSubject())
        && !issued.isAfter(now.plus(SKEW))
        && now.isBefore(expires.plus(SKEW))
        && Duration.between(issued, expires).compareTo(LONGEST_LIFE) <= 0;
  }

  private static PublicKey publicKey(byte[] key) {
    try {
      return KeyFactory.getInstance(SubjectPublicKey.of(key).kind().jcaName())
          .generatePublic(new X509EncodedKeySpec(key));
    } catch (GeneralSecurityException | Refused e) {
      throw new IllegalStateException("a public key that was checked when it came", e);
    }
  }

  private static Admission unknown() {
    return new Admission.Denied(Refusal.CREDENTIAL_UNKNOWN, Optional.empty());
  }
}
